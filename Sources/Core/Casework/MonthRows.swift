public import FeeLedger
public import Primitives

/// Who a row of an account speaks of.
public struct AccountLabel: Hashable, Sendable {
    public let unit, owners, building: String
    public init(unit: String, owners: String, building: String) {
        self.unit = unit
        self.owners = owners
        self.building = building
    }
}

/// What the books themselves do not say of payments and waivers.
public struct MonthReferences: Sendable {
    public struct Payment: Sendable {
        public let reference, method: String
        public init(reference: String, method: String) {
            self.reference = reference
            self.method = method
        }
    }
    public struct Waiver: Sendable {
        public let reference, approvedBy: String
        public init(reference: String, approvedBy: String) {
            self.reference = reference
            self.approvedBy = approvedBy
        }
    }

    public var payments: [PaymentID: Payment] = [:]
    public var waivers: [WaiverID: Waiver] = [:]
    public init() {}
}

extension AccountBook {
    /// The account's rows behind the month's figures of charges and payments.
    ///
    /// - Precondition: the books hold all charges, settled ones too.
    public func rows(
        of month: ReportMonth, label: AccountLabel, references: MonthReferences
    ) -> [MonthRow] {
        let builder = RowBuilder(month: month, label: label, references: references)
        var rows = charges.flatMap { builder.rows(of: $0, policy: policy) }
        let entries = entries(from: month.first, to: month.last)
        rows += builder.received(entries)
        let charged = charges.reduce(into: [:]) { $0[$1.charge.key] = $1.charge }
        rows += entries.compactMap { builder.row(of: $0, charges: charged) }
        return rows
    }
}

private struct RowBuilder {
    let month: ReportMonth
    let label: AccountLabel
    let references: MonthReferences

    func row(
        _ figure: MonthFigure, on date: CivilDate, _ amount: Money, of charge: Charge? = nil
    ) -> MonthRow {
        var row = MonthRow(figure, on: date)
        row.unit = label.unit
        row.owners = label.owners
        row.building = label.building
        row.item = charge?.item.code ?? ""
        row.period = charge?.period
        row.amount = amount
        return row
    }

    // MARK: - Charges

    func rows(of book: ChargeBook, policy: LateFeePolicy) -> [MonthRow] {
        let charge = book.charge
        guard charge.issued <= month.last else { return [] }
        let (counted, counts) = (book.counts(asOf: month.before), book.counts(asOf: month.last))
        let day = counts ? charge.issued : book.reversed ?? month.last
        /// The change of a figure of the charge, which is 0 on days on which it does not count.
        func change(_ figure: MonthFigure, on day: CivilDate, _ amount: (CivilDate) -> Money)
            -> MonthRow?
        {
            let was = counted ? amount(month.before) : .zero
            let became = counts ? amount(month.last) : .zero
            return was == became ? nil : row(figure, on: day, became - was, of: charge)
        }
        let changes = [
            change(.charged, on: day) { _ in charge.amount },
            change(.conceded, on: max(day, month.first), book.conceded),
            change(.lateFeeAccrued, on: month.last) { book.lateFeeGross(policy: policy, asOf: $0) },
        ]
        return changes.compactMap { $0 }
            + undone(book, counted: counted, counts: counts, on: day)
            + standing(book, counted: counted, counts: counts)
    }

    /// What waivers took off that no longer counts: the charge was reversed, or a condition not
    /// met; then on the day after that of the condition. One row for each.
    private func undone(
        _ book: ChargeBook, counted: Bool, counts: Bool, on day: CivilDate
    ) -> [MonthRow] {
        let entries = book.lateFeeEntries(from: month.first, to: month.last)
        return book.waivers.compactMap { waiver in
            let was = counted ? book.waived(by: waiver, asOf: month.before) : .zero
            let became = counts ? book.waived(by: waiver, asOf: month.last) : .zero
            let given = entries.reduce(Money.zero) {
                $1.source == .waiver(waiver) ? $0 + $1.amount : $0
            }
            let difference = became - was - given
            if difference == .zero { return nil }
            let void = counts ? book.voidFrom(waiver).map { min($0, month.last) } : nil
            let on = max(void ?? day, month.first)
            return naming(waiver, in: row(.lateFeeWaived, on: on, difference, of: book.charge))
        }
    }

    /// What is due and what stands open.
    private func standing(_ book: ChargeBook, counted: Bool, counts: Bool) -> [MonthRow] {
        let charge = book.charge
        var rows: [MonthRow] = []
        if counted, charge.period < month.period {
            let open = book.principalOpen(asOf: month.before)
            if open > .zero { rows.append(row(.arrearsDue, on: month.before, open, of: charge)) }
        }
        guard counts else { return rows }
        let open = book.principalOpen(asOf: month.last)
        let due = charge.amount - book.conceded(asOf: month.last)
        if charge.period == month.period, due > .zero {
            rows.append(row(.currentDue, on: charge.issued, due, of: charge))
        }
        if charge.period >= month.firstRated, due > .zero {
            rows.append(row(.periodDue, on: charge.issued, due, of: charge))
            if due > open {
                rows.append(row(.periodCollected, on: month.last, due - open, of: charge))
            }
        }
        if open > .zero, let age = ArrearsAge(daysOverdue: month.last - charge.due) {
            var overdue = row(.overdue, on: charge.due, open, of: charge)
            overdue.age = age
            rows.append(overdue)
        }
        return rows
    }

    // MARK: - Payments

    /// The entries of a payment on one day add up to what came with it, or was taken back; credit
    /// that meets a principal adds up to nothing.
    func received(_ entries: [Entry]) -> [MonthRow] {
        struct Day: Hashable {
            let payment: PaymentID
            let date: CivilDate
        }
        var sums: [Day: Money] = [:]
        for entry in entries {
            guard case .payment(let payment) = entry.source else { continue }
            sums[Day(payment: payment, date: entry.date), default: .zero] += entry.amount
        }
        return sums.filter { $0.value != .zero }
            .sorted { ($0.key.date, $0.key.payment) < ($1.key.date, $1.key.payment) }
            .map { day, amount in
                naming(day.payment, in: row(.collected, on: day.date, amount))
            }
    }

    /// What an entry met.
    func row(of entry: Entry, charges: [ChargeKey: Charge]) -> MonthRow? {
        let charge = entry.target.charge.flatMap { charges[$0] }
        switch (entry.source, entry.target) {
        case (.payment(let payment), let target):
            let figure: MonthFigure
            switch target {
            case .principal(let key):
                figure = key.period < month.period ? .arrearsCollected : .currentCollected
            case .lateFee: figure = .lateFeeCollected
            case .credit: figure = .creditChange
            case .exemption: return nil
            }
            var row = row(figure, on: entry.date, entry.amount, of: charge)
            row = naming(payment, in: row)
            // Counted by way where the money came, once.
            row.way = ""
            return row
        case (.waiver(let waiver), .lateFee):
            return naming(waiver, in: row(.lateFeeWaived, on: entry.date, entry.amount, of: charge))
        default: return nil
        }
    }

    private func naming(_ waiver: WaiverID, in row: MonthRow) -> MonthRow {
        var row = row
        row.reference = references.waivers[waiver]?.reference ?? ""
        row.staff = references.waivers[waiver]?.approvedBy ?? ""
        return row
    }

    private func naming(_ payment: PaymentID, in row: MonthRow) -> MonthRow {
        var row = row
        row.reference = references.payments[payment]?.reference ?? ""
        row.way = references.payments[payment]?.method ?? ""
        return row
    }
}
