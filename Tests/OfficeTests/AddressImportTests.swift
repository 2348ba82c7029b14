import Foundation
import Office
import Primitives
import TestKit
import Testing

@Suite struct `Mail addresses of an import` {
    private let head = "owner,name,phone,email,address,channels,language\n"

    @Test func `are taken in ASCII, with a word on what looks mistyped, by file, row and column`()
        throws
    {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let owners = [
            "owners.csv": head + "B01,甲,,12345@qq.con,,email,zh\nB02,乙,,ｂ０２＠ｅｘａｍｐｌｅ。com,,email,zh\n"
                + "B03,丙,,b03@example.com,,email,zh\n"
        ]
        let report = try office.take(owners, as: "more")
        #expect(report.problems.isEmpty)
        #expect(report.files.map(\.added) == [3])
        #expect(
            report.remarks.map(\.zh) == [
                "owners.csv 第 2 行，邮箱「12345@qq.con」：域名像是写错了，是不是 12345@qq.com？已照原样登记，请核对。",
                "owners.csv 第 3 行，邮箱「ｂ０２＠ｅｘａｍｐｌｅ。com」：有全角字符，已改成半角：b02@example.com。",
            ])
        #expect(
            report.remarks.map(\.en) == [
                "owners.csv, row 2, email “12345@qq.con”: has a domain that looks mistyped: is it "
                    + "12345@qq.com? Taken as it is; check it.",
                "owners.csv, row 3, email “ｂ０２＠ｅｘａｍｐｌｅ。com”: has full-width characters; taken as "
                    + "b02@example.com.",
            ])
        // Once more: nothing changes, and it is said again.
        let again = try office.take(owners, as: "more")
        #expect(again.files.map(\.known) == [3] && again.remarks.count == 2)
        let out = office.folder + "/out"
        _ = try exportCommunity(to: out, effects: office.effects)
        let written = try String(contentsOfFile: out + "/owners.csv", encoding: .utf8)
        #expect(written.contains("12345@qq.con") && written.contains("b02@example.com"))
    }

    @Test func `that cannot be used are refused with what was likely meant`() throws {
        let office = try TestOffice()
        try office.take(MapleCourt.files)
        let report = try office.take(
            [
                "owners.csv": head
                    + "B01,甲,,a@@126.com,,email,zh\nB02,乙,,\"a\u{7}@126.com\",,email,zh\n"
            ], as: "more")
        #expect(
            report.problems.map { $0.text(in: .zh) } == [
                "owners.csv 第 2 行，邮箱「a@@126.com」：不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。"
                    + "是不是 a@126.com？",
                "owners.csv 第 3 行，邮箱「a�@126.com」：不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。",
            ])
    }
}
