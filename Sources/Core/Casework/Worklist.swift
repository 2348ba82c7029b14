public import Primitives

/// What there is to do about one account, case or address today.
public enum WorkTask: String, CaseIterable, Sendable {
    /// A claim lapses within the days that the policy warns of.
    case limitation
    /// A proposal waits for a manager.
    case approval
    /// A hardship case is to be reviewed, or its proof runs out.
    case review
    /// A promise is due, or was not kept.
    case promise
    /// A part of an instalment plan is due, late, or the plan is broken.
    case plan
    case call, visit
    /// That a notice arrived is not proven.
    case service
    /// Mail came back.
    case bounce
    /// A complaint waits for its answer.
    case dispute
}

/// One line of the worklist.
public struct WorkItem: Hashable, Sendable {
    public let task: WorkTask
    /// Empty where it is not known whose it is.
    public var unit = ""
    /// Codes of the account's owners, joined by `;`.
    public var owners = ""
    /// The owners' names, in the order of their codes.
    public var names: [String] = []
    public var building = ""
    /// What it is about, beside an account; `nil`: the account alone.
    public var subject: Subject?
    /// Why it is there.
    public let reason: Bilingual
    /// The day that it is about.
    public let due: CivilDate
    /// What is at stake; `nil`: no amount.
    public var amount: Money?
    public let chance: Chance

    public init(_ task: WorkTask, due: CivilDate, chance: Chance = .even, reason: Bilingual) {
        self.task = task
        self.due = due
        self.chance = chance
        self.reason = reason
    }

    /// What the next step is taken on.
    public enum Subject: Hashable, Sendable {
        case proposal(Int)
        /// A case, or relief proposed in one: for managers and the case's own staff.
        case hardshipCase(Int)
        case complaint(Int)
        /// By its number.
        case notice(String)
        case bounce(Int)
    }

    /// How likely it is to help, the likeliest first.
    public enum Chance: Int, Comparable, Sendable {
        /// Somebody gave their word for these days, or asked to be spoken to.
        case agreed
        /// Since the last word a payday has passed: the 5th, 10th, 15th, 28th, 30th.
        case afterPayday
        case even
        /// The same has been tried before, and nothing came of it.
        case repeated

        public static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    }

    /// What stands first is what is lost first; then what others wait for; then money, by how
    /// likely it comes and how little it costs to ask; then papers.
    public enum Group: Int, CaseIterable, Sendable {
        /// A right lapses: after that day no effort brings it back.
        case lapsing
        /// Somebody waits for the office's word, and nobody else can give it.
        case deciding
        /// Somebody gave theirs: a look at the books, mostly, and a short call.
        case promised
        case calls
        case visits
        /// What proves, and what reaches: it can wait for the afternoon.
        case papers
    }

    public var group: Group {
        switch task {
        case .limitation: .lapsing
        case .approval, .review, .dispute: .deciding
        case .promise, .plan: .promised
        case .call: .calls
        case .visit: .visits
        case .service, .bounce: .papers
        }
    }

    // MARK: - The order

    /// The order of the day, the same for the same items.
    ///
    /// 1. Groups, as declared above.
    /// 2. Within a group:
    ///    - lapsing, deciding: the earlier day first, then the larger amount.
    ///    - promised, calls: the better chance first, then the larger amount, then the earlier day.
    ///    - visits: by building, then unit, numbers as numbers: so one goes up a stair once.
    ///    - papers: demands that ask for a signature, and returned mail, before reminders that
    ///      nobody was to sign (`repeated`); then the larger amount first, then the earlier day.
    /// 3. What is alike so far: by unit, owners, task, day, and the words.
    public static func ordered(_ items: [WorkItem]) -> [WorkItem] {
        items.map { (key: $0.key, item: $0) }
            .sorted { a, b in
                a.key == b.key
                    ? inByteOrder(a.item.reason.zh, b.item.reason.zh)
                    : a.key.lexicographicallyPrecedes(b.key)
            }.map(\.item)
    }

    /// Compared number by number.
    private var key: [Int] {
        let stake = -(amount?.fen ?? 0)
        let day = due.dayNumber
        let place = naturalOrderKey(unit).map(Int.init) + [-1] + owners.utf8.map(Int.init) + [-1]
        let within: [Int] =
            switch group {
            case .lapsing, .deciding: [day, stake]
            case .promised, .calls, .papers: [chance.rawValue, stake, day]
            case .visits: naturalOrderKey(building).map(Int.init) + [-1]
            }
        let kind = WorkTask.allCases.firstIndex(of: task)!
        return [group.rawValue] + within + place + [kind, day]
    }
}

extension WorkItem.Group {
    /// What it is called.
    public var words: Bilingual {
        switch self {
        case .lapsing: Bilingual(zh: "会失去的", en: "About to lapse")
        case .deciding: Bilingual(zh: "等决定的", en: "Waiting for a decision")
        case .promised: Bilingual(zh: "到期的承诺", en: "Promised")
        case .calls: Bilingual(zh: "该打的电话", en: "Calls")
        case .visits: Bilingual(zh: "该上的门", en: "Visits")
        case .papers: Bilingual(zh: "回执与退信", en: "Receipts and returned mail")
        }
    }

    /// Why it stands where it stands, and what decides within it.
    public var explanation: Bilingual {
        switch self {
        case .lapsing:
            Bilingual(
                zh: "过了那一天，权利就没有了：先到期的在前，同一天的金额大的在前。",
                en:
                    "After that day the right is gone: the earlier day first, then the larger amount."
            )
        case .deciding:
            Bilingual(
                zh: "别人在等，而且只有我们能定：等得久的在前，同一天的金额大的在前。",
                en:
                    "Others wait, and only we can decide: who has waited longest first, then the larger amount."
            )
        case .promised:
            Bilingual(
                zh: "对方答应过，最可能有结果，查账就行：今明到期的在前，没兑现的在后，再按金额。",
                en:
                    "They gave their word, so it is likeliest to help, and a look at the books is little work: "
                    + "what is due first, what was not kept after it, then the larger amount.")
        case .calls:
            Bilingual(
                zh: "打电话费事不多：约好的在前，刚过发薪日（5、10、15、28、30 日）的其次，打过没结果的最后，再按金额。",
                en:
                    "Little effort: what was agreed on first, then those for whom a payday (5, 10, 15, 28, 30) has "
                    + "passed, those tried before last; then the larger amount.")
        case .visits:
            Bilingual(
                zh: "上门最费事：按楼栋、房号排，一趟走完。",
                en: "Most effort: by building and unit, so that it is one walk.")
        case .papers:
            Bilingual(
                zh: "补证据、改地址，可以放到下午：要签收的催缴和退信在前，普通提醒在后，再按金额。",
                en:
                    "Proofs and addresses can wait for the afternoon: demands to be signed and returned mail "
                    + "first, reminders after them; then the larger amount.")
        }
    }
}
