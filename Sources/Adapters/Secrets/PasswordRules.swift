public import Primitives

/// Why a password is refused. There are no rules on which characters it has (ASVS 6.2).
public enum PasswordProblem: ExplainedError, Hashable, Sendable {
    case tooShort(count: Int)
    case tooLong(count: Int)
    case tooEasy

    public var message: Bilingual {
        switch self {
        case .tooShort(let count):
            Bilingual(
                zh: "密码有 \(count) 个字符，至少要 12 个。几个不相干的词连在一起就很好记。",
                en: "The password has \(count) characters; it takes 12 or more. A few words that "
                    + "have nothing to do with each other are easy to remember.")
        case .tooLong(let count):
            Bilingual(
                zh: "密码有 \(count) 个字符，最多 128 个。",
                en: "The password has \(count) characters; 128 are the most.")
        case .tooEasy:
            Bilingual(
                zh: "这个密码很容易猜到：常见的词、姓名、连号、重复。请换一个，几个不相干的词连在一起就很好。",
                en: "This password is easy to guess: common words, the name, sequences, "
                    + "repetitions. Take another; a few words that have nothing to do with each "
                    + "other do well.")
        }
    }

    public var isBadInput: Bool { true }
}

/// Refuses a password that is too short, too long or easy to guess.
///
/// A common word, the user's name, a sequence (`1234`, `qwer`) or a repetition counts as one
/// character, however long; what is left must come to seven.
///
/// - Parameter name: the user's.
/// - Throws: `PasswordProblem`
public func requireStrength(of password: String, user name: String) throws {
    let count = password.count
    if count < 12 { throw PasswordProblem.tooShort(count: count) }
    if count > 128 { throw PasswordProblem.tooLong(count: count) }
    let folded = Array(foldedName(password).map { alike[$0] ?? $0 })
    let own = foldedName(name).split(separator: " ").map { $0.map { alike[$0] ?? $0 } }
    let names = own + [own.flatMap { $0 }, Array(own.joined(separator: " "))]
    let weight = weigh(folded, words: denied + names)
    if weight < 7 || Set(folded).count < 5 { throw PasswordProblem.tooEasy }
}

/// How many characters there are, words and runs counted as one.
private func weigh(_ text: [Character], words: [[Character]]) -> Int {
    var (weight, place) = (0, 0)
    while place < text.count {
        let rest = text[place...]
        let word = words.filter { $0.count > 1 && rest.starts(with: $0) }.map(\.count).max() ?? 1
        place += max(word, run(in: rest), repetition(of: text, at: place))
        weight += 1
    }
    return weight
}

/// The length of the sequence or repetition that the text begins with; 1 where there is none of
/// three or more.
private func run(in text: ArraySlice<Character>) -> Int {
    guard let first = text.first else { return 1 }
    let lengths = rows.flatMap { row in
        row.indices.filter { row[$0] == first }.map { start in
            zip(row[start...], text).prefix { $0 == $1 }.count
        }
    }
    let same = text.prefix { $0 == first }.count
    let longest = max(lengths.max() ?? 1, same)
    return longest < 3 ? 1 : longest
}

/// The length of what repeats the characters just before it; 1 where fewer than three do.
private func repetition(of text: [Character], at place: Int) -> Int {
    let longest =
        (1...12).map { distance in
            guard distance <= place else { return 0 }
            return (place..<text.count).prefix { text[$0] == text[$0 - distance] }.count
        }.max() ?? 0
    return longest < 3 ? 1 : longest
}

/// What is written for a letter to look clever.
private let alike: [Character: Character] = ["@": "a", "$": "s", "0": "o", "!": "i", "3": "e"]

/// Rows of the keyboard, the alphabet, digits, and all of them backwards; as `alike` has them.
private let rows: [[Character]] = {
    let rows = [
        "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "asdfghjkl", "zxcvbnm", "1234567890",
        "1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik9ol0p", "qazwsxedcrfvtgbyhnujmikolp", "零一二三四五六七八九十",
    ]
    let folded = rows.map { row in Array(row.map { alike[$0] ?? $0 }) }
    return folded + folded.map { Array($0.reversed()) }
}()

/// Words that come first to whoever guesses, as `alike` has them: the most common passwords, and
/// what lies near in this office.
private let denied: [[Character]] = {
    let words = """
        password passwort passwd pass admin administrator root user login logon welcome hello
        letmein master secret changeme default test guest system server office computer internet
        iloveyou sunshine princess dragon monkey shadow football baseball superman batman michael
        jordan charlie summer winter spring autumn january february march april june july august
        september october november december monday friday flower freedom whatever trustno starwars
        google baidu taobao alipay wechat weixin qq huawei xiaomi apple samsung microsoft windows
        dunwell property wuye wuguan guanli guanliyuan shoufei jingli chuna caiwu kuaiji xiaoqu yezhu
        yuan huayuan jiayuan community manager cashier clerk auditor fee fees payment rent owner
        mima zhongguo china beijing shanghai guangzhou shenzhen chengdu woaini aini wo ni ta nihao
        zhang wang li zhao liu chen yang huang zhou wu xu sun zhu lin he gao luo zheng
        5201314 520 1314 888 666 168 a123 abc xyz qwe asd zxc wsx 110 119 19 20
        2020 2021 2022 2023 2024 2025 2026 2027 2028 2029 2030
        密码 口令 管理员 管理 物业 小区 业主 经理 出纳 财务 会计 收费 系统 我爱你 中国 你好 公司 花园 家园
        """
    return words.split { $0 == " " || $0 == "\n" }.map { word in
        Array(word.map { alike[$0] ?? $0 })
    }
}()
