import HTTPTypes
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Interchange
public import Logging
import NIOCore
import NIOHTTPTypes
import NIOPosix
import NIOSSL
public import Office
import Primitives
import SQLiteStore
public import ServiceLifecycle
import Synchronization

/// Where and how the site is served.
public struct ServerSettings: Sendable {
    public var host: String
    public var port: Int
    /// PEM files of the certificate chain and its key; `nil`: in clear, on loopback or behind a
    /// proxy.
    public var certificate: (chain: String, key: String)?
    /// How many requests are worked on at once, each with a connection of its own to the database.
    public var threads = 8
    /// Whether a proxy of the office stands before it, which says in `X-Forwarded-For` who calls.
    public var isBehindProxy = false

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
    }
}

/// Serves the site until the process is told to stop; requests at work are ended first.
///
/// - Parameters:
///   - makeEffects: opens the database once more, for another thread.
///   - services: what runs beside, such as the daily jobs.
///   - started: told the port once it takes requests.
public func serve(
    _ site: Site, settings: ServerSettings, services: [any Service], logger: Logger,
    makeEffects: @escaping @Sendable () throws -> Effects,
    started: @escaping @Sendable (_ port: Int) -> Void
) async throws {
    let pool = NIOThreadPool(numberOfThreads: settings.threads)
    pool.start()
    let hashing = NIOThreadPool(numberOfThreads: 2)
    hashing.start()
    let responder = SiteResponder(
        site: site, pool: pool, hashing: hashing, makeEffects: makeEffects, logger: logger,
        isBehindProxy: settings.isBehindProxy)
    let http = HTTP1Channel.Configuration(
        additionalChannelHandlers: [RequestDeadlines()], idleTimeout: .seconds(75),
        httpDecoderConfiguration: .init(
            maxHeaderFieldSize: 16_384, maxHeaderListSize: 32_768, maxHeaderFieldCount: 100))
    let builder = HTTPServerBuilder.http1(configuration: http)
    var app = Application(
        responder: responder,
        server: try settings.certificate.map { try builder.secured(by: $0) } ?? builder,
        configuration: ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port),
            availableConnectionsDelegate: .maximum(512, logger: logger)),
        onServerRunning: { started($0.localAddress?.port ?? settings.port) }, logger: logger)
    app.addServices(services)
    try await app.runService()
    try await pool.shutdownGracefully()
    try await hashing.shutdownGracefully()
}

extension HTTPServerBuilder {
    fileprivate func secured(by files: (chain: String, key: String)) throws -> HTTPServerBuilder {
        var tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: try NIOSSLCertificate.fromPEMFile(files.chain).map {
                .certificate($0)
            },
            privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem)))
        tls.minimumTLSVersion = .tlsv12
        return try .tls(self, tlsConfiguration: tls)
    }
}

/// Who calls.
struct Caller: InitializableFromSource, Sendable {
    let address: String

    init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress ?? "-"
    }
}

/// Turns a request of Hummingbird into one of the site, and its response back.
struct SiteResponder: HTTPResponder {
    let site: Site
    let pool: NIOThreadPool
    /// For what takes a password, which is slow on purpose: a flood of log-ins holds up log-ins
    /// alone.
    let hashing: NIOThreadPool
    let logger: Logger
    let isBehindProxy: Bool
    private let desks: Desks

    init(
        site: Site, pool: NIOThreadPool, hashing: NIOThreadPool,
        makeEffects: @escaping @Sendable () throws -> Effects,
        logger: Logger, isBehindProxy: Bool
    ) {
        self.site = site
        self.pool = pool
        self.hashing = hashing
        self.logger = logger
        self.isBehindProxy = isBehindProxy
        desks = Desks(make: makeEffects)
    }

    func respond(to request: Request, context: Caller) async throws -> Response {
        let asked: PageRequest
        do {
            asked = try await pageRequest(request, from: context.address)
        } catch let refusal as BadRequest {
            logger.info("refused", metadata: ["status": "\(refusal.status)"])
            return Response(
                status: .init(code: refusal.status),
                headers: [.contentType: "text/plain", .connection: "close"],
                body: .init(byteBuffer: ByteBuffer(string: "\(refusal.status)\n")))
        }
        let isHead = request.method == .head
        if let asset = site.asset(asked) { return response(asset, isHead: isHead) }
        let hashes =
            asked.method == .post
            && (takingPasswords.contains(asked.path.first ?? "")
                || Reconfirmation(asked.form) != nil)
        let pool = hashes ? hashing : pool
        return try await pool.runIfActive {
            try desks.with { effects in
                let start = effects.now()
                let (page, pattern) = site.respond(to: asked, effects: effects)
                let took = effects.now().millisecondsSince1970 - start.millisecondsSince1970
                logger.info(
                    "request",
                    metadata: [
                        "method": "\(asked.method.rawValue)", "route": "\(pattern)",
                        "status": "\(page.status)", "ms": "\(took)",
                    ])
                return response(page, isHead: isHead)
            }
        }
    }

    private func response(_ page: PageResponse, isHead: Bool) -> Response {
        var headers: HTTPFields = [.contentType: page.type]
        for header in page.headers {
            headers.append(HTTPField(name: HTTPField.Name(header.name)!, value: header.value))
        }
        let body = isHead ? ByteBuffer() : ByteBuffer(bytes: page.body)
        return Response(
            status: .init(code: page.status), headers: headers, body: .init(byteBuffer: body))
    }

    // MARK: - Reading

    private struct BadRequest: Error {
        let status: Int
    }

    private func pageRequest(_ request: Request, from address: String) async throws -> PageRequest {
        let methods: [HTTPRequest.Method: PageRequest.Method] = [
            .get: .get, .head: .get, .post: .post,
        ]
        guard let method = methods[request.method] else { throw BadRequest(status: 405) }
        let target = request.head.path ?? "/"
        let parts = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        do {
            let path = try parts[0].split(separator: "/").map { try decodePathPart($0) }
            let query = try parts.count > 1 ? decodeForm(Array(parts[1].utf8)) : []
            let cookies = decodeCookies(request.headers[values: .cookie].joined(separator: "; "))
            let token = cookies.first { $0.0 == Guard.cookie }?.1
            let (form, files) = try await posted(request, method, token: token)
            let proxied =
                isBehindProxy ? request.headers[.xForwardedFor]?.split(separator: ",").last : nil
            return PageRequest(
                method: method, path: path, query: Fields(query), form: Fields(form), files: files,
                cookies: Dictionary(cookies) { first, _ in first },
                origin: request.headers[.origin],
                host: request.head.authority ?? "", address: proxied.map { trimmed($0) } ?? address,
                agent: String((request.headers[.userAgent] ?? "").prefix(200)))
        } catch let error as BadRequest {
            throw error
        } catch {
            throw BadRequest(status: 400)
        }
    }

    private func isLoggedIn(_ token: String?) async throws -> Bool {
        guard let token else { return false }
        return try await pool.runIfActive {
            try desks.with { try loggedIn(token: token, effects: $0) != nil }
        }
    }

    /// What was posted: a megabyte of fields; 64 of files, from whoever is logged in.
    private func posted(
        _ request: Request, _ method: PageRequest.Method, token: String?
    ) async throws -> ([(name: String, value: String)], [UploadedFile]) {
        guard method == .post else { return ([], []) }
        let type = request.headers[.contentType] ?? ""
        let boundary = boundary(ofContentType: type)
        var limit = 1 << 20
        if boundary != nil, try await isLoggedIn(token) { limit = 64 << 20 }
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
            throw BadRequest(status: 413)
        }
        guard let body = try? await request.body.collect(upTo: limit) else {
            throw BadRequest(status: 413)
        }
        let bytes = Array(body.readableBytesView)
        if let boundary { return try decodeMultipart(bytes, boundary: boundary) }
        guard type.lowercased().hasPrefix("application/x-www-form-urlencoded") else {
            if bytes.isEmpty { return ([], []) }
            throw BadRequest(status: 415)
        }
        return (try decodeForm(bytes), [])
    }
}

/// The first words of paths to which passwords are posted.
private let takingPasswords: Set = ["log-in", "me", "invitation", "first-run"]

/// A part of a path, its escapes decoded; `+` is a plus there.
private func decodePathPart(_ part: some StringProtocol) throws -> String {
    let plain = part.map { $0 == "+" ? "%2B" : $0 == "&" ? "%26" : String($0) }.joined()
    return try decodeForm(Array("part=\(plain)".utf8))[0].value
}

extension HTTPField.Name {
    fileprivate static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
}

/// The database's connections that no request uses now; a thread takes one, and puts it back.
final class Desks: Sendable {
    private let free = Mutex<[Effects]>([])
    private let make: @Sendable () throws -> Effects

    init(make: @escaping @Sendable () throws -> Effects) { self.make = make }

    func with<Value>(_ body: (Effects) throws -> Value) throws -> Value {
        let effects = try free.withLock { $0.popLast() } ?? make()
        defer { free.withLock { $0.append(effects) } }
        return try body(effects)
    }
}
