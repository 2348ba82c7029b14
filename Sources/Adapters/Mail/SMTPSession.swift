import CCurl
import Glibc
import Primitives

/// One connection to a mail server, made when the first message needs it, kept for the next ones,
/// and made anew where it was lost. For one thread at a time; `send` blocks it.
public final class SMTPSession {
    private let server: SMTPServer
    private let handle: UnsafeMutableRawPointer
    private let transfer: SMTPTransfer
    /// libcurl's words for what failed.
    private let failure = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Connects to nothing yet.
    public init(_ server: SMTPServer) {
        guard let handle = curl_easy_init() else { fatalError("libcurl has no memory") }
        self.server = server
        self.handle = handle
        transfer = SMTPTransfer(patience: server.patience)
        failure.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        setConnection()
        setLogin()
        setCallbacks()
    }

    deinit {
        // libcurl says QUIT, and would wait two minutes for an answer that is of no use.
        leave(SHUT_RD)
        curl_easy_cleanup(handle)
        failure.deallocate()
    }

    /// libcurl finds the connection dead, and makes another for the next message.
    private func leave(_ directions: Int) {
        var socket: curl_socket_t = -1
        if curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0 {
            shutdown(socket, Int32(directions))
        }
    }

    /// Sends one message to one recipient, and says what became of it.
    ///
    /// - Parameters:
    ///   - message: as `MailMessage.encoded` gives it.
    ///   - sender: whom a bounce goes to.
    ///   - handedOver: called once, when the whole body has left and before the end of the message
    ///     does. From then on the server may have taken it over. With `false` it is broken off, and
    ///     surely not sent.
    /// - Throws: where an address or the message could be taken for something else; then nothing
    ///   went over the wire.
    public func send(
        _ message: [UInt8], from sender: String, to recipient: String,
        handedOver: @escaping () -> Bool = { true }
    ) throws(MailError) -> SMTPOutcome {
        for address in [sender, recipient] where !isMailAddress(address) {
            throw .unusableAddress(address)
        }
        if let byte = firstUnsafeByte(message) { throw .unusableMessage(byte: byte) }
        transfer.begin(message, handedOver)
        let result = perform(from: sender, to: recipient)
        let outcome = outcome(of: result)
        if outcome.leavesDialogueOpen { leave(SHUT_RDWR) }
        transfer.end()
        return outcome
    }

    private func perform(from sender: String, to recipient: String) -> CURLcode {
        let recipients = curl_slist_append(nil, "<\(recipient)>")
        defer { curl_slist_free_all(recipients) }
        failure[0] = 0
        set(CURLOPT_MAIL_FROM, "<\(sender)>")
        check(curl_set_list(handle, CURLOPT_MAIL_RCPT, recipients))
        setPatience(handle, reply: server.patience.reply)
        set(CURLOPT_TIMEOUT, server.patience.most(bytes: transfer.size))
        let result = curl_easy_perform(handle)
        check(curl_set_list(handle, CURLOPT_MAIL_RCPT, nil))
        return result
    }

    // MARK: - Outcome

    private func outcome(of result: CURLcode) -> SMTPOutcome {
        let conversation = transfer.conversation
        let step = step(of: result)
        // What was said at an earlier step is no answer to this one.
        let answers = step == conversation.step
        let code = answers ? conversation.code : nil
        return SMTPOutcome(
            verdict: verdict(of: result, code: code), step: step, code: code,
            words: answers ? conversation.lines.joined(separator: "\n") : "",
            failure: result == CURLE_OK ? "" : failureWords(result))
    }

    private func verdict(of result: CURLcode, code: Int?) -> SMTPOutcome.Verdict {
        switch (code, transfer.isHandedOver) {
        case (250, true) where result == CURLE_OK: .accepted
        case (.some(400..<500), _): .refusedForNow
        case (.some(500..<600), _): .refusedForGood
        case (_, true): .inDoubt
        default: .refusedForNow
        }
    }

    private func step(of result: CURLcode) -> SMTPOutcome.Step {
        let conversation = transfer.conversation
        guard conversation.isBegun else { return isReady ? .greeting : conversation.step }
        return switch (conversation.step, result) {
        // The server offers no STARTTLS, or no login that we know: nothing more was sent.
        case (.ehlo, CURLE_USE_SSL_FAILED): .tls
        case (.ehlo, CURLE_LOGIN_DENIED): .auth
        case (let step, _): step
        }
    }

    /// Whether the connection stood, with TLS where TLS comes first.
    private var isReady: Bool {
        let time =
            server.security == .implicitTLS ? CURLINFO_APPCONNECT_TIME_T : CURLINFO_CONNECT_TIME_T
        var microseconds: curl_off_t = 0
        return curl_get_offset(handle, time, &microseconds) == CURLE_OK && microseconds > 0
    }

    private func failureWords(_ result: CURLcode) -> String {
        let words = String(cString: failure)
        return words.isEmpty ? String(cString: curl_easy_strerror(result)) : words
    }

    // MARK: - Options

    private func setConnection() {
        set(CURLOPT_URL, server.address)
        set(CURLOPT_PROTOCOLS_STR, "smtp,smtps")
        // No proxy from the environment.
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_UPLOAD, 1)
        set(CURLOPT_CONNECTTIMEOUT, server.patience.connect)
        set(CURLOPT_LOW_SPEED_LIMIT, 1)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if server.security != .none { set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let authorities = server.authorities {
            set(CURLOPT_CAINFO, authorities)
            set(CURLOPT_CAPATH, nil)
        }
    }

    private func setLogin() {
        switch server.login {
        case .password(let user, let password):
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_PASSWORD, password)
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=PLAIN;AUTH=LOGIN")
        case .token(let user, let token):
            set(CURLOPT_USERNAME, user)
            set(CURLOPT_XOAUTH2_BEARER, token)
            set(CURLOPT_LOGIN_OPTIONS, "AUTH=XOAUTH2")
        case nil: break
        }
    }

    /// The session owns what the callbacks are handed, so it outlives the handle.
    private func setCallbacks() {
        let context = Unmanaged.passUnretained(transfer).toOpaque()
        check(curl_set_context(handle, CURLOPT_ERRORBUFFER, failure))
        check(curl_set_context(handle, CURLOPT_READDATA, context))
        check(curl_set_context(handle, CURLOPT_DEBUGDATA, context))
        check(curl_set_read(handle, readBody))
        check(curl_set_debug(handle, hear))
        set(CURLOPT_VERBOSE, 1)
        transfer.handle = handle
    }

    private func set(_ option: CURLoption, _ value: String?) {
        check(curl_set_text(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        check(curl_set_number(handle, option, value))
    }
}

/// Options are refused where libcurl was built without them; then no mail may be sent.
private func check(_ result: CURLcode) {
    precondition(result == CURLE_OK, "libcurl refused an option: \(result.rawValue)")
}

/// For a reply, and for a body that does not move on.
private func setPatience(_ handle: UnsafeMutableRawPointer, reply seconds: Int) {
    check(curl_set_number(handle, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds))
    check(curl_set_number(handle, CURLOPT_LOW_SPEED_TIME, seconds))
}

/// Where a server could see another end of the message than we do: NUL, or CR and LF alone.
private func firstUnsafeByte(_ message: [UInt8]) -> Int? {
    message.withUnsafeBufferPointer { bytes in
        var previous: UInt8 = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if (byte == 0x0a) != (previous == 0x0d) || byte == 0 { return index }
            previous = byte
            index += 1
        }
        return previous == 0x0d ? bytes.count : nil
    }
}

// MARK: - Callbacks

/// What the callbacks of one session share: the message that goes out, and what is said about it.
private final class SMTPTransfer {
    var conversation = SMTPConversation()
    private(set) var isHandedOver = false
    var handle: UnsafeMutableRawPointer?
    private let patience: SMTPServer.Patience
    private var message: [UInt8] = []
    private var position = 0
    private var handedOver: () -> Bool = { false }

    var size: Int { message.count }

    init(patience: SMTPServer.Patience) { self.patience = patience }

    func begin(_ message: [UInt8], _ handedOver: @escaping () -> Bool) {
        conversation = SMTPConversation()
        isHandedOver = false
        position = 0
        self.message = message
        self.handedOver = handedOver
    }

    func end() {
        message = []
        handedOver = { false }
    }

    /// libcurl asks for more only when all that it was given has left, and once more for nothing.
    func read(into buffer: UnsafeMutableRawPointer, _ size: Int) -> Int {
        if conversation.step != .body { conversation.begin(.body) }
        if position == message.count { return finish() }
        let count = min(size, message.count - position)
        message.withUnsafeBytes { bytes in
            buffer.copyMemory(from: bytes.baseAddress! + position, byteCount: count)
        }
        position += count
        return count
    }

    private func finish() -> Int {
        guard !isHandedOver, handedOver() else { return Int(CURL_READFUNC_ABORT) }
        isHandedOver = true
        conversation.begin(.end)
        if let handle { setPatience(handle, reply: patience.end) }
        return 0
    }

    func hear(_ kind: curl_infotype, _ bytes: UnsafeRawBufferPointer) {
        switch kind {
        case CURLINFO_SSL_DATA_OUT: conversation.encrypts()
        case CURLINFO_HEADER_IN: conversation.received(bytes)
        case CURLINFO_HEADER_OUT:
            conversation.sent(bytes)
            // After QUIT the reply is of no use.
            if conversation.isOver, let handle { setPatience(handle, reply: 1) }
        default: break
        }
    }
}

private func readBody(
    buffer: UnsafeMutablePointer<CChar>?, size: Int, count: Int, context: UnsafeMutableRawPointer?
) -> Int {
    guard let buffer, let context else { return Int(CURL_READFUNC_ABORT) }
    let transfer = Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
    return transfer.read(into: buffer, size * count)
}

private func hear(
    _: UnsafeMutableRawPointer?, kind: curl_infotype, data: UnsafeMutablePointer<CChar>?,
    size: Int, context: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context else { return 0 }
    Unmanaged<SMTPTransfer>.fromOpaque(context).takeUnretainedValue()
        .hear(kind, UnsafeRawBufferPointer(start: data, count: size))
    return 0
}
