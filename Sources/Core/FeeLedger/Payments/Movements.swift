public import Primitives

/// What moved within dates.
extension AccountBook {
    /// Every entry with a value date within the dates, both included: those of the charges, oldest
    /// charge first, then those of credit.
    public func entries(from first: CivilDate, to last: CivilDate) -> [Entry] {
        let ofCharges = charges.flatMap { $0.principalEntries + $0.lateFeeEntries }
        return (ofCharges + credit.entries).filter { first <= $0.date && $0.date <= last }
    }
}

extension ChargeBook {
    /// Entries on the late fee with a value date within the dates, both included.
    public func lateFeeEntries(from first: CivilDate, to last: CivilDate) -> [Entry] {
        lateFeeEntries.filter { first <= $0.date && $0.date <= last }
    }
}
