import Interchange

/// SplitMix64: small, and the same everywhere.
struct SplitMix64: RandomNumberGenerator {
    private var state: UInt64
    init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}

/// Makes files that are nearly right, or were once.
struct Fuzzer {
    private var random: SplitMix64

    init(seed: Int) { random = SplitMix64(seed: seed) }

    /// A table of that file name, changed in 0 to 8 places, mostly below its header.
    mutating func table(_ file: String) -> [UInt8] {
        var text = samples[file]!
        if below(8) == 0 { text = text.replacing("\n", with: "\r\n") }
        if below(8) == 0 { text = inChinese(text, file) }
        if below(8) == 0 { text = inQuotes(text) }
        // 64 KB and more, so that rows and characters lie across the pieces that are read.
        if below(100) == 0 { text += String(repeating: body(of: text), count: 400 + below(100)) }
        let bytes = below(6) == 0 ? gb18030(text) : Array(text.utf8)
        let start = below(4) == 0 ? 0 : (bytes.firstIndex { $0 == 0x0A || $0 == 0x0D } ?? 0)
        var rest = Array(bytes[start...])
        for _ in 0..<places() {
            let other = Array(samples[TableFormat.all[below(TableFormat.all.count)].file]!.utf8)
            mutate(&rest, special: csvSpecials, other: other)
        }
        return (below(8) == 0 ? [0xEF, 0xBB, 0xBF] : []) + bytes[..<start] + rest
    }

    /// A policy changed in 0 to 8 places, some of them deep.
    mutating func policy() -> [UInt8] {
        var text = samplePolicy
        if below(20) == 0 { text += laughs(levels: 1 + below(6)) }
        if below(100) == 0 { text += "? *l1\n: x\n" + laughs(levels: 3) }
        var bytes = Array(text.utf8)
        for _ in 0..<places() {
            if below(20) == 0 {
                let times = 1 << below(12)
                insert(Array(repeating: pick(yamlNests), count: times).flatMap { $0.utf8 }, &bytes)
            } else {
                mutate(&bytes, special: csvSpecials + yamlSpecials, other: Array(text.utf8))
            }
        }
        return bytes
    }

    mutating func mutate(_ bytes: inout [UInt8], special: [String], other: [UInt8]) {
        guard !bytes.isEmpty else {
            bytes = other
            return
        }
        switch below(12) {
        case 0: bytes[below(bytes.count)] ^= 1 << UInt8(below(8))
        case 1: bytes[below(bytes.count)] = UInt8(below(128))
        case 2: insert(Array(pick(special).utf8) + Array(pick(special).utf8), &bytes)
        case 3, 4: insert(Array(pick(special).utf8), &bytes)
        case 5: insert(pick(rawSpecials), &bytes)
        case 6: insert(Array(hugeNumber().utf8), &bytes)
        case 7: bytes.removeSubrange(slice(bytes))
        case 8: insert(Array(bytes[slice(bytes)]), &bytes)
        case 9: insert(Array(other[slice(other)]), &bytes)
        case 10: bytes.removeLast(below(bytes.count))
        default:
            let part = Array(bytes[slice(bytes).prefix(64)])
            insert(Array(repeatElement(part, count: 1 + below(50)).joined()), &bytes)
        }
    }

    private mutating func hugeNumber() -> String {
        switch below(6) {
        case 0: String(repeating: "9", count: 1 + below(400))
        case 1: "1e308"
        case 2: "-9223372036854775808"
        case 3: "0." + String(repeating: "0", count: below(100)) + "1"
        case 4: "-0"
        default: "0x7fffffffffffffff"
        }
    }

    private mutating func insert(_ part: [UInt8], _ bytes: inout [UInt8]) {
        bytes.insert(contentsOf: part, at: below(bytes.count + 1))
    }

    private mutating func slice(_ bytes: [UInt8]) -> Range<Int> {
        let start = below(bytes.count)
        return start..<start + below(bytes.count - start + 1)
    }

    mutating func places() -> Int { below(4) == 0 ? below(9) : below(3) }
    mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &random) }
    mutating func pick<Value>(_ values: [Value]) -> Value { values[below(values.count)] }
}

private func body(of text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    return lines.dropFirst().joined(separator: "\n")
}

/// The same table under Chinese headers.
private func inChinese(_ text: String, _ file: String) -> String {
    let columns = TableFormat.all.first { $0.file == file }!.columns
    let header = text.prefix { !$0.isNewline }
    let names = header.split(separator: ",").map { name in
        columns.first { $0.english == name }?.chinese ?? String(name)
    }
    return names.joined(separator: ",") + text.dropFirst(header.count)
}

/// Each cell in quotes, but in rows that have some already.
private func inQuotes(_ text: String) -> String {
    let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
    return lines.map { line in
        if line.isEmpty || line.contains("\"") { return String(line) }
        let cells = line.split(separator: ",", omittingEmptySubsequences: false)
        return cells.map { "\"\($0)\"" }.joined(separator: ",")
    }.joined(separator: "\n")
}

// MARK: - What is put in

private let csvSpecials = [
    "\0", "\"", "\"\"", ",", ",,,,,,,,", "\n", "\r", "\r\n", "\n\r", "\t", " ", "'", "'=", "=1+1",
    "+", "-", "@", ";", "；", "、", "/", "\u{1B}[2J", "\u{7F}", "\u{85}", "\u{A0}", "\u{301}",
    "\u{200B}", "\u{202E}", "\u{2028}", "\u{3000}", "\u{FEFF}", "\u{FFFD}", "\u{10FFFF}", "👩‍👩‍👧‍👦",
    "1.005", "2026-02-30", "0000-00-00", "9999-12-31", "住宅", "a\"b", "\"\n\"", "\u{1F}",
]

/// Bytes that are no UTF-8: halves, surrogates, overlong, beyond the last plane; GB18030 of 4.
private let rawSpecials: [[UInt8]] = [
    [0x80], [0xFF], [0xFE, 0xFF], [0xFF, 0xFE], [0xC0, 0xAF], [0xE4, 0xB8], [0xED, 0xA0, 0x80],
    [0xF4, 0x90, 0x80, 0x80], [0x81, 0x30, 0x81, 0x30], [0xB0, 0xD7], [0x81],
    [0x84, 0x31, 0x95, 0x33], [0xFE, 0x39, 0xFE, 0x39], [0xA1, 0xA1], [0x00, 0x00],
]

private let yamlSpecials = [
    "---\n", "...\n", "%YAML 1.3\n", "%TAG ! !\n", "&a ", "*a", "*l1", "<<: *l1", "!!binary ",
    "!x ", "!!int ", "? ", "- ", ": ", "{", "}", "[", "]", "|\n", ">-\n", "#", "`",
    "\\x00", "\"\\uD800\"", "\"\\UFFFFFFFF\"", "~", "null", "yes", "0o17", ".inf", ".nan", "1_000",
    "1:30", "2026-01-01T00:00:00Z", "code: A\ncode: A\n", "\n\t", "dunning: []\n",
    "? {a: b}\n: c\n", "[]: []\n", "'", "''", String(repeating: "长", count: 30_000),
    String(repeating: "1:", count: 20_000),
]

private let yamlNests = [
    "[", "{a: ", "{", "? ", "- ", "!!seq [", "&a [", "|\n ", "- - ", "\"", ": ",
]

// MARK: - What is right

/// Anchors of lists of nine aliases each: written out, 9 to the power of `levels` words.
func laughs(levels: Int) -> String {
    (1...levels).map { level in
        let word = level == 1 ? "ha" : "*l\(level - 1)"
        let nine = Array(repeating: word, count: 9).joined(separator: ", ")
        return "l\(level): &l\(level) [\(nine)]\n"
    }.joined()
}

let samples: [String: String] = [
    "units.csv": """
    unit,building,kind,area,handover
    1-101,一栋,residence,100.00,2019-06-30
    3-2-1501,三栋,住宅,89.52,2019/6/30
    P-001,P,车位,12,

    """,
    "owners.csv": """
    owner,name,phone,email,address,channels,language
    A01,安甲,5550 0101,a01@example.com,示例市枫林路 1 号,email;mailbox,zh
    A02,"Example, Dora",55500102,,"1 ""Sample"" Street",邮件；信箱,en

    """,
    "ownerships.csv": """
    unit,owner,from,to,daily_rate
    1-101,A01,2020-01-01,2026-06-30,0.0005
    1-101,A02,2026-07-01,,

    """,
    "fees.csv": """
    item,name,basis,price,cycle,kinds,from,to
    wy,物业服务费,area,2.8500,1,residence;商铺,2019-01-01,2025-12-31
    sf,水费,抄表,3.45,1,residence,2019-01-01,

    """,
    "readings.csv": """
    unit,item,period,previous,reading
    1-101,sf,2026-10,120.5,133.25
    1-102,sf,2026/10,0,7

    """,
    "charges.csv": """
    unit,item,period,amount,due
    1-101,wy,2026-09,285.00,2026-09-15
    1-101,wy,2026-10,285,2026/10/15

    """,
    "payments.csv": """
    reference,date,unit,owner,amount,method,payer,note
    B001,2026-09-10,1-101,,285.00,bank,安甲,
    B002,2026-10-31,1-101,A01,300.00,微信,安甲,"sixteen days late, sorry"

    """,
    "waivers.csv": """
    reference,date,unit,item,period,amount,reason,approved_by
    W1,2026-10-31,1-101,wy,2026-09,1.00,系统故障,经理
    W2,2026-11-01,1-101,wy,2026-10,4.56,goodwill,manager

    """,
    "concessions.csv": """
    reference,unit,item,from,to,kind,value,reason,approved_by,review,on
    C001,1-201,wy,2026-09,2026-12,percent,50,低保户,manager,2026-12-31,2026-08-20
    C002,1-202,*,2026-09,,免滞纳金,,困难,经理,,

    """,
    "holds.csv": """
    unit,reason,from,to,note
    1-201,hardship,2026-09-01,2026-12-31,
    1-202,争议,2026-09-01,,"roof, leaking"

    """,
]

let samplePolicy = """
    community: Sunshine Garden          # 阳光花园
    code: SG
    office:
      name: 阳光花园物业服务中心
      address: 示例市阳光路 1 号
      phone: 5550 0100
      email: office@example.com
      contact: 收费处
      bank: { name: 示例银行阳光支行, account: "0000 0000 0000 1234", holder: 阳光花园物业服务中心 }
    due_day: 15
    allocation: principal_first
    late_fee:
      grace: 0
      grace_mode: forgive
      cap: 1.0
      rates:
        - { from: 2019-01-01, daily: 0.001 }
        - { from: 2022-04-01, daily: 0 }
    bill_channels: [email, mailbox]
    dunning:
      - { stage: early, from_day: 1, min_amount: 0.01, repeat_after: 30, channels: [email] }
      - stage: formal
        from_day: 29
        min_amount: 100.00
        repeat_after: 30
        channels: [hand, registered, email]
        signature: true
    limitation: { years: 3, warn_days: 90, accept: [] }

    """
