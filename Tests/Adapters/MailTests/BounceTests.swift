import Foundation
import Mail
import Testing

@Suite struct `A mail that comes in` {
    @Test(arguments: BounceCorpus.all)
    func `is read for what it is`(_ mail: BounceCorpus.Case) {
        switch IncomingMail(mail.bytes) {
        case .bounce(let report):
            let got = report.recipients.map { recipient in
                "\(recipient.action.rawValue) \(recipient.status.isEmpty ? "-" : recipient.status) "
                    + "\(recipient.reason.rawValue) \(recipient.isPermanent ? "permanent" : "temporary")"
            }
            #expect(got == [mail.expected.joined(separator: " ")], "\(report.recipients)")
            #expect(report.recipients.map(\.address) == [mail.address])
            if mail.messageID != nil { #expect(report.messageID == mail.messageID) }
        case .autoReply: #expect(mail.expected == ["auto_reply"])
        case .readReceipt: #expect(mail.expected == ["read_receipt"])
        case .other: #expect(mail.expected == ["other"])
        }
    }

    @Test func `has come back in a hundred shapes at least`() {
        let bounces = BounceCorpus.all.filter { ["failed", "delayed"].contains($0.expected[0]) }
        #expect(bounces.count >= 100 && BounceCorpus.all.count > bounces.count + 15)
    }

    @Test func `is read the same with CRLF as with LF`() {
        for mail in BounceCorpus.all {
            let crlf = mail.bytes.flatMap { $0 == 0x0a ? [0x0d, 0x0a] : [$0] }
            #expect(IncomingMail(crlf) == IncomingMail(mail.bytes), "\(mail)")
            #expect(normalLines(of: crlf) == normalLines(of: mail.bytes))
        }
    }

    @Test func `says in its words what the server said`() throws {
        let mail = try #require(BounceCorpus.all.first { $0.description.hasPrefix("qmail.txt") })
        guard case .bounce(let report) = IncomingMail(mail.bytes) else {
            Issue.record("no bounce")
            return
        }
        #expect(
            report.recipients[0].words.contains("Sorry, no mailbox here by that name. (#5.1.1)"))
    }

    @Test func `names every recipient of a report`() {
        let mail = """
            From: MAILER-DAEMON@example.com
            Content-Type: multipart/report; report-type=delivery-status; boundary=b

            --b
            Content-Type: message/delivery-status

            Reporting-MTA: dns; example.com

            Final-Recipient: rfc822; a01@example.com
            Action: failed
            Status: 5.1.1

            Final-Recipient: rfc822; a02@example.com
            Action: delivered
            Status: 2.0.0
            --b--
            """
        guard case .bounce(let report) = IncomingMail(Array(mail.utf8)) else {
            Issue.record("no bounce")
            return
        }
        #expect(report.recipients.map(\.address) == ["a01@example.com", "a02@example.com"])
        #expect(report.recipients.map(\.action) == [.failed, .delivered])
        #expect(report.messageID == nil)
    }

    // MARK: - Hostile mails

    /// Sizes at which anything but linear work would take minutes.
    @Test(
        .timeLimit(.minutes(5)),
        arguments: [
            "=?", "=?utf-8?B?", "@", "a@b.", "<a@b.example.com> 550 5.1.1\n", "--b\n", "--b",
            "--b\nContent-Type: multipart/mixed; boundary=b\n\n", "\n", "5.1.", "1", "<", "<b>",
            "&lt;",
            "=", "a: b\n", "Final-Recipient: rfc822; a@example.com\n\n", "\u{0}", "\u{ff}", ";a=b",
            "{9}",
        ])
    func `takes no longer however it repeats itself`(_ piece: String) {
        let heads = [
            "", "From: MAILER-DAEMON@example.com\nSubject: ",
            "From: MAILER-DAEMON@example.com\nSubject: failure notice\n\n",
            "From: MAILER-DAEMON@example.com\nContent-Type: multipart/mixed; boundary=b\n\n",
            "From: MAILER-DAEMON@example.com\nSubject: failure\nContent-Type: text/html; charset=gbk\n\n",
            "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/delivery-status\n\n",
            "Content-Type: message/rfc822\n\n", "Content-Type: ",
        ]
        for head in heads {
            let times = 200_000 / piece.utf8.count
            let mail = Array((head + String(repeating: piece, count: times)).utf8)
            let start = secondsOfThread()
            _ = IncomingMail(mail)
            #expect(secondsOfThread() - start < 5, "\(head.prefix(60)) \(piece)")
        }
    }

    /// Mutated mails of the corpus: $DUNWELL_FUZZED_BOUNCES of them, 2,000 by default.
    @Test func `may be anything at all`() {
        var random = Randomness(seed: 20_261_122)
        let wanted = ProcessInfo.processInfo.environment["DUNWELL_FUZZED_BOUNCES"].flatMap {
            Int($0)
        }
        let mails = BounceCorpus.all.map(\.bytes)
        var slowest = 0.0
        for _ in 0..<(wanted ?? 2_000) {
            var mail = mails[random.below(mails.count)]
            for _ in 0...random.below(8) { mutate(&mail, mails, &random) }
            let start = secondsOfThread()
            let read = IncomingMail(mail)
            slowest = max(slowest, secondsOfThread() - start)
            guard case .bounce(let report) = read else { continue }
            #expect(!report.recipients.isEmpty && report.recipients.count <= 100)
            for recipient in report.recipients {
                #expect(recipient.words.utf8.count <= 1_600 && !recipient.words.contains("\n"))
                #expect(recipient.address.contains("@") && recipient.address.utf8.count <= 254)
            }
        }
        #expect(slowest < 1)
    }

    private func mutate(_ mail: inout [UInt8], _ mails: [[UInt8]], _ random: inout Randomness) {
        guard !mail.isEmpty else {
            mail = [UInt8(random.below(256))]
            return
        }
        let place = random.below(mail.count)
        let length = min(random.below(60), mail.count - place)
        switch random.below(8) {
        case 0: mail[place] = UInt8(random.below(256))
        case 1: mail.removeSubrange(place..<(place + length))
        case 2:
            mail.insert(contentsOf: mail[place..<(place + length)], at: random.below(mail.count))
        case 3: mail.removeSubrange(place...)
        case 4:
            let other = mails[random.below(mails.count)]
            let from = random.below(other.count)
            mail.insert(contentsOf: other[from..<min(from + 200, other.count)], at: place)
        case 5:
            mail.insert(contentsOf: (0..<length).map { _ in UInt8(random.below(256)) }, at: place)
        case 6:
            let words = [
                "\n\n", "\r", "=?gbk?B?", "--b1\n", "--b1--", "@", "<", "\u{0}", "charset=utf-16;",
                ": ", "boundary=\"\";",
            ]
            mail.insert(contentsOf: Array(words[random.below(words.count)].utf8), at: place)
        default: mail[place] ^= 1 << UInt8(random.below(8))
        }
    }
}

/// What this thread has computed: however busy the machine is, only a hang makes it much.
private func secondsOfThread() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// SplitMix64: the same numbers for the same seed everywhere.
private struct Randomness {
    private var state: UInt64
    init(seed: UInt64) { state = seed }

    mutating func below(_ limit: Int) -> Int {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
    }
}
