import Letters
import Primitives
import Testing

@Suite struct `Amounts in Chinese words` {
    /// Written out by hand after the examples of the payment rules (支付结算办法, annex 1).
    @Test(arguments: [
        ("0.00", "人民币零元整"),
        ("0.01", "人民币壹分"),
        ("0.05", "人民币伍分"),
        ("0.10", "人民币壹角整"),
        ("0.50", "人民币伍角整"),
        ("0.87", "人民币捌角柒分"),
        ("1.00", "人民币壹元整"),
        ("1.01", "人民币壹元零壹分"),
        ("1.10", "人民币壹元壹角整"),
        ("9.99", "人民币玖元玖角玖分"),
        ("10.00", "人民币壹拾元整"),
        ("11.00", "人民币壹拾壹元整"),
        ("20.05", "人民币贰拾元零伍分"),
        ("100.00", "人民币壹佰元整"),
        ("101.00", "人民币壹佰零壹元整"),
        ("110.50", "人民币壹佰壹拾元伍角整"),
        ("307.24", "人民币叁佰零柒元贰角肆分"),
        ("325.04", "人民币叁佰贰拾伍元零肆分"),
        ("1000.00", "人民币壹仟元整"),
        ("1001.00", "人民币壹仟零壹元整"),
        ("1010.00", "人民币壹仟零壹拾元整"),
        ("1409.50", "人民币壹仟肆佰零玖元伍角整"),
        ("1680.32", "人民币壹仟陆佰捌拾元叁角贰分"),
        ("2242.87", "人民币贰仟贰佰肆拾贰元捌角柒分"),
        ("6007.14", "人民币陆仟零柒元壹角肆分"),
        ("10000.00", "人民币壹万元整"),
        ("10001.00", "人民币壹万零壹元整"),
        ("10010.00", "人民币壹万零壹拾元整"),
        ("16409.02", "人民币壹万陆仟肆佰零玖元零贰分"),
        ("100000.00", "人民币壹拾万元整"),
        ("100100.00", "人民币壹拾万零壹佰元整"),
        ("107000.53", "人民币壹拾万柒仟元伍角叁分"),
        ("1000000.00", "人民币壹佰万元整"),
        ("10050000.00", "人民币壹仟零伍万元整"),
        ("10000001.00", "人民币壹仟万零壹元整"),
        ("100000000.00", "人民币壹亿元整"),
        ("100000001.00", "人民币壹亿零壹元整"),
        ("100010000.00", "人民币壹亿零壹万元整"),
        ("110000000.00", "人民币壹亿壹仟万元整"),
        ("1234567890.12", "人民币壹拾贰亿叁仟肆佰伍拾陆万柒仟捌佰玖拾元壹角贰分"),
        ("2020202020.20", "人民币贰拾亿贰仟零贰拾万贰仟零贰拾元贰角整"),
        ("9999999999.99", "人民币玖拾玖亿玖仟玖佰玖拾玖万玖仟玖佰玖拾玖元玖角玖分"),
        ("10000000000.00", "人民币壹佰亿元整"),
        ("-57.13", "人民币负伍拾柒元壹角叁分"),
    ])
    func `every amount reads as a cheque writes it`(amount: String, words: String) throws {
        #expect(try Money(parsing: amount).inChineseWords == words)
    }

    /// Read back by a reader that shares nothing with the writer.
    @Test func `no two amounts read alike, and each reads back as itself`() {
        var seed: UInt64 = 20_261_121
        for _ in 0..<20_000 {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let limit = [1000, 100_000, 100_000_000, 1_000_000_000_001][Int(seed >> 62)]
            let fen = Int(seed >> 24) % limit
            let words = Money(fen: fen).inChineseWords
            #expect(readBack(words) == fen, "\(fen) fen read \(words)")
            #expect(!words.contains("零零") && !words.contains("零元") || fen == 0)
        }
    }

    private func readBack(_ words: String) -> Int {
        let digits: [Character: Int] = [
            "零": 0, "壹": 1, "贰": 2, "叁": 3, "肆": 4, "伍": 5, "陆": 6, "柒": 7, "捌": 8, "玖": 9,
        ]
        let scales: [Character: Int] = ["拾": 10, "佰": 100, "仟": 1000]
        var fen = 0
        var (group, digit) = (0, 0)
        for character in words {
            if let value = digits[character] {
                digit = value
            } else if let scale = scales[character] {
                group += digit * scale
                digit = 0
            } else if character == "万" || character == "亿" {
                fen += (group + digit) * (character == "万" ? 10_000 : 100_000_000) * 100
                (group, digit) = (0, 0)
            } else if character == "元" {
                fen += (group + digit) * 100
                (group, digit) = (0, 0)
            } else if character == "角" {
                fen += digit * 10
                digit = 0
            } else if character == "分" {
                fen += digit
            }
        }
        return fen
    }
}
