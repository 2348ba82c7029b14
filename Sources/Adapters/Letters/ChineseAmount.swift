public import Primitives

extension Money {
    /// The amount as cheques, receipts and notices write it out, 人民币贰仟贰佰肆拾贰元捌角柒分,
    /// so that no digit can be altered.
    ///
    /// As the payment rules of the central bank have it: 整 follows 元 and 角 but never 分; zeros
    /// between digits read 零 once; 元 is followed by 零 where there are 分 but no 角.
    /// A negative amount begins 人民币负.
    public var inChineseWords: String {
        let fen = self.fen.magnitude
        let yuan = fen / 100
        let jiao = Int(fen / 10 % 10)
        let lastFen = Int(fen % 10)
        var words = self.fen < 0 ? "人民币负" : "人民币"
        if yuan > 0 || fen == 0 { words += wholeNumber(yuan) + "元" }
        if jiao > 0 { words += numerals[jiao] + "角" }
        if lastFen == 0 { return words + "整" }
        if jiao == 0 && yuan > 0 { words += "零" }
        return words + numerals[lastFen] + "分"
    }
}

private let numerals = ["零", "壹", "贰", "叁", "肆", "伍", "陆", "柒", "捌", "玖"]

/// `number` in capital numerals, read in groups of four digits: 10,050,000 is 壹仟零伍万.
private func wholeNumber(_ number: UInt) -> String {
    if number == 0 { return numerals[0] }
    let groupNames = ["", "万", "亿", "万亿", "亿亿"]
    var groups: [Int] = []
    var rest = number
    while rest > 0 {
        groups.append(Int(rest % 10_000))
        rest /= 10_000
    }
    var words = ""
    var zeroIsOwed = false
    for (place, group) in groups.enumerated().reversed() {
        if group == 0 {
            zeroIsOwed = true
            continue
        }
        if !words.isEmpty && (zeroIsOwed || group < 1000) { words += numerals[0] }
        words += fourDigits(group) + groupNames[place]
        zeroIsOwed = false
    }
    return words
}

/// 1...9999: 1050 is 壹仟零伍拾. Zeros at the front and at the end are left out.
private func fourDigits(_ number: Int) -> String {
    var words = ""
    var zeroIsOwed = false
    for (scale, name) in [(1000, "仟"), (100, "佰"), (10, "拾"), (1, "")] {
        let digit = number / scale % 10
        if digit == 0 {
            zeroIsOwed = !words.isEmpty
            continue
        }
        if zeroIsOwed { words += numerals[0] }
        words += numerals[digit] + name
        zeroIsOwed = false
    }
    return words
}
