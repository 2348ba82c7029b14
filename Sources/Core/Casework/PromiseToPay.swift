public import Primitives

/// Money that came to an account: what promises and plans are judged by.
public struct Receipt: Hashable, Sendable {
    /// The value date.
    public let date: CivilDate
    public let amount: Money
    /// From this day on it is reversed; `nil`: it stands.
    public let reversed: CivilDate?

    public init(date: CivilDate, amount: Money, reversed: CivilDate?) {
        self.date = date
        self.amount = amount
        self.reversed = reversed
    }
}

extension [Receipt] {
    /// What came within the dates, both included, and stood on `date`.
    public func received(from: CivilDate, to: CivilDate, asOf date: CivilDate) -> Money {
        reduce(.zero) { sum, receipt in
            let counts = from <= receipt.date && receipt.date <= Swift.min(to, date)
            let stands = receipt.reversed.map { date < $0 } ?? true
            return counts && stands ? sum + receipt.amount : sum
        }
    }
}

/// Amount and date that an owner named: it holds dunning until the date, and changes no amount.
public struct PromiseToPay: Hashable, Sendable {
    public enum State: String, Sendable {
        case open, kept, partly, broken
    }

    public let amount: Money
    /// When it was given.
    public let on: CivilDate
    /// Until when it is to be paid, that day included.
    public let until: CivilDate
    public let isInWriting: Bool

    public init(amount: Money, on: CivilDate, until: CivilDate, isInWriting: Bool) {
        self.amount = amount
        self.on = on
        self.until = until
        self.isInWriting = isInWriting
    }

    /// Open to the promised day; from the day after it judged by the payments to the account with
    /// value dates from `on` to `until`, both included.
    public func state(asOf date: CivilDate, _ receipts: [Receipt]) -> State {
        guard date > until else { return .open }
        let paid = receipts.received(from: on, to: until, asOf: date)
        if paid >= amount { return .kept }
        return paid > .zero ? .partly : .broken
    }
}
