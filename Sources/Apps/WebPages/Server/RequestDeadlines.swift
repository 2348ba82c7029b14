import NIOCore
import NIOHTTPTypes

/// Ends a connection whose request does not arrive in time, however slowly it drips: 20 seconds for
/// its head; for its body 30, and one more for each 16 KiB that came, which a poor line to the
/// office manages; a quarter of an hour at most (QUALITY.md, security: ASVS 2.4.1).
final class RequestDeadlines: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart

    private var deadline: Scheduled<Void>?
    /// When the body began, and how much of it came.
    private var body: (began: NIODeadline, bytes: Int)?

    func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { wait(until: .now() + .seconds(20), context) }
    }

    func channelActive(context: ChannelHandlerContext) {
        wait(until: .now() + .seconds(20), context)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head:
            body = (.now(), 0)
            wait(until: .now() + .seconds(30), context)
        case .body(let part): arrived(part.readableBytes, context)
        case .end:
            body = nil
            deadline?.cancel()
        }
        context.fireChannelRead(data)
    }

    func channelInactive(context: ChannelHandlerContext) {
        deadline?.cancel()
        context.fireChannelInactive()
    }

    func handlerRemoved(context: ChannelHandlerContext) { deadline?.cancel() }

    /// Moves the deadline where that is worth a new one.
    private func arrived(_ count: Int, _ context: ChannelHandlerContext) {
        guard let before = body else { return }
        let bytes = before.bytes + count
        body = (before.began, bytes)
        guard bytes / step > before.bytes / step else { return }
        let seconds = min(30 + Int64(bytes / 16_384), 900)
        wait(until: before.began + .seconds(seconds), context)
    }

    private func wait(until time: NIODeadline, _ context: ChannelHandlerContext) {
        deadline?.cancel()
        let channel = context.channel
        deadline = context.eventLoop.scheduleTask(deadline: time) { channel.close(promise: nil) }
    }
}

private let step = 65_536
