import Primitives
import Secrets
import Testing

@Suite struct `A code on a phone` {
    private let secret = TOTPSecret(bytes: Array("12345678901234567890".utf8))

    private func second(_ count: Int) -> Instant { Instant(millisecondsSince1970: count * 1000) }

    /// RFC 6238, appendix B, SHA-1: there with eight digits, of which these are the last six.
    @Test(arguments: [
        (59, "287082"), (1_111_111_109, "081804"), (1_111_111_111, "050471"),
        (1_234_567_890, "005924"), (2_000_000_000, "279037"), (20_000_000_000, "353130"),
    ])
    func `is the one that RFC 6238 gives`(seconds: Int, code: String) {
        #expect(secret.code(at: second(seconds)) == code)
        #expect(secret.step(of: code, at: second(seconds), after: nil) == seconds / 30)
    }

    @Test func `counts one step early or late, and no more`() {
        let now = second(1_234_567_890)
        let step = 1_234_567_890 / 30
        for (seconds, taken) in [(-60, nil), (-30, step - 1), (0, step), (30, step + 1), (60, nil)]
        {
            let code = secret.code(at: now.advanced(bySeconds: seconds))
            #expect(secret.step(of: code, at: now, after: nil) == taken)
        }
    }

    @Test func `counts once, and none before it afterwards`() {
        let now = second(1_234_567_890)
        let step = 1_234_567_890 / 30
        #expect(secret.step(of: secret.code(at: now), at: now, after: step) == nil)
        let earlier = secret.code(at: now.advanced(bySeconds: -30))
        #expect(secret.step(of: earlier, at: now, after: step) == nil)
        let later = secret.code(at: now.advanced(bySeconds: 30))
        #expect(secret.step(of: later, at: now, after: step) == step + 1)
    }

    @Test func `is taken in full width and in groups, and as nothing else`() {
        let now = second(1_234_567_890)
        for text in ["005924", "005 924", "００５９２４", " 005924\n"] {
            #expect(secret.step(of: text, at: now, after: nil) != nil)
        }
        for text in ["", "5924", "0005924", "00592x", "+05924", "٠٠٥٩٢٤", "287082"] {
            #expect(secret.step(of: text, at: now, after: nil) == nil)
        }
    }

    @Test func `comes from a secret that apps can take up`() {
        #expect(secret.text == "GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ")
        #expect(
            secret.address(issuer: "Dunwell FL", account: "王经理")
                == "otpauth://totp/Dunwell%20FL:%E7%8E%8B%E7%BB%8F%E7%90%86"
                + "?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Dunwell%20FL")
    }
}
