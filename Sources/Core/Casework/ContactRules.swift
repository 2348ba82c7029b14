public import Dunning
public import Primitives

/// A way in which staff and household spoke to each other.
public enum ContactWay: String, Sendable, CaseIterable {
    case call, visit, message
    /// One that the household sent.
    case letter

    /// Whether it takes the household's time and peace; letters that it sent do not.
    public var countsPerWeek: Bool { self != .letter }
    /// Whether quiet hours are kept for it. Of a message nobody knows when it is read.
    public var mustNotDisturb: Bool { self == .call || self == .visit }
}

/// Rules that protect households and staff. A contact that broke one did happen: it is recorded,
/// and the rule with it.
public enum ContactRule: String, Sendable, CaseIterable {
    case quietHours = "quiet_hours"
    case tooOften = "too_often"
    case toldOthers = "told_others"
    case cash
}

/// What the rules ask of a contact.
public struct ContactFacts: Hashable, Sendable {
    public let way: ContactWay
    /// Minutes of the day, by the office's clock; `nil`: not noted.
    public let minute: Int?
    /// Calls, visits and messages to the account on the day and the six before it, but for this.
    public let earlierThatWeek: Int
    /// Whether they spoke to the owner, an adult of the household or an agent, or to nobody.
    public let mayBeTold: Bool
    public let note: String

    public init(
        way: ContactWay, minute: Int?, earlierThatWeek: Int, mayBeTold: Bool, note: String
    ) {
        self.way = way
        self.minute = minute
        self.earlierThatWeek = earlierThatWeek
        self.mayBeTold = mayBeTold
        self.note = note
    }

    /// The rules that it broke, in declaration order.
    public func brokenRules(under settings: CaseworkSettings) -> [ContactRule] {
        ContactRule.allCases.filter { breaks($0, settings) }
    }

    private func breaks(_ rule: ContactRule, _ settings: CaseworkSettings) -> Bool {
        switch rule {
        case .quietHours:
            way.mustNotDisturb && minute.map { settings.quiet.contains(minute: $0) } ?? false
        case .tooOften: way.countsPerWeek && earlierThatWeek >= settings.contactsPerWeek
        case .toldOthers: !mayBeTold
        case .cash: saysCashWasTaken(note)
        }
    }
}

/// Whether a note says that money was taken in cash.
///
/// Clause by clause: one that names cash and a word for giving or taking, and none that denies it,
/// or speaks of a wish. So “不收现金” and “想付现金” pass, “收了 300 元现金” does not.
func saysCashWasTaken(_ note: String) -> Bool {
    note.lowercased().split { clauseEnds.contains($0) }.contains { clause in
        let names = { (words: [String]) in words.contains { clause.contains($0) } }
        return names(["现金", "现钞", "cash"]) && names(takingWords) && !names(denyingWords)
    }
}

private let clauseEnds: Set<Character> = [
    "，", "。", "；", "！", "？", "、", ",", ".", ";", "!", "?", "\n", "\r\n",
]
private let takingWords = [
    "收", "交", "付", "给", "拿", "取", "缴", "took", "taken", "take", "receiv", "paid", "pay",
    "collect", "accept", "hand", "gave", "given",
]
private let denyingWords = [
    "不", "没", "未", "拒", "勿", "别", "莫", "无", "想", "要", "愿", "能否", "可否", "问", "not", "n't",
    "no ", "never", "without", "refus", "declin", "ask", "want", "wish", "offer", "would",
    "instead",
    "will ", "cashier", "明天", "会", "将", "打算",
]
