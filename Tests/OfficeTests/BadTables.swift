import Interchange
import Primitives
import TestKit

// What is expected stands in SPEC.md 9; rows are counted as a spreadsheet does, the header is 1.

private let units = "units.csv"
private let owners = "owners.csv"
private let ownerships = "ownerships.csv"
private let fees = "fees.csv"
private let payments = "payments.csv"

private func strayQuote(_ file: String, _ row: Int) -> ImportProblem {
    Said.problem(
        file, row, nil, nil,
        "a quote stands where none may. Put the whole cell in quotes and double those inside.",
        "引号的位置不对。含引号的内容要整个用引号括起来，里面的引号写两次。")
}

private func nul(_ file: String, _ row: Int) -> ImportProblem {
    Said.problem(
        file, row, nil, nil,
        "there is a NUL byte: this is no text file. Save it as “CSV UTF-8” in Excel.",
        "里面有 NUL 字节，不是文本文件。请在 Excel 里另存为“CSV UTF-8”。")
}

private func tooLong(_ file: String, _ row: Int) -> ImportProblem {
    Said.problem(
        file, row, nil, nil,
        "the row is longer than a million bytes. Look for missing line ends or a quote left open.",
        "这一行超过一百万字节。请检查是否缺少换行，或有引号没有关上。")
}

private func tooManyCells(_ file: String, _ row: Int, _ value: String) -> ImportProblem {
    Said.problem(
        file, row, nil, value,
        "the row has more cells than the header. Look for a comma too many; text with a comma "
            + "must stand in quotes.",
        "这一行的格数比表头多。请检查是否多了逗号；含逗号的内容要用引号括起来。")
}

private func columnTwice(_ column: String) -> ImportProblem {
    Said.problem(
        payments, 1, column, nil, "stands there twice. Delete one.",
        "这一列出现了两次。请删去一列。")
}

private let methods = "bank 转账, debit 代扣, wechat 微信, alipay 支付宝, pos 刷卡, cash 现金"
private let kinds = "residence 住宅, shop 商铺, parking 车位"
private let channels = "email 邮件, mailbox 信箱, hand 当面, registered 挂号信, phone 电话, fax 传真"

/// Maple Court's owners in UTF-8, but the row of A02 in GB18030, with the name of A01 as given.
private func mixed(_ name: String) -> [UInt8] {
    let lines = MapleCourt.files[owners]!.replacing("安甲", with: name).split(separator: "\n")
    return lines.flatMap { line -> [UInt8] in
        guard line.hasPrefix("A02") else { return Array((line + "\n").utf8) }
        // 白乙 in GB18030 is B0 D7 D2 D2.
        return Array("A02,".utf8) + [0xB0, 0xD7, 0xD2, 0xD2] + Array(",,,,,zh\n".utf8)
    }
}

private func utf16(_ text: String) -> [UInt8] {
    text.utf16.flatMap { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
}

private let missingAmount = Said.problem(
    payments, 1, "amount", nil, "(金额) is missing. Add the column.", "缺少这一列（金额）。请补上。")

// The start of a real PDF and of a real XLSX: a zip archive whose first entry is deflated.
private let pdf: [UInt8] =
    Array("%PDF-1.7\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3]
    + Array("\n5 0 obj\n<< /Filter /FlateDecode >>\nstream\n".utf8)
    + [0x78, 0x9C, 0xED, 0x5D, 0xFF, 0x92, 0x00, 0x1B]
private let zip: [UInt8] =
    [0x50, 0x4B, 0x03, 0x04, 0x14, 0x00, 0x06, 0x00, 0x08, 0x00, 0x00, 0x00, 0x21, 0x00]
private let xlsx: [UInt8] = zip + [0x62, 0xEE, 0x9D, 0x68, 0x5E, 0x01, 0xFF, 0xFF, 0x90, 0x04]

private let longText = String(repeating: "0123456789abcdef#中", count: 150_000)

extension BadInput {
    /// Whatever table it is.
    static let tables: [BadInput] = [
        BadInput(
            "an unknown column", payments, .replaced("payer", with: "payee"),
            Said.unknownColumn(payments, 1, "payee")),
        BadInput(
            "a missing column", payments, .replaced(",amount,", with: ","), missingAmount),
        BadInput(
            "a column twice", payments, .replaced("note", with: "payer"), columnTwice("payer")),
        BadInput(
            "a column twice, once in Chinese", payments, .replaced("note", with: "付款人"),
            columnTwice("付款人")),
        BadInput(
            "an unknown column below blank rows", payments, .whole("\n\nreference,dates\n"),
            Said.unknownColumn(payments, 3, "dates")
        ),
        BadInput("an empty file", payments, .whole(""), Said.emptyFile(payments)),
        BadInput("a file of blank rows", payments, .whole("\n \n,,\n"), Said.emptyFile(payments)),
        BadInput("a PDF renamed to CSV", payments, .bytes(pdf), Said.notText(payments)),
        BadInput(
            "a PDF that is text renamed to CSV", payments, .whole("%PDF-1.4\n1 0 obj\n<<\n"),
            Said.unknownColumn(payments, 1, "%PDF-1.4")),
        BadInput("an XLSX renamed to CSV", payments, .bytes(xlsx), Said.notText(payments)),
        BadInput("a zip of plain text renamed to CSV", payments, .bytes(zip), nul(payments, 1)),
        BadInput(
            "UTF-8 with one row in GB18030, taken for another GB18030", owners,
            .bytes(mixed("安甲")),
            Said.problem(
                owners, 3, nil, nil,
                "is not in UTF-8, though other rows are. Save the whole file as “CSV UTF-8” in "
                    + "Excel.",
                "这一行不是 UTF-8，而别的行是。请在 Excel 里把整个文件另存为“CSV UTF-8”。")
        ),
        BadInput(
            "UTF-8 with one row in GB18030, and neither as a whole", owners,
            .bytes(mixed("安甲乙")), Said.notText(owners)
        ).into(.filled),
        BadInput(
            "UTF-16 with its mark", payments,
            .bytes([0xFF, 0xFE] + utf16(MapleCourt.files[payments]!)), Said.notText(payments)),
        BadInput(
            "UTF-16 without a mark", payments, .bytes(utf16("reference,date\n")),
            nul(payments, 1)),
        BadInput(
            "UTF-8 with its mark before a quoted header", payments,
            .replaced("reference", with: "\u{FEFF}\"reference\"")),
        BadInput(
            "a NUL byte", payments, .replaced("wechat", with: "we\0chat"), nul(payments, 3)),
        // By hand through the binary, 200 MB without a line end, in the first cell, in the second,
        // and in short cells: refused with this message after 2 s, with 43 MB of memory.
        BadInput(
            "three megabytes in a row's first cell", payments, .added(longText),
            tooLong(payments, 5)
        ).into(.filled),
        BadInput(
            "three megabytes in a row's second cell", payments, .added("B9," + longText),
            tooLong(payments, 5)
        ).into(.filled),
        BadInput(
            "a megabyte and a half of short cells", payments,
            .added(String(repeating: "aB,", count: 500_000)), tooLong(payments, 5)
        ).into(.filled),
        BadInput(
            "a quote left open", payments,
            .added("B9,2026-11-01,1-201,,10.00,bank,\"邓戊,\nB10,2026-11-02,1-201,,1.00,bank,,\n"),
            Said.problem(
                payments, 5, nil, nil, "a quote is left open. Close it.", "有引号没有关上。请补上后引号。")),
        BadInput(
            "a quote inside a cell", payments, .replaced("bank,安甲", with: "bank,安\"甲"),
            strayQuote(payments, 2)),
        BadInput(
            "text after a quote", payments, .replaced("bank,安甲", with: "bank,\"安\"甲"),
            strayQuote(payments, 2)),
        BadInput(
            "a comma in a cell without quotes", payments,
            .replaced("sixteen days late", with: "sixteen days late, sorry"),
            tooManyCells(payments, 3, "sorry")),
        BadInput(
            "a value under a column without a name", payments,
            .whole("reference,date,unit,amount,method,\nB9,2026-11-01,1-201,1.00,pos,refund\n"),
            tooManyCells(payments, 2, "refund")),
        BadInput(
            "a row that ends early", payments, .added("B9,2026-11-01\n"),
            Said.emptyCell(payments, 5, "unit"), Said.noNumber(payments, 5, "amount", ""),
            Said.choice(payments, 5, "method", "", methods)),
        BadInput(
            "a thousands separator that cuts a cell in two", payments,
            .replaced("300.00", with: "1,300.00"),
            Said.choice(payments, 3, "method", "300.00", methods)
        ),
    ]

    /// Units, owners, ownerships, fees.
    static let registers: [BadInput] = [
        BadInput(
            "a wrong date", units, .replaced("100.00,", with: "100.00,21.11.2020"),
            Said.noDate(units, 2, "handover", "21.11.2020")),
        BadInput(
            "30 February", fees, .replaced("parking,2019-01-01", with: "parking,2019-02-30"),
            Said.noDate(fees, 3, "from", "2019-02-30")),
        BadInput(
            "29 February of a common year", fees,
            .replaced("parking,2019-01-01", with: "parking,2019/2/29"),
            Said.noDate(fees, 3, "from", "2019/2/29")),
        BadInput(
            "a negative area", units, .replaced("89.52", with: "-89.52"),
            Said.tooSmall(units, 3, "area", "-89.52", "0.00")),
        BadInput(
            "an area of two decimals too many", units, .replaced("89.52", with: "89.5234"),
            Said.decimals(units, 3, "area", "89.5234", 2)),
        BadInput(
            "an area as large as a country", units, .replaced("89.52", with: "9600000000000"),
            Said.problem(
                units, 3, "area", "9600000000000", "is too large. Check it.", "太大。请核对。")),
        BadInput(
            "a price of two decimals too many", fees, .replaced("2.8500", with: "2.850001"),
            Said.decimals(fees, 2, "price", "2.850001", 4)),
        BadInput(
            "an unknown kind", units, .added("1-301,1,palace,10,\n"),
            Said.choice(units, 6, "kind", "palace", kinds)),
        BadInput(
            "a unit twice", units, .added("1-101,1,residence,100.00,\n"),
            Said.twice(units, 6, "unit", "1-101", 2)),
        BadInput(
            "an owner twice", owners, .added("A02,白丙,,,,,zh\n"),
            Said.twice(owners, 7, "owner", "A02", 3)),
        BadInput(
            "an ownership twice", ownerships, .added("1-101,A01,2020-01-01,2026-12-31,\n"),
            Said.twice(ownerships, 8, "unit", "1-101", 2)),
        BadInput(
            "a fee twice", fees, .added("wy,物业服务费,area,3.00,1,住宅,2019/1/1,\n"),
            Said.twice(fees, 4, "item", "wy", 2)),
        BadInput(
            "an empty code", units, .added(",1,residence,10,\n"),
            Said.emptyCell(units, 6, "unit")),
        BadInput(
            "a code of 61 characters", units,
            .added(String(repeating: "7", count: 61) + ",1,residence,10,\n"),
            Said.problem(
                units, 6, "unit", String(repeating: "7", count: 61),
                "a code has at most 60 characters and no control characters.",
                "编号最多 60 个字，不能有换行等控制字符。")),
        BadInput(
            "a line break in a code", units, .added("\"1-\n301\",1,residence,10,\n"),
            Said.problem(
                units, 6, "unit", "1-\n301",
                "a code has at most 60 characters and no control characters.",
                "编号最多 60 个字，不能有换行等控制字符。")),
        BadInput(
            "a line break in a name", owners, .replaced("白乙", with: "\"白\r\nBcc: x@example.com\""),
            Said.problem(
                owners, 3, "name", "白\r\nBcc: x@example.com",
                "has control characters, such as a line break. Take them out.",
                "里面有换行等控制字符。请删去。")
        ),
        BadInput(
            "an owner without a name", owners, .replaced("Dora Example", with: " "),
            Said.emptyCell(owners, 5, "name")),
        BadInput(
            "a mail address that is none", owners,
            .replaced("a04@example.com", with: "Dora <a04@example.com>"),
            Said.problem(
                owners, 5, "email", "Dora <a04@example.com>",
                "is not a mail address. Write it like name@example.com, without spaces or <>. "
                    + "Is it a04@example.com?",
                "不是邮箱地址。请写成 name@example.com 这样，不含空格和尖括号。是不是 a04@example.com？")),
        BadInput(
            "an unknown channel of an owner", owners,
            .replaced("email;registered", with: "email;pigeon"),
            Said.choice(owners, 5, "channels", "email;pigeon", channels)),
        BadInput(
            "an unknown language", owners, .replaced(",en\n", with: ",fr\n"),
            Said.choice(owners, 5, "language", "fr", "zh 中文, en 英文")),
        BadInput(
            "an ownership of an unknown unit", ownerships, .added("9-999,A01,2020-01-01,,\n"),
            Said.unknownUnit(ownerships, 8, "9-999")),
        BadInput(
            "an ownership by an unknown owner", ownerships,
            .added("P-001,A99,2020-01-01,,\n"), Said.unknownOwner(ownerships, 8, "A99")),
        BadInput(
            "ownerships that overlap", ownerships, .added("1-201,A01,2026-01-01,,\n"),
            Said.problem(
                ownerships, 8, "from", "2026-01-01",
                "overlaps the ownership from 2020-01-01, which has no last day. Give the earlier "
                    + "owner a last day: the day before the transfer.",
                "和从 2020-01-01 开始的产权期（没有终止日期）重叠。请给前一位业主填终止日期（交接前一天）。")),
        BadInput(
            "ownerships that share the day of the transfer", ownerships,
            .added("P-001,A02,2019-01-01,2020-01-01,\n"),
            Said.problem(
                ownerships, 7, "from", "2020-01-01",
                "overlaps the ownership from 2019-01-01 to 2020-01-01. Give the earlier owner a "
                    + "last day: the day before the transfer.",
                "和从 2019-01-01 开始的产权期（到 2020-01-01）重叠。请给前一位业主填终止日期（交接前一天）。")),
        BadInput(
            "co-owners with different last days", ownerships,
            .added("P-001,A02,2020-01-01,2026-12-31,\n"), coOwners(row: 8, of: 7)),
        BadInput(
            "co-owners with different rates", ownerships,
            .added("P-001,A02,2020-01-01,,0.0005\n"), coOwners(row: 8, of: 7)),
        BadInput(
            "an ownership that ends before it begins", ownerships,
            .added("P-001,A02,2019-06-01,2019-05-31,\n"),
            Said.problem(
                ownerships, 8, "to", "2019-05-31", "is before the first day, 2019-06-01.",
                "早于起始日期 2019-06-01。")),
        BadInput(
            "an agreed rate of 1% a day", ownerships,
            .added("P-001,A02,2019-01-01,2019-12-31,0.01\n"),
            Said.problem(
                ownerships, 8, "daily_rate", "0.01",
                "10‰ a day is 365% a year, above the usual limit of 3‰ a day. 1‰ is written "
                    + "0.001; if the contract really says so, set allow_unusual_rate: true in "
                    + "policy.yaml.",
                "日率 10‰，一年就是 365%，高于通常的 3‰。多半是把 1‰（0.001）写错了；"
                    + "确实如此约定的，请在 policy.yaml 里写 allow_unusual_rate: true。")),
        BadInput(
            "an agreed rate of one decimal too many", ownerships,
            .added("P-001,A02,2019-01-01,2019-12-31,0.0005001\n"),
            Said.decimals(ownerships, 8, "daily_rate", "0.0005001", 6)),
        BadInput(
            "a metered item every 3 months", fees, .added("sf,水费,metered,3.5,3,住宅,2019-01-01,\n"),
            Said.problem(
                fees, 4, "cycle", "3", "a metered item has a cycle of 1 month.",
                "抄表项目的周期只能是 1 个月。")),
        BadInput(
            "a cycle of 2 months", fees, .added("sf,水费,fixed,3.5,2,住宅,2019-01-01,\n"),
            Said.problem(
                fees, 4, "cycle", "2", "a cycle is 1, 3, 6 or 12 months.",
                "周期只能是 1、3、6、12 个月。")),
        BadInput(
            "a fee for no kind of unit", fees, .added("sf,水费,fixed,3.5,1,,2019-01-01,\n"),
            Said.choice(fees, 4, "kinds", "", kinds)),
        BadInput(
            "fee lines that overlap", fees,
            .added("wy,物业服务费,area,3.0000,1,residence;shop,2026-07-01,\n"),
            Said.problem(
                fees, 4, "from", "2026-07-01",
                "two lines of wy for residence overlap (the earlier is from 2019-01-01). Give the "
                    + "earlier one a last day.",
                "wy 对 residence 的两条标准时间重叠（前一条从 2019-01-01 起）。请给前一条填终止日期。")),
    ]
}

private func coOwners(row: Int, of first: Int) -> ImportProblem {
    Said.problem(
        ownerships, row, "from", "2020-01-01",
        "names a co-owner of row \(first) from the same day; both need the same last day and rate.",
        "和第 \(first) 行是同一套房、同一天开始的共有业主，终止日期和约定日率必须相同。")
}
