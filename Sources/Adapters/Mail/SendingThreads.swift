import Dispatch

/// What a message can be sent through: a session with a server.
public protocol MailConnection {
    /// As `SMTPSession.send` says.
    func send(
        _ message: [UInt8], from sender: String, to recipient: String,
        handedOver: @escaping () -> Bool
    ) throws(MailError) -> SMTPOutcome
}

extension SMTPSession: MailConnection {}

/// A message on its way out.
public struct Parcel: Sendable {
    public let id: Int
    public let bytes: [UInt8]
    public let sender, recipient: String
    public init(id: Int, bytes: [UInt8], sender: String, recipient: String) {
        self.id = id
        self.bytes = bytes
        self.sender = sender
        self.recipient = recipient
    }
}

/// Whose messages are sent, and who hears what became of them. Called on several threads at once.
public protocol ParcelSource: Sendable {
    /// The next message; `nil`: no more for this connection. May wait.
    func next(on connection: Int) -> Parcel?
    /// Before the end of the message leaves; `false` breaks it off.
    func handOver(_ parcel: Parcel) -> Bool
    func ended(_ parcel: Parcel, on connection: Int, _ outcome: Result<SMTPOutcome, MailError>)
}

/// Sends over several connections at once, each on a thread of its own, until the source has no
/// more for any of them.
///
/// - Parameters:
///   - most: messages over one connection; then another is made.
///   - open: makes what connects when the first message needs it.
public func sendAll(
    _ source: some ParcelSource, connections: Int, most: Int,
    open: @escaping @Sendable () -> any MailConnection
) {
    let group = DispatchGroup()
    for number in 0..<connections {
        DispatchQueue(label: "mail \(number)").async(group: group) {
            var connection = open()
            var count = 0
            func send(_ parcel: Parcel) -> Result<SMTPOutcome, MailError> {
                count += 1
                return Result { () throws(MailError) in
                    try connection.send(
                        parcel.bytes, from: parcel.sender, to: parcel.recipient,
                        handedOver: { source.handOver(parcel) })
                }
            }
            func reopen() {
                connection = open()
                count = 0
            }
            while let parcel = source.next(on: number) {
                if count == most { reopen() }
                var outcome = send(parcel)
                // A server that ends a connection after so many messages takes the next on another.
                if count > 1, case .success(let said) = outcome, said.code == 421,
                    [.mail, .recipient, .data].contains(said.step)
                {
                    reopen()
                    outcome = send(parcel)
                }
                source.ended(parcel, on: number, outcome)
            }
        }
    }
    group.wait()
}
