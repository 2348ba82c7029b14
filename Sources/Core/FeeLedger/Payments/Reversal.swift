public import Primitives

/// Reversals (冲红): what was entered by mistake is undone by entries of their own, from the day of
/// the reversal on; what stood before that day is seen as it stood (SPEC.md 2, 5).
extension AccountBook {
    /// Undoes a payment's allocations, and those of credit that came from it.
    ///
    /// - Precondition: the books hold all charges that the payment met.
    public mutating func reverse(_ payment: PaymentID, on date: CivilDate) {
        let source = Entry.Source.payment(payment)
        for book in charges {
            let key = book.charge.key
            takeBack(book.principalEntries, of: source, on: date, from: .principal(key))
            takeBack(book.lateFeeEntries, of: source, on: date, from: .lateFee(key))
        }
        for (lot, left, last) in credit.lots(of: payment) {
            post(.credit(lot: lot), source, on: max(date, last), -left)
        }
        meetPrincipalsWithCredit()
    }

    /// Undoes a charge: what was paid on it becomes credit, and it counts no more.
    ///
    /// - Returns: whether there was such a charge to reverse.
    public mutating func reverse(
        _ key: ChargeKey, by reversal: ReversalID, on date: CivilDate
    ) -> Bool {
        guard let book = charges.first(where: { $0.charge.key == key && $0.reversed == nil }) else {
            return false
        }
        let from = max(date, book.charge.issued)
        for (source, principal, lateFee, last) in book.paidBySource {
            let day = max(from, last)
            if principal != .zero { post(.principal(key), source, on: day, -principal) }
            if lateFee != .zero { post(.lateFee(key), source, on: day, -lateFee) }
            post(.credit(lot: day), source, on: day, principal + lateFee)
        }
        let open = charges.first { $0.charge.key == key }!.principalOpen
        post(.principal(key), .reversal(reversal), on: from, open)
        meetPrincipalsWithCredit()
        return true
    }

    private mutating func takeBack(
        _ entries: [Entry], of source: Entry.Source, on date: CivilDate, from target: Entry.Target
    ) {
        let theirs = entries.filter { $0.source == source }
        let net = theirs.reduce(Money.zero) { $0 + $1.amount }
        guard net != .zero, let last = theirs.map(\.date).max() else { return }
        post(target, source, on: max(date, last), -net)
    }
}

extension ChargeBook {
    /// What each payment has paid on the charge, with the day of its last entry.
    fileprivate var paidBySource: [(Entry.Source, principal: Money, lateFee: Money, CivilDate)] {
        let entries = principalEntries + lateFeeEntries
        var sources: [Entry.Source] = []
        for entry in entries {
            if case .payment = entry.source, !sources.contains(entry.source) {
                sources.append(entry.source)
            }
        }
        return sources.compactMap { source in
            let sum = { (entries: [Entry]) in
                entries.filter { $0.source == source }.reduce(Money.zero) { $0 + $1.amount }
            }
            let last = entries.filter { $0.source == source }.map(\.date).max()!
            let (principal, lateFee) = (sum(principalEntries), sum(lateFeeEntries))
            return principal + lateFee == .zero ? nil : (source, principal, lateFee, last)
        }
    }
}

extension CreditBook {
    /// What is left of a payment as credit, with the last day on which each lot moved.
    fileprivate func lots(
        of payment: PaymentID
    ) -> [(lot: CivilDate, left: Money, last: CivilDate)] {
        open.filter { $0.payment == payment }.map { ($0.date, $0.left, max($0.date, $0.moved)) }
    }
}
