import Dunning
import FeeLedger
import Interchange
import Primitives
import Testing

/// A row that is right, and one cell of it that is not.
private struct Refusal: Sendable, CustomTestStringConvertible {
    let file: String
    let column: String
    let value: String
    let zh: String
    let en: String
    var testDescription: String { "\(file) \(column) “\(value)”" }

    init(_ place: String, _ value: String, _ zh: String, _ en: String) {
        let parts = place.split(separator: " ")
        file = parts[0] + ".csv"
        column = String(parts[1])
        self.value = value
        self.zh = zh
        self.en = en
    }
}

private let right: [String: [String: String]] = [
    "units.csv": ["unit": "1", "building": "A", "kind": "shop", "area": "1", "handover": ""],
    "owners.csv": ["owner": "O1", "name": "周启明"],
    "ownerships.csv": ["unit": "1", "owner": "O1", "from": "2026-01-05", "to": ""],
    "fees.csv": [
        "item": "wy", "name": "物业费", "basis": "metered", "price": "2.85", "cycle": "1",
        "kinds": "shop", "from": "2026-01-01", "to": "",
    ],
    "readings.csv": [
        "unit": "1", "item": "sf", "period": "2026-11", "previous": "5.5", "reading": "6",
    ],
    "charges.csv": [
        "unit": "1", "item": "wy", "period": "2026-11", "amount": "1", "due": "2026-11-15",
    ],
    "payments.csv": [
        "reference": "B1", "date": "2026-11-15", "unit": "1", "amount": "1", "method": "cash",
    ],
    "waivers.csv": [
        "reference": "W1", "date": "2026-11-15", "unit": "1", "item": "wy", "period": "2026-11",
        "amount": "1", "reason": "病", "approved_by": "王",
    ],
    "concessions.csv": [
        "reference": "C1", "unit": "1", "item": "*", "from": "2026-11", "to": "",
        "kind": "percent", "value": "50", "reason": "低保", "approved_by": "王",
    ],
    "holds.csv": ["unit": "1", "reason": "court", "from": "2026-11-15", "to": ""],
]

private let fill = ("不能空着。请填写。", "is empty. Fill it in.")
private let number = (
    "不是数。请写成 1234.56 这样，不带千位分隔符、货币符号和公式。",
    "is not a number. Write it like 1234.56, without thousands separators, currency signs or "
        + "formulas."
)
private let date = ("不是日期。请写成 2026-11-21 这样。", "is not a date. Write it like 2026-11-21.")
private let period = ("不是账期。请写成 2026-11 这样。", "is not a period. Write it like 2026-11.")
private let code = (
    "编号最多 60 个字，不能有换行等控制字符。", "a code has at most 60 characters and no control characters."
)
private let mail = (
    "不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。",
    "is not a mail address. Write it like name@example.com, without spaces or <>."
)

private let refusals: [Refusal] = [
    .init("units unit", "", fill.0, fill.1),
    .init("owners name", "", fill.0, fill.1),
    .init("waivers approved_by", "", fill.0, fill.1),
    .init("units unit", "a\nb", code.0, code.1),
    .init("units unit", "a\u{7F}b", code.0, code.1),
    .init("units unit", String(repeating: "房", count: 61), code.0, code.1),
    .init("owners email", "周@example.com", mail.0, mail.1),
    .init(
        "owners email", "a b@example.com", mail.0 + "是不是 b@example.com？",
        mail.1 + " Is it b@example.com?"),
    .init(
        "owners email", "<a@example.com>", mail.0 + "是不是 a@example.com？",
        mail.1 + " Is it a@example.com?"),
    .init("owners email", "a@b@example.com", mail.0, mail.1),
    .init("owners email", "a@example", mail.0, mail.1),
    .init("owners email", "@example.com", mail.0, mail.1),
    .init(
        "owners email", "a@example..com", mail.0 + "是不是 a@example.com？",
        mail.1 + " Is it a@example.com?"),
    .init("owners email", "a@example.com,b@example.com", mail.0, mail.1),
    .init("owners email", "a@example.com\r\nBcc: b@example.com", mail.0, mail.1),
    .init(
        "units kind", "villa", "只能是：residence 住宅, shop 商铺, parking 车位。",
        "must be one of: residence 住宅, shop 商铺, parking 车位."),
    .init(
        "owners language", "fr", "只能是：zh 中文, en 英文。", "must be one of: zh 中文, en 英文."),
    .init(
        "owners channels", "email;sms",
        "只能是：email 邮件, mailbox 信箱, hand 当面, registered 挂号信, phone 电话, fax 传真。",
        "must be one of: email 邮件, mailbox 信箱, hand 当面, registered 挂号信, phone 电话, fax 传真."),
    .init(
        "fees kinds", "", "只能是：residence 住宅, shop 商铺, parking 车位。",
        "must be one of: residence 住宅, shop 商铺, parking 车位."),
    .init(
        "fees basis", "head", "只能是：area 按面积, fixed 定额, metered 抄表。",
        "must be one of: area 按面积, fixed 定额, metered 抄表."),
    .init(
        "payments method", "", "只能是：bank 转账, debit 代扣, wechat 微信, alipay 支付宝, pos 刷卡, cash 现金。",
        "must be one of: bank 转账, debit 代扣, wechat 微信, alipay 支付宝, pos 刷卡, cash 现金."),
    .init(
        "holds reason", "because",
        "只能是：disputed 争议, promise 承诺付款, plan 分期, deceased 亡故, court 诉讼, hardship 困难。",
        "must be one of: disputed 争议, promise 承诺付款, plan 分期, deceased 亡故, court 诉讼, hardship 困难."),
    .init("units area", "", number.0, number.1),
    .init("units area", "1,234", number.0, number.1),
    .init("charges amount", "¥5", number.0, number.1),
    .init("units area", "89.525", "小数最多 2 位。", "has too many decimals; at most 2 are allowed."),
    .init("fees price", "2.85001", "小数最多 4 位。", "has too many decimals; at most 4 are allowed."),
    .init(
        "readings previous", "5.5001", "小数最多 3 位。",
        "has too many decimals; at most 3 are allowed."),
    .init("units area", "10000000000.01", "太大。请核对。", "is too large. Check it."),
    .init("units area", "-0.01", "太小，至少要是 0.00。", "is too small; the least is 0.00."),
    .init("payments amount", "0", "太小，至少要是 0.01。", "is too small; the least is 0.01."),
    .init("charges amount", "-5.00", "太小，至少要是 0.01。", "is too small; the least is 0.01."),
    .init("fees cycle", "2", "周期只能是 1、3、6、12 个月。", "a cycle is 1, 3, 6 or 12 months."),
    .init("fees cycle", "", "周期只能是 1、3、6、12 个月。", "a cycle is 1, 3, 6 or 12 months."),
    .init("fees cycle", "3", "抄表项目的周期只能是 1 个月。", "a metered item has a cycle of 1 month."),
    .init("concessions value", "100.01", "比例最多 100。", "a percentage is at most 100."),
    .init("concessions value", "0", "太小，至少要是 0.01。", "is too small; the least is 0.01."),
    .init("concessions value", "", number.0, number.1),
    .init("charges due", "", date.0, date.1),
    .init("charges due", "2026-02-29", date.0, date.1),
    .init("charges due", "2026年11月15日", date.0, date.1),
    .init("charges due", "26/11/15", date.0, date.1),
    .init("charges due", "2026/11/15 0:00", date.0, date.1),
    .init("charges due", "46341", date.0, date.1),
    .init("units handover", "soon", date.0, date.1),
    .init(
        "ownerships to", "2026-01-04", "早于起始日期 2026-01-05。",
        "is before the first day, 2026-01-05."),
    .init("charges period", "", period.0, period.1),
    .init("charges period", "2026-13", period.0, period.1),
    .init("charges period", "Nov-26", period.0, period.1),
    .init("charges period", "2026-11-01", period.0, period.1),
    .init("concessions to", "2026-10", "早于起始账期 2026-11。", "is before 2026-11."),
    .init(
        "readings reading", "5.499",
        "本期读数比上期读数 5.500 小。请核对抄表；换过表的，请按新表分两行账期录入。",
        "is below the previous reading 5.500. Check the meter; after a change of meter, enter the "
            + "new one's readings."),
]

private func table(_ file: String, _ change: [String: String]) -> String {
    let cells = right[file, default: [:]].merging(change) { $1 }
    let columns = TableFormat.all.first { $0.file == file }!.columns.map(\.english)
    let values = columns.map { "\"" + cells[$0, default: ""] + "\"" }
    return columns.joined(separator: ",") + "\n" + values.joined(separator: ",") + "\n"
}

private func problems(_ file: String, _ text: String) throws -> [ImportProblem] {
    func of<Row: TableRow>(_ row: Row.Type) -> (String) throws -> [ImportProblem] {
        { try SampleFolder.read($0, as: row).problems }
    }
    let readers = [
        "units.csv": of(UnitRow.self), "owners.csv": of(OwnerRow.self),
        "ownerships.csv": of(OwnershipRow.self), "fees.csv": of(FeeRow.self),
        "readings.csv": of(ReadingRow.self), "charges.csv": of(ChargeRow.self),
        "payments.csv": of(PaymentRow.self), "waivers.csv": of(WaiverRow.self),
        "concessions.csv": of(ConcessionRow.self), "holds.csv": of(HoldRow.self),
    ]
    return try readers[file]!(text)
}

@Suite struct Cells {
    @Test(arguments: refusals)
    private func `a cell that cannot be taken is refused with what would be right`(row: Refusal)
        throws
    {
        let found = try problems(row.file, table(row.file, [row.column: row.value]))
        #expect(found.map(\.message.zh) == [row.zh])
        #expect(found.map(\.message.en) == [row.en])
        #expect(found.map(\.column) == [row.column])
        #expect(found.map(\.row) == [2] && found.map(\.file) == [row.file])
        #expect(found.map(\.value) == [row.value])
    }

    @Test(arguments: TableFormat.all.map(\.file))
    func `a row that is right is taken`(file: String) throws {
        #expect(try problems(file, table(file, [:])) == [])
    }

    @Test(arguments: [
        ("units.csv", "area", "0"), ("charges.csv", "amount", "0.01"), ("fees.csv", "price", "0"),
        ("concessions.csv", "value", "0.01"), ("concessions.csv", "value", "100"),
        ("readings.csv", "reading", "5.5"), ("ownerships.csv", "to", "2026-01-05"),
        ("concessions.csv", "to", "2026-11"), ("units.csv", "area", "10000000"),
        ("units.csv", "unit", String(repeating: "房", count: 60)),
    ])
    func `the least and the most that may be are taken`(
        file: String, column: String, value: String
    ) throws {
        #expect(try problems(file, table(file, [column: value])) == [])
    }

    @Test func `a whole message names file, row, column and value`() throws {
        let found = try problems("units.csv", table("units.csv", ["area": "-3"]))
        #expect(found.map { $0.text(in: .zh) } == ["units.csv 第 2 行，面积「-3」：太小，至少要是 0.00。"])
        #expect(
            found.map { $0.text(in: .en) } == [
                "units.csv, row 2, area “-3”: is too small; the least is 0.00."
            ])
        let long = ImportProblem(
            file: "a.csv", value: String(repeating: "长\u{7}", count: 40),
            Bilingual(zh: "。", en: "."))
        #expect(long.text(in: .en) == "a.csv “" + String(repeating: "长�", count: 30) + "…”: .")
    }

    @Test func `an exemption has no value`() throws {
        let text = table("concessions.csv", ["kind": "no_late_fee", "value": "50"])
        #expect(
            try problems("concessions.csv", text).map(\.message.en) == [
                "no_late_fee has no value; leave it empty."
            ])
    }

    @Test(arguments: [
        ("concessions.csv", "kind", "all"),  // and "50: no_late_fee has no value; leave it empty."
        ("readings.csv", "reading", "6.0001"),  // and "is below the previous reading 5.500."
        ("readings.csv", "reading", ""),
    ])
    func `one wrong cell is one problem`(file: String, column: String, value: String) throws {
        let found = try problems(file, table(file, [column: value]))
        #expect(found.first?.column == column && found.first?.value == value)
        #expect(found.count == 1)
    }

    // MARK: - What is taken

    @Test func `dates and periods are taken as Chinese Excel writes them`() throws {
        for (text, date) in [
            ("2026-11-21", "2026-11-21"), ("2026/11/21", "2026-11-21"), ("2026/1/5", "2026-01-05"),
            ("2024/2/29", "2024-02-29"),
        ] {
            let file = table("charges.csv", ["due": text])
            let rows = try SampleFolder.read(file, as: ChargeRow.self).rows
            #expect(rows.map(\.row.due) == [day(date)])
        }
        for (text, period) in [
            ("2026-11", "2026-11"), ("2026/11", "2026-11"), ("2026/1", "2026-01"),
        ] {
            let file = table("charges.csv", ["period": text])
            let rows = try SampleFolder.read(file, as: ChargeRow.self).rows
            #expect(rows.map(\.row.period.description) == [period])
        }
    }

    @Test func `an owner is read with channels in either language`() throws {
        let file = table(
            "owners.csv",
            [
                "channels": "email；信箱、hand; 电话", "email": "zhou@example.com", "language": "英文",
            ])
        let owner = try #require(try SampleFolder.read(file, as: OwnerRow.self).rows.first?.row)
        #expect(owner.channels == [.email, .mailbox, .hand, .phone])
        #expect(owner.language == .en && owner.email == "zhou@example.com")
        let plain = try SampleFolder.read(table("owners.csv", [:]), as: OwnerRow.self).rows[0].row
        #expect(plain.channels == [] && plain.language == .zh && plain.code == "O1")
    }

    @Test func `an ownership is read with its own rate`() throws {
        let file = table("ownerships.csv", ["to": "2026-01-05", "daily_rate": "0.0005"])
        let row = try #require(try SampleFolder.read(file, as: OwnershipRow.self).rows.first?.row)
        #expect(row.agreedRate == DailyRate(parts: 500) && row.to == day("2026-01-05"))
        let plain = try SampleFolder.read(table("ownerships.csv", [:]), as: OwnershipRow.self)
        #expect(plain.rows.map(\.row.agreedRate) == [nil] && plain.rows.map(\.row.to) == [nil])
    }

    @Test(arguments: [
        ("percent", "33.33", Concession.Relief.percent(Percentage(parts: 3_333))),
        ("比例", "100", .percent(.hundred)), ("amount", "50", .amount(Money(fen: 5_000))),
        ("no_late_fee", "", .noLateFee), ("免滞纳金", "", .noLateFee),
    ])
    func `a concession is read by its kind`(
        kind: String, value: String, relief: Concession.Relief
    ) throws {
        let file = table(
            "concessions.csv",
            [
                "kind": kind, "value": value, "review": "2027-01-31", "on": "2026-11-20",
            ])
        let row = try #require(try SampleFolder.read(file, as: ConcessionRow.self).rows.first?.row)
        #expect(row.relief == relief && row.item == "*" && row.to == nil)
        #expect(row.review == day("2027-01-31") && row.decided == day("2026-11-20"))
    }

    private func one<Row: TableRow>(
        _ file: String, _ change: [String: String] = [:], as row: Row.Type = Row.self
    ) throws -> Row {
        try #require(try SampleFolder.read(table(file, change), as: row).rows.first).row
    }

    @Test func `fees, readings, payments, waivers and holds are read to their values`() throws {
        let fee: FeeRow = try one("fees.csv", ["kinds": "住宅;shop"])
        #expect(fee.kinds == [.residence, .shop] && fee.price == UnitPrice(parts: 28_500))
        #expect(fee.basis == .metered && fee.cycle == 1 && fee.to == nil)
        let use = try one("readings.csv", as: ReadingRow.self).use
        #expect(use.previous.parts == 5_500 && use.reading.parts == 6_000)
        let payment: PaymentRow = try one(
            "payments.csv", ["method": "微信", "owner": "O1", "note": "十一月"])
        #expect(payment.method == .wechat && payment.owner == "O1" && payment.note == "十一月")
        #expect(payment.reference == "B1" && payment.amount == Money(fen: 100))
        let waiver: WaiverRow = try one("waivers.csv")
        #expect(waiver.approvedBy == "王" && waiver.reason == "病")
        #expect(waiver.date == day("2026-11-15") && waiver.amount == Money(fen: 100))
        let hold = try one(
            "holds.csv", ["reason": "承诺付款", "to": "2026-11-30"], as: HoldRow.self
        ).hold
        let promise = DunningHold(
            reason: .promise, from: day("2026-11-15"), to: day("2026-11-30"))
        #expect(hold == promise)
    }
}
