import CCurl
import Glibc
public import Primitives

/// A mailbox opened for reading alone (EXAMINE): nothing is marked as seen, moved or deleted.
///
/// libcurl makes the connection, with TLS and login, and leaves it to us (CONNECT_ONLY). Its own
/// commands would not do: FETCH marks as seen, and what it gives of a command of one's own are
/// lines, so that a mail could speak in the server's name. For one thread at a time, which it
/// blocks.
public final class IMAPMailbox {
    private let server: IMAPServer
    private let handle: UnsafeMutableRawPointer
    private let failure = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))
    private var received: [UInt8] = []
    private var position = 0
    private var commands = 0
    /// Bytes that came for the present command.
    private var taken = 0
    /// Numbers of messages hold as long as this one stays.
    public private(set) var uidValidity = 0

    /// Connects, logs in, and opens the folder.
    public init(_ server: IMAPServer) throws(ReportBoxError) {
        guard let handle = curl_easy_init() else { fatalError("libcurl has no memory") }
        self.server = server
        self.handle = handle
        failure.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        try connect()
        // NetEase shows a mailbox only to programs that name themselves; others need not know ID.
        _ = try? command("ID (\"name\" \"dunwell\")")
        try open()
    }

    deinit {
        curl_easy_cleanup(handle)
        failure.deallocate()
    }

    /// The numbers of the messages above `uid`, in their order; where `uid` is 0, of those that
    /// came on that day or later.
    public func messages(after uid: Int, since date: CivilDate) throws(ReportBoxError) -> [Int] {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let since = uid > 0 ? "" : " SINCE \(date.day)-\(months[date.month - 1])-\(date.year)"
        var found: Set<Int> = []
        for response in try command("UID SEARCH UID \(uid + 1):*\(since)") {
            let words = response.words
            guard words.first == "*", words.dropFirst().first?.uppercased() == "SEARCH" else {
                continue
            }
            found.formUnion(words.dropFirst(2).compactMap { Int($0) })
        }
        // `n:*` names the last message also where its number is below n.
        return found.filter { $0 > uid && $0 <= Int(UInt32.max) }.sorted()
    }

    /// As much of a message as is read of one; `nil` where it is there no more.
    public func message(_ uid: Int) throws(ReportBoxError) -> [UInt8]? {
        let most = 2 * IncomingMail.bytesMost
        for response in try command("UID FETCH \(uid) (UID BODY.PEEK[]<0.\(most)>)") {
            let words = response.words.map { $0.uppercased() }
            guard words.count > 3, words[2] == "FETCH",
                words.contains("UID") || words.contains("(UID"),
                words.contains(where: { $0 == "\(uid)" || $0 == "\(uid))" })
            else { continue }
            return response.literals.first ?? []
        }
        return nil
    }

    /// Says goodbye.
    public func leave() {
        try? send("z LOGOUT\r\n")
    }

    // MARK: - The connection

    private func connect() throws(ReportBoxError) {
        set(
            CURLOPT_URL,
            "\(server.isImplicitTLS ? "imaps" : "imap")://\(server.host):\(server.port)/")
        set(CURLOPT_PROTOCOLS_STR, "imap,imaps")
        set(CURLOPT_PROXY, "")
        set(CURLOPT_NOSIGNAL, 1)
        set(CURLOPT_CONNECT_ONLY, 1)
        set(CURLOPT_CONNECTTIMEOUT, server.patience)
        set(CURLOPT_TIMEOUT, 2 * server.patience)
        set(CURLOPT_SSL_VERIFYPEER, 1)
        set(CURLOPT_SSL_VERIFYHOST, 2)
        set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
        if !server.isLocal { set(CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue)) }
        if let authorities = server.authorities {
            set(CURLOPT_CAINFO, authorities)
            set(CURLOPT_CAPATH, nil)
        }
        set(CURLOPT_USERNAME, server.user)
        set(CURLOPT_PASSWORD, server.password)
        check(curl_set_context(handle, CURLOPT_ERRORBUFFER, failure))
        let result = curl_easy_perform(handle)
        if result == CURLE_LOGIN_DENIED {
            throw .loginRefused(host: server.host, words: words(of: result))
        }
        if result != CURLE_OK { throw .notConnected(host: server.host, words: words(of: result)) }
    }

    private func open() throws(ReportBoxError) {
        for response in try command("EXAMINE \"\(server.folder)\"") {
            let words = response.words
            guard let place = words.firstIndex(where: { $0.uppercased() == "[UIDVALIDITY" }),
                place + 1 < words.count
            else { continue }
            uidValidity = Int(words[place + 1].prefix { $0.isNumber }) ?? 0
        }
        if uidValidity <= 0 { throw .unreadable(host: server.host) }
    }

    private func words(of result: CURLcode) -> String {
        let words = String(cString: failure)
        return words.isEmpty ? String(cString: curl_easy_strerror(result)) : words
    }

    private func set(_ option: CURLoption, _ value: String?) {
        check(curl_set_text(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: Int) {
        check(curl_set_number(handle, option, value))
    }

    private func check(_ result: CURLcode) {
        precondition(result == CURLE_OK, "libcurl refused an option: \(result.rawValue)")
    }

    // MARK: - Commands and responses

    private struct Response {
        /// Its lines, put together; literals are left out.
        var text: [UInt8] = []
        var literals: [[UInt8]] = []
        var words: [String] {
            text.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        }
    }

    /// Sends a command and takes what comes before its end.
    private func command(_ text: String) throws(ReportBoxError) -> [Response] {
        commands += 1
        taken = 0
        let tag = "d\(commands)"
        try send("\(tag) \(text)\r\n")
        var responses: [Response] = []
        while true {
            let response = try response()
            let words = response.words
            if words.first == tag {
                if words.dropFirst().first?.uppercased() == "OK" { return responses }
                throw .refused(
                    command: String(text.prefix { $0 != " " }),
                    words: oneLine(Array(words.dropFirst(2).joined(separator: " ").utf8)[...]))
            }
            responses.append(response)
            if responses.count > 20_000 { throw .unreadable(host: server.host) }
        }
    }

    private func response() throws(ReportBoxError) -> Response {
        var response = Response()
        while true {
            let line = try line()
            guard let size = literalSize(at: line) else {
                response.text += line
                return response
            }
            guard size <= 2 * IncomingMail.bytesMost, response.literals.count < 100 else {
                throw .unreadable(host: server.host)
            }
            response.text += line
            response.literals.append(try bytes(size))
        }
    }

    /// The number in `{123}` at the end of a line.
    private func literalSize(at line: [UInt8]) -> Int? {
        guard line.last == UInt8(ascii: "}"), let open = line.lastIndex(of: UInt8(ascii: "{")),
            line.count - open <= 12
        else { return nil }
        return Int(String(decoding: line[(open + 1)..<(line.count - 1)], as: UTF8.self))
    }

    // MARK: - Bytes

    private func line() throws(ReportBoxError) -> [UInt8] {
        var searched = position
        while true {
            if let end = received[searched...].firstIndex(of: 0x0a) {
                let line = received[position...end].withoutLineEnd
                position = end + 1
                return Array(line)
            }
            // A search gives all of its numbers on one line.
            guard received.count - position < 8_000_000 else {
                throw .unreadable(host: server.host)
            }
            let waiting = received.count - position
            try receive()
            searched = position + waiting
        }
    }

    private func bytes(_ count: Int) throws(ReportBoxError) -> [UInt8] {
        while received.count - position < count { try receive() }
        defer { position += count }
        return Array(received[position..<(position + count)])
    }

    private func receive() throws(ReportBoxError) {
        if position > 0 {
            received.removeFirst(position)
            position = 0
        }
        var piece = [UInt8](repeating: 0, count: 65_536)
        var count = 0
        while true {
            let result = curl_easy_recv(handle, &piece, piece.count, &count)
            if result == CURLE_AGAIN {
                try wait(for: Int16(POLLIN))
                continue
            }
            guard result == CURLE_OK, count > 0 else {
                throw .notConnected(
                    host: server.host,
                    words: result == CURLE_OK ? "the server has closed it" : words(of: result))
            }
            taken += count
            // More than any answer to a command of ours needs.
            guard taken <= 32_000_000 else { throw .unreadable(host: server.host) }
            received += piece[..<count]
            return
        }
    }

    private func send(_ text: String) throws(ReportBoxError) {
        var rest = Array(text.utf8)
        while !rest.isEmpty {
            var count = 0
            let result = curl_easy_send(handle, rest, rest.count, &count)
            if result == CURLE_AGAIN {
                try wait(for: Int16(POLLOUT))
                continue
            }
            guard result == CURLE_OK else {
                throw .notConnected(host: server.host, words: words(of: result))
            }
            rest.removeFirst(count)
        }
    }

    private func wait(for event: Int16) throws(ReportBoxError) {
        var socket: curl_socket_t = -1
        guard curl_get_socket(handle, CURLINFO_ACTIVESOCKET, &socket) == CURLE_OK, socket >= 0
        else {
            throw .notConnected(host: server.host, words: "the connection is gone")
        }
        var waiting = pollfd(fd: socket, events: event, revents: 0)
        var result: Int32
        repeat {
            result = poll(&waiting, 1, Int32(server.patience) * 1000)
        } while result < 0
            && errno == EINTR
        if result == 0 {
            throw .notConnected(
                host: server.host, words: "no answer within \(server.patience) seconds")
        }
    }
}
