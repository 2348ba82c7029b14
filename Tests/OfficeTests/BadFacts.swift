import Interchange
import Primitives
import TestKit

// Rows are counted as a spreadsheet does, the header is 1; lines of the policy from 1.

private let readings = "readings.csv"
private let charges = "charges.csv"
private let payments = "payments.csv"
private let waivers = "waivers.csv"
private let concessions = "concessions.csv"
private let holds = "holds.csv"
private let policy = "policy.yaml"

private let waiverHeader = "reference,date,unit,item,period,amount,reason,approved_by\n"
private let readingHeader = "unit,item,period,previous,reading\n"

/// A payment of `amount` in row 5.
private func payment(_ kind: String, _ amount: String, _ problem: ImportProblem) -> BadInput {
    BadInput(kind, payments, .added("B9,2026-11-01,1-201,,\(amount),bank,邓戊,\n"), problem)
}

extension BadInput {
    static let facts: [BadInput] = [
        payment(
            "full-width digits", "２８５．００", Said.noNumber(payments, 5, "amount", "２８５．００")),
        payment(
            "a thousands separator", "\"1,285.00\"",
            Said.noNumber(payments, 5, "amount", "1,285.00")),
        payment("an exponent", "1e3", Said.noNumber(payments, 5, "amount", "1e3")),
        payment("a currency sign", "¥285.00", Said.noNumber(payments, 5, "amount", "¥285.00")),
        payment(
            "a formula for an amount", "=1+1", Said.noNumber(payments, 5, "amount", "=1+1")),
        payment("a plus before an amount", "+1", Said.noNumber(payments, 5, "amount", "+1")),
        payment("an at sign for an amount", "@x", Said.noNumber(payments, 5, "amount", "@x")),
        payment("a third decimal", "285.001", Said.decimals(payments, 5, "amount", "285.001", 2)),
        payment(
            "a negative payment", "-285.00",
            Said.tooSmall(payments, 5, "amount", "-285.00", "0.01")),
        payment(
            "a payment of nothing", "0.00", Said.tooSmall(payments, 5, "amount", "0.00", "0.01")),
        payment(
            "a payment beyond ten thousand million", "99999999999.99",
            Said.problem(
                payments, 5, "amount", "99999999999.99", "is too large. Check it.", "太大。请核对。")),
        BadInput(
            "an unknown method", payments, .added("B9,2026-11-01,1-201,,1.00,cheque,,\n"),
            Said.choice(
                payments, 5, "method", "cheque",
                "bank 转账, debit 代扣, wechat 微信, alipay 支付宝, pos 刷卡, cash 现金")),
        BadInput(
            "a payment for an unknown unit", payments, .added("B9,2026-11-01,9-999,,1.00,bank,,\n"),
            Said.unknownUnit(payments, 5, "9-999")),
        BadInput(
            "a payment by an unknown owner", payments,
            .added("B9,2026-11-01,1-201,A99,1.00,bank,,\n"), Said.unknownOwner(payments, 5, "A99")),
        BadInput(
            "a payment on a day when nobody holds the unit", payments,
            .added("B9,2019-12-31,1-201,,1.00,bank,,\n"),
            Said.nobodyHolds(payments, 5, "date", "2019-12-31", "1-201")),
        BadInput(
            "a payment by an owner who never held the unit", payments,
            .added("B9,2026-11-01,1-201,A01,1.00,bank,,\n"),
            Said.problem(
                payments, 5, "owner", "A01",
                "this owner never held 1-201. Correct the owner, or leave it empty.",
                "这位业主从未登记在 1-201 名下。请改正业主编号，或留空。")),
        BadInput(
            "a reference again with another amount", payments,
            .added("B001,2026-09-10,1-101,,285.01,bank,安甲,\n"),
            Said.differs(payments, 5, "reference", "B001", "amount")),
        BadInput(
            "a reference again with another unit and date", payments,
            .added("B001,2026-09-11,1-201,,285.00,bank,安甲,\n"),
            Said.differs(payments, 5, "reference", "B001", "unit, date")
        ),
        BadInput(
            "a reference again with another method and payer", payments,
            .added("B001,2026-09-10,1-101,,285.00,cash,白乙,\n"),
            Said.differs(payments, 5, "reference", "B001", "method, payer")
        ),
        BadInput(
            "a charge of nothing", charges, .added("1-101,wy,2026-11,0.00,2026-11-15\n"),
            Said.tooSmall(charges, 8, "amount", "0.00", "0.01")),
        BadInput(
            "a period that is none", charges, .added("1-101,wy,2026-13,285.00,2026-11-15\n"),
            Said.noPeriod(charges, 8, "period", "2026-13")),
        BadInput(
            "a charge of a period in which nobody holds the unit", charges,
            .added("1-101,wy,2019-12,285.00,2019-12-15\n"),
            Said.nobodyHolds(charges, 8, "unit", "1-101", "2019-12")),
        BadInput(
            "a charge again with another amount and due date", charges,
            .added("1-101,wy,2026-09,285.01,2026-09-16\n"),
            Said.differs(charges, 8, "period", "1-101 wy 2026-09", "amount, due")),
        BadInput(
            "a waiver without a charge", waivers,
            .whole(waiverHeader + "W1,2026-10-31,1-101,wy,2026-11,1.00,goodwill,manager\n"),
            Said.problem(
                waivers, 2, "period", "1-101 wy 2026-11",
                "there is no such charge to waive a late fee of. Check unit, item and period.",
                "没有这笔收费，无从减免。请核对房号、项目和账期。")),
        BadInput(
            "a waiver that nobody approved", waivers,
            .whole(waiverHeader + "W1,2026-10-31,1-101,wy,2026-10,1.00,goodwill,\n"),
            Said.emptyCell(waivers, 2, "approved_by")),
        BadInput(
            "a waiver of an unknown item", waivers,
            .whole(waiverHeader + "W1,2026-10-31,1-101,zz,2026-10,1.00,goodwill,manager\n"),
            Said.unknownItem(waivers, 2, "zz")),
        BadInput(
            "a concession of 101 percent", concessions,
            .replaced("percent,50", with: "percent,101"),
            Said.problem(
                concessions, 2, "value", "101", "a percentage is at most 100.", "比例最多 100。")),
        BadInput(
            "a concession of nothing", concessions, .replaced("percent,50", with: "amount,0"),
            Said.tooSmall(concessions, 2, "value", "0", "0.01")),
        BadInput(
            "no_late_fee with a value", concessions,
            .replaced("percent,50", with: "no_late_fee,50"),
            Said.problem(
                concessions, 2, "value", "50", "no_late_fee has no value; leave it empty.",
                "免滞纳金没有数值，请留空。")),
        BadInput(
            "a concession of an unknown kind", concessions,
            .replaced("percent,50", with: "half,50"),
            Said.choice(
                concessions, 2, "kind", "half", "percent 比例, amount 金额, no_late_fee 免滞纳金")),
        BadInput(
            "a concession that ends before it begins", concessions,
            .replaced("2026-09,2026-12", with: "2026-09,2026-08"),
            Said.problem(
                concessions, 2, "to", "2026-08", "is before 2026-09.", "早于起始账期 2026-09。")),
        BadInput(
            "a concession on an unknown item", concessions, .replaced("1-201,wy", with: "1-201,zz"),
            Said.unknownItem(concessions, 2, "zz")),
        BadInput(
            "a hold that ends before it begins", holds,
            .replaced("2026-12-31", with: "2026-08-31"),
            Said.problem(
                holds, 2, "to", "2026-08-31", "is before the first day, 2026-09-01.",
                "早于起始日期 2026-09-01。")),
        BadInput(
            "a hold for an unknown reason", holds, .replaced("hardship", with: "holiday"),
            Said.choice(
                holds, 2, "reason", "holiday",
                "disputed 争议, promise 承诺付款, plan 分期, deceased 亡故, court 诉讼, hardship 困难")),
        BadInput(
            "a hold while nobody holds the unit", holds, .added("1-201,plan,2019-06-01,,\n"),
            Said.nobodyHolds(holds, 3, "from", "2019-06-01", "1-201")),
        BadInput(
            "a hold again with another last day", holds,
            .added("1-201,hardship,2026-09-01,2027-12-31,\n"),
            Said.differs(holds, 3, "unit", "1-201 hardship 2026-09-01", "to")
        ),
        BadInput(
            "a reading of an unknown item", readings,
            .whole(readingHeader + "1-101,sf,2026-10,10,20\n"),
            Said.unknownItem(readings, 2, "sf")),
        BadInput(
            "a reading below the previous one", readings,
            .whole(readingHeader + "1-101,wy,2026-10,120.5,119\n"),
            Said.problem(
                readings, 2, "reading", "119",
                "is below the previous reading 120.500. Check the meter; after a change of meter, "
                    + "enter the new one's readings.",
                "本期读数比上期读数 120.500 小。请核对抄表；换过表的，请按新表分两行账期录入。")),
        BadInput(
            "two readings of one period", readings,
            .whole(readingHeader + "1-101,wy,2026-10,1,2\n1-101,wy,2026-10,1,3\n"),
            Said.problem(
                readings, 3, "reading", "3.000",
                "another reading is recorded for that period. Check it; if it was wrong, reverse "
                    + "its charge first.",
                "这个账期已有别的读数。请核对；读数确实录错的，先冲红该期收费。")),
    ]

    static let policies: [BadInput] = [
        setting(
            "an unknown key", "due_day: 15", "dueday: 15", unknownKey("dueday"),
            noSetting("due_day")),
        setting(
            "an unknown key within a setting", "rates:", "rate:",
            Said.problem(
                policy, 13, "late_fee", "rate",
                "is no setting here. Those known: grace, grace_mode, cap, rates, "
                    + "allow_unusual_rate.",
                "没有这个设置。可用的：grace, grace_mode, cap, rates, allow_unusual_rate。"),
            noSetting("late_fee.rates", row: 13)),
        setting("no code", "code: FL\n", "", noSetting("code")),
        setting("no name", "枫林苑", "", noSetting("community")),
        setting(
            "a code with a dash", "code: FL", "code: FL-1",
            Said.problem(
                policy, 2, "code", "FL-1", "a community code has 1 to 12 letters and digits.",
                "小区代码只能用 1 到 12 个字母和数字。")),
        setting(
            "a due day of 32", "due_day: 15", "due_day: 32", whole(10, "due_day", "32", "1–31")),
        setting(
            "a date for a due day", "due_day: 15", "due_day: 15th",
            whole(10, "due_day", "15th", "1–31")),
        setting(
            "an unknown order of allocation", "principal_first", "newest_first",
            Said.choice(
                policy, 11, "allocation", "newest_first",
                "principal_first, late_fee_first, charge_by_charge")),
        setting(
            "1% a day", "daily: 0.001", "daily: 0.01",
            Said.problem(
                policy, 14, "late_fee.rates[1].daily", "0.01",
                "10‰ a day is 365% a year, above the usual limit of 3‰ a day. 1‰ is written "
                    + "0.001; if the contract really says so, set allow_unusual_rate: true in "
                    + "policy.yaml.",
                "日率 10‰，一年就是 365%，高于通常的 3‰。多半是把 1‰（0.001）写错了；"
                    + "确实如此约定的，请在 policy.yaml 里写 allow_unusual_rate: true。")),
        setting(
            "a percent sign in a rate", "daily: 0.001", "daily: 0.1%",
            Said.problem(
                policy, 14, "late_fee.rates[1].daily", "0.1%",
                "is not a number. Write it like 1234.56, without thousands separators, currency "
                    + "signs or formulas.",
                "不是数。请写成 1234.56 这样，不带千位分隔符、货币符号和公式。")),
        setting(
            "a negative rate", "daily: 0.001", "daily: -0.001",
            Said.problem(
                policy, 14, "late_fee.rates[1].daily", "-0.001", "must not be below 0.",
                "不能小于 0。")),
        setting(
            "rates out of order", "daily: 0.001 }",
            "daily: 0.001 }\n    - { from: 2018-01-01, daily: 0 }",
            Said.problem(
                policy, 14, "late_fee.rates", nil,
                "rates stand in order of their dates, each date once: 2018-01-01.",
                "日率要按起始日期从早到晚排列，不能重复：2018-01-01。")),
        setting(
            "30 February", "2019-01-01", "2019-02-30",
            Said.noDate(policy, 14, "late_fee.rates[1].from", "2019-02-30")),
        setting(
            "rates that are no list", "rates:\n    - { from: 2019-01-01, daily: 0.001 }",
            "rates: 0.001",
            Said.problem(
                policy, 13, "late_fee.rates", "0.001", "must be a list.", "要写成一个列表。")),
        setting(
            "an office that is text", "bank: {", "bank: 示例银行枫林支行 # {",
            Said.problem(
                policy, 9, "office.bank", "示例银行枫林支行", "must be keys with values.",
                "要写成键和值。")
        ),
        ladder("an empty ladder", "[]", ladderWrong(nil)),
        ladder("a stage twice", "[\(stage), \(stage)]", ladderWrong(nil)),
        ladder(
            "an unknown channel", "[\(stage.replacing("email", with: "pigeon"))]",
            Said.choice(
                policy, 15, "dunning[1].channels[1]", "pigeon",
                "email 邮件, mailbox 信箱, hand 当面, registered 挂号信, phone 电话, fax 传真")),
        ladder(
            "a stage from the day before",
            "[\(stage.replacing("from_day: 1", with: "from_day: 0"))]",
            whole(15, "dunning[1].from_day", "0", "1–3650")),
        ladder(
            "a stage without channels", "[{ stage: a, from_day: 1, repeat_after: 1 }]",
            noSetting("dunning[1].channels", row: 15)),
        BadInput(
            "a way of service that is never D", policy,
            .added("limitation: { years: 3, warn_days: 90, accept: [D, signed_owner] }\n"),
            Said.problem(
                policy, 15, "limitation.accept[2]", "signed_owner",
                "must be a way of service whose grade can be D, or D: email, sms, fax, mailbox, "
                    + "left_witnessed, page, D.",
                "只能是证明力可以为 D 的送达方式，或 D：email, sms, fax, mailbox, left_witnessed, page, D。")),
        BadInput("a list", policy, .whole("- a\n- b\n"), notYAML),
        BadInput("an empty policy", policy, .whole(""), notYAML),
        inOtherEncoding("a policy in GB18030", gb18030).into(.filled),
        inOtherEncoding("a policy in UTF-16", [0xFF, 0xFE, 0x63, 0x00]).into(.filled),
        inOtherEncoding("a first policy in GB18030", gb18030).into(.new),
    ]
}

// MARK: - The policy's

private let stage =
    "{ stage: early, from_day: 1, repeat_after: 30, channels: [email] }"

private func setting(
    _ kind: String, _ old: String, _ new: String, _ problems: ImportProblem...
) -> BadInput {
    var row = BadInput(kind, policy, .replaced(old, with: new))
    row.problems = problems
    return row
}

/// A ladder in line 15.
private func ladder(_ kind: String, _ stages: String, _ problem: ImportProblem) -> BadInput {
    BadInput(kind, policy, .added("dunning: \(stages)\n"), problem)
}

private func ladderWrong(_ value: String?) -> ImportProblem {
    Said.problem(
        policy, 15, "dunning", value, "there is at least one stage, each name once.",
        "至少要有一级催缴，名称不能重复。")
}

private func unknownKey(_ key: String) -> ImportProblem {
    let known =
        "community, code, office, due_day, allocation, late_fee, bill_channels, dunning, "
        + "limitation, letters, mail, allow_unusual_rate, court, casework"
    return Said.problem(
        policy, 10, key, key, "is no setting here. Those known: \(known).",
        "没有这个设置。可用的：\(known)。")
}

private func noSetting(_ path: String, row: Int = 1) -> ImportProblem {
    Said.problem(policy, row, path, nil, "is missing. Add it.", "没有写。请补上。")
}

private func whole(_ row: Int, _ path: String, _ value: String, _ bounds: String) -> ImportProblem {
    Said.problem(
        policy, row, path, value, "must be a whole number of \(bounds).", "要是 \(bounds) 的整数。")
}

private let notYAML = Said.problem(
    policy, nil, nil, nil, "is not YAML. Compare indentation and quotes with the sample.",
    "不是 YAML。请对照说明里的样例检查缩进和引号。")

private func inOtherEncoding(_ kind: String, _ bytes: [UInt8]) -> BadInput {
    BadInput(kind, policy, .bytes(bytes), noUTF8)
}

private let noUTF8 = Said.problem(
    policy, nil, nil, nil, "is not UTF-8 text. Save it as UTF-8.", "不是 UTF-8 文本。请另存为 UTF-8。")

/// `community: 枫林` in GB18030.
private let gb18030: [UInt8] = Array("community: ".utf8) + [0xB7, 0xE3, 0xC1, 0xD6]
