import Primitives
import Testing

@testable import Interchange

@Suite struct `A mail address that is typed` {
    /// As typed → as taken, and what is asked about.
    @Test(arguments: [
        ("a01@example.com", nil),
        ("12345@qq.com", nil), ("a@sina.cn", nil), ("a@163.net", nil), ("a@live.cn", nil),
        ("a@mail.com", nil), ("a@hotmail.fr", nil), ("a@example.co", nil), ("a@example.cm", nil),
        ("12345@qq.con", "12345@qq.com"), ("12345@qq.cm", "12345@qq.com"),
        ("a@QQ.CON", "a@qq.com"), ("a@163.con", "a@163.com"), ("a@126.cmo", "a@126.com"),
        ("a@gmial.com", "a@gmail.com"), ("a@gmail.con", "a@gmail.com"),
        ("a@gmial.con", "a@gmail.com"), ("a@hotmial.com", "a@hotmail.com"),
        ("a@hotmai.com", "a@hotmail.com"), ("a@outlok.com", "a@outlook.com"),
        ("a@foxmail.con", "a@foxmail.com"), ("a@foxmial.com", "a@foxmail.com"),
        ("a@sina.con", "a@sina.com"), ("a@vip.sina.con", "a@vip.sina.com"),
        ("a@qq.com.cn", "a@qq.com"), ("a@l63.com", "a@163.com"), ("a@yeah.com", "a@yeah.net"),
    ])
    func `is taken as it is, with a question where its domain looks mistyped`(
        typed: String, meant: String?
    ) throws {
        let reading = MailAddressReading(typed)
        #expect(reading.isUsable && reading.address == typed)
        if let meant {
            #expect(
                reading.remark
                    == Bilingual(
                        zh: "域名像是写错了，是不是 \(meant)？已照原样登记，请核对。",
                        en:
                            "has a domain that looks mistyped: is it \(meant)? Taken as it is; check it."
                    ))
        } else {
            #expect(reading.remark == nil)
        }
    }

    @Test(arguments: [
        ("ａ０１＠ｅｘａｍｐｌｅ．ｃｏｍ", "a01@example.com"), ("a01@example。com", "a01@example.com"),
        ("a01＠example.com", "a01@example.com"), ("a01@example．com", "a01@example.com"),
        ("\u{3000}a01@example.com", "a01@example.com"),
        ("a01@\u{200b}example.com", "a01@example.com"),
    ])
    func `has its full-width characters turned into ASCII, with a note`(
        typed: String, taken: String
    ) {
        let reading = MailAddressReading(typed)
        #expect(reading.isUsable && reading.address == taken)
        #expect(
            reading.remark
                == Bilingual(
                    zh: "有全角字符，已改成半角：\(taken)。", en: "has full-width characters; taken as \(taken)."
                ))
    }

    @Test func `may have both`() {
        let reading = MailAddressReading("123＠qq.con")
        #expect(reading.address == "123@qq.con")
        #expect(
            reading.remark?.zh == "有全角字符，已改成半角：123@qq.con。域名像是写错了，是不是 123@qq.com？已照原样登记，请核对。")
    }

    @Test(arguments: [
        ("a@@qq.com", "a@qq.com"), ("a@126.com.", "a@126.com"), ("a@qqcom", "a@qq.com"),
        ("a@163com", "a@163.com"), ("a@qq,com", "a@qq.com"), ("a@qq..com", "a@qq.com"),
        ("a @qq.com", "a@qq.com"), ("<a@qq.com>", "a@qq.com"), ("安甲 <a@qq.com>", "a@qq.com"),
        ("a@qq.com b@qq.com", nil), ("mailto:a@qq.com", "a@qq.com"),
        ("a@@gmial.com", "a@gmail.com"), ("a.qq.com", nil), ("none", nil), ("@", nil), ("", nil),
        ("a@localhost", nil), ("a@例子.cn", nil), ("a@b@c.com", nil),
    ])
    func `that cannot be used is refused, with what was likely meant`(
        typed: String, meant: String?
    ) {
        let reading = MailAddressReading(typed)
        #expect(!reading.isUsable && reading.suggestion == meant)
    }
}
