import Dunning
import FeeLedger
import Primitives

func day(_ text: String) -> CivilDate { CivilDate(text)! }
func month(_ text: String) -> Period { Period(text)! }
func yuan(_ text: String) -> Money { try! Money(parsing: text) }

/// An account as a run of 2026-12-01 finds it.
enum Sample {
    static let asOf = day("2026-12-01")
    static let policy = LateFeePolicy(
        segments: [.init(from: day("2019-01-01"), rate: DailyRate(parts: 1_000))], grace: 0,
        graceMode: .forgive, cap: .one)

    /// A charge that fell due so many days before the run.
    struct Owed: Sendable {
        let days: Int
        let amount: String
        /// Issued by the run itself.
        var isNew = false
    }

    /// - Parameter paid: on the day of the run, oldest principal first.
    static func book(_ owed: [Owed], paid: String? = nil) -> AccountBook {
        let account = Account(
            id: ID(1), unit: ID(1), from: day("2020-01-01"), to: nil, agreedRate: nil,
            owners: [ID(1)])
        var book = AccountBook(account: account, policy: policy, order: .principalFirst)
        for (number, one) in owed.enumerated() {
            let due = asOf.advanced(byDays: -one.days)
            let charge = Charge(
                item: FeeItem(id: ID(number), code: "i\(number)"),
                period: min(due.period, asOf.period), amount: yuan(one.amount), due: due,
                issuedAsOf: one.isNew ? asOf : nil)
            book.issue(charge, concessions: [])
        }
        if let paid { book.receive(yuan(paid), as: ID(1), on: asOf) }
        return book
    }

    static func decision(
        _ owed: [Owed], paid: String? = nil, ladder: DunningLadder = .customary,
        holds: [DunningHold] = [], last: [String: CivilDate] = [:], noticedAlready: Bool = false
    ) -> NoticeDecision {
        NoticeDecision(
            for: book(owed, paid: paid).statement(asOf: asOf), ladder: ladder, holds: holds,
            lastNotices: last, noticedAlready: noticedAlready)
    }

    static func stage(
        _ code: String, from day: Int, min: String, repeatAfter: Int = 10
    ) -> DunningStage {
        DunningStage(
            code: code, fromDay: day, minAmount: yuan(min), repeatAfter: repeatAfter,
            channels: [.email], template: code, asksForSignature: false)
    }
}

extension NoticeDecision {
    /// `bill`, the stage's code, or nothing.
    var word: String? {
        switch notice {
        case .bill: "bill"
        case .dunning(let stage): stage.code
        case nil: nil
        }
    }
}
