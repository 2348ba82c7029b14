public import Primitives

/// The books of one account: its charges with their entries, and its credit. Posting an act adds
/// the entries that SPEC.md 5 and 6 derive from it; nothing that stands is ever changed.
///
/// Charges that are settled (`ChargeBook.settled`) can be left out where nothing needs them: no
/// entry can meet them any more.
public struct AccountBook: Sendable {
    public let account: Account
    public let policy: LateFeePolicy
    public let order: AllocationOrder
    /// Oldest first.
    public private(set) var charges: [ChargeBook] = []
    public private(set) var credit = CreditBook()
    /// What was posted since the books were opened, in order.
    public private(set) var posted: [Entry] = []
    /// Charges issued since the books were opened, in order.
    public private(set) var issued: [Charge] = []
    /// Where the charge stands that was spoken of last: mostly it is spoken of again.
    private var latest = 0

    public init(account: Account, policy: LateFeePolicy, order: AllocationOrder) {
        self.account = account
        self.policy = policy
        self.order = order
    }

    // MARK: - Opening what the store holds

    /// Opens a charge that stands in the store.
    public mutating func restore(_ charge: Charge) {
        insert(charge)
    }

    /// - Precondition: entries come in the order of their sequence, after their charge.
    public mutating func restore(_ entry: Entry) {
        apply(entry)
    }

    /// The waiver counts after `day` only if the charge's principal was paid by then. Where the
    /// charge is not in the books, nothing is to be judged.
    public mutating func restore(condition day: CivilDate, of waiver: WaiverID, on key: ChargeKey) {
        if let index = place(of: key) { charges[index].condition(waiver, on: day) }
    }

    /// Nothing accrues on the charge on the days of the pause. The same for a charge that is not in
    /// the books.
    public mutating func restore(_ pause: AccrualPause, of key: ChargeKey) {
        if let index = place(of: key) { charges[index].pause(pause) }
    }

    // MARK: - Acts

    /// Issues a charge under the account's concessions, and lets credit meet it.
    public mutating func issue(_ charge: Charge, concessions: [Concession]) {
        let index = insert(charge)
        issued.append(charge)
        for concession in concessions.inOrderOfReference
        where concession.covers(charge) && concession.isKnown(on: charge.issued) {
            apply(concession, to: index, on: charge.issued)
        }
        meetPrincipalsWithCredit()
    }

    /// Applies a concession that was decided on `date` to the charges that were issued before it.
    public mutating func concede(_ concession: Concession, on date: CivilDate) {
        var closed: [(ChargeKey, CivilDate)] = []
        for index in charges.indices where concession.covers(charges[index].charge) {
            let wasOpen = charges[index].principalOpen > .zero
            let from = max(date, charges[index].charge.issued)
            apply(concession, to: index, on: from)
            if wasOpen, charges[index].principalOpen == .zero {
                closed.append((charges[index].charge.key, from))
            }
        }
        for (key, date) in closed { takeOffExcess(of: key, broughtAboutOn: date) }
        meetPrincipalsWithCredit()
    }

    /// Takes off at most the late fee as at `date`, less what was paid or waived on it.
    /// - Returns: what was taken off; the rest lapses.
    public mutating func waive(
        _ amount: Money, of key: ChargeKey, by waiver: WaiverID, on date: CivilDate
    ) -> Money {
        guard let index = place(of: key) else { return .zero }
        let taken = min(amount, charges[index].lateFeeToMeet(policy: policy, asOf: date))
        if taken > .zero { post(.lateFee(key), .waiver(waiver), on: date, taken) }
        return taken
    }

    /// Allocates a payment (SPEC.md 5): first in full, in the policy's order; its rest becomes
    /// credit; then the excess of each charge that it closed is taken off, oldest first, and of
    /// those whose late fee a plan pauses: the payment may keep it; then credit meets what is open.
    public mutating func receive(_ amount: Money, as payment: PaymentID, on date: CivilDate) {
        var left = amount
        var closed: [ChargeKey] = []
        let candidates = charges.indices.filter {
            !charges[$0].isClosed && charges[$0].charge.issued <= date
        }
        for step in steps(over: candidates) where left > .zero {
            let key = charges[step.index].charge.key
            switch step.part {
            case .principal:
                let (from, open) = charges[step.index].principalToMeet(from: date)
                let met = min(left, open)
                guard from == date, met > .zero else { continue }
                post(.principal(key), .payment(payment), on: date, met)
                left -= met
                if charges[step.index].principalOpen == .zero { closed.append(key) }
            case .lateFee:
                let met = min(left, charges[step.index].lateFeeToMeet(policy: policy, asOf: date))
                guard met > .zero else { continue }
                post(.lateFee(key), .payment(payment), on: date, met)
                left -= met
            }
        }
        if left > .zero { post(.credit(lot: date), .payment(payment), on: date, left) }
        for key in closed { takeOffExcess(of: key, broughtAboutOn: date) }
        takeOffExcess(besides: closed, paused: date)
        meetPrincipalsWithCredit()
        for index in candidates { charges[index].noteWhetherClosed(policy: policy) }
    }

    /// A plan that was approved on `date` pauses late fees that may have been paid already: of
    /// charges without open principal, what is now too much becomes credit.
    public mutating func takeOffPaused(on date: CivilDate) {
        takeOffExcess(besides: [], paused: date)
        meetPrincipalsWithCredit()
    }

    // MARK: - The order of allocation

    private enum Part { case principal, lateFee }

    private func steps(over indices: [Int]) -> [(index: Int, part: Part)] {
        let principals = indices.map { (index: $0, part: Part.principal) }
        let lateFees = indices.map { (index: $0, part: Part.lateFee) }
        return switch order {
        case .principalFirst: principals + lateFees
        case .lateFeeFirst: lateFees + principals
        case .chargeByCharge:
            indices.flatMap { [(index: $0, part: Part.lateFee), (index: $0, part: .principal)] }
        }
    }

    // MARK: - What follows from an entry

    /// The oldest credit meets the oldest open principal, one after the other; the excess of a
    /// charge closed so is taken off before the next principal is met.
    mutating func meetPrincipalsWithCredit() {
        while let lot = credit.oldest,
            let index = charges.firstIndex(where: { $0.principalOpen > .zero })
        {
            let charge = charges[index].charge
            let (date, open) = charges[index].principalToMeet(from: max(lot.date, charge.issued))
            let met = min(lot.left, open)
            post(.credit(lot: lot.date), .payment(lot.payment), on: date, -met)
            post(.principal(charge.key), .payment(lot.payment), on: date, met)
            if charges[index].principalOpen == .zero {
                takeOffExcess(of: charge.key, broughtAboutOn: date)
            }
        }
    }

    /// A charge without open principal has its final late fee: what was paid above it becomes
    /// credit.
    private mutating func takeOffExcess(of key: ChargeKey, broughtAboutOn date: CivilDate) {
        guard let index = place(of: key) else { return }
        for day in charges[index].daysOfExcess(closedOn: date) {
            for (paid, amount) in charges[index].lateFeeExcess(policy: policy, asOf: day) {
                let from = max(paid.date, date)
                post(.lateFee(key), paid.source, on: from, -amount)
                post(.credit(lot: from), paid.source, on: from, amount)
            }
        }
    }

    /// Of closed charges whose late fee a plan pauses: what came on `date` decides whether it is
    /// broken.
    private mutating func takeOffExcess(besides others: [ChargeKey], paused date: CivilDate) {
        for index in charges.indices where charges[index].isPaused {
            let key = charges[index].charge.key
            guard !others.contains(key), charges[index].reversed == nil,
                let closed = charges[index].closedOn
            else { continue }
            takeOffExcess(of: key, broughtAboutOn: max(closed, date))
        }
    }

    /// Several concessions on one charge add up to at most its amount, and one decided later lowers
    /// only what is still open.
    private mutating func apply(_ concession: Concession, to index: Int, on date: CivilDate) {
        let charge = charges[index].charge
        if charges[index].has(concession) { return }
        if concession.relief == .noLateFee {
            post(.exemption(charge.key), .concession(concession.id), on: date, .zero)
            return
        }
        let (from, open) = charges[index].principalToMeet(from: date)
        let reduction = min(concession.reduction(of: charge.amount), open)
        if reduction > .zero {
            post(.principal(charge.key), .concession(concession.id), on: from, reduction)
        }
    }

    // MARK: - Posting

    @discardableResult
    private mutating func insert(_ charge: Charge) -> Int {
        let older = charges.lastIndex { !Charge.isOlder(charge, than: $0.charge) }
        let index = older.map { $0 + 1 } ?? 0
        charges.insert(ChargeBook(charge: charge, agreedRate: account.agreedRate), at: index)
        latest = index
        return index
    }

    private mutating func place(of key: ChargeKey) -> Int? {
        if latest < charges.count, charges[latest].charge.key == key { return latest }
        guard let place = charges.firstIndex(where: { $0.charge.key == key }) else { return nil }
        latest = place
        return place
    }

    mutating func post(
        _ target: Entry.Target, _ source: Entry.Source, on date: CivilDate, _ amount: Money
    ) {
        let sequence =
            if let key = target.charge { charges[standing(key)].entryCount } else {
                credit.entryCount
            }
        let entry = Entry(
            target: target, source: source, date: date, amount: amount, sequence: sequence)
        apply(entry)
        posted.append(entry)
        if let key = target.charge { charges[standing(key)].hasNewEntries = true }
    }

    private mutating func apply(_ entry: Entry) {
        switch entry.target {
        case .principal(let key), .lateFee(let key), .exemption(let key):
            charges[standing(key)].post(entry)
        case .credit(let lot): credit.post(entry, lot: lot)
        }
    }

    private mutating func standing(_ key: ChargeKey) -> Int {
        guard let place = place(of: key) else {
            preconditionFailure("an entry stands on a charge that is not in the books")
        }
        return place
    }
}

/// What is left of payments, by the day from which it can be used.
public struct CreditBook: Sendable {
    struct Lot {
        let date: CivilDate
        let payment: PaymentID
        var left: Money
        /// The latest value date of its entries.
        var moved: CivilDate
    }

    /// By date, then payment; used-up lots are gone.
    private(set) var open: [Lot] = []
    private(set) var entries: [Entry] = []

    var oldest: Lot? { open.first }
    var entryCount: Int { entries.count }
    public var isEmpty: Bool { open.isEmpty }

    /// Credit that came by `date`, less what was used by then.
    public func balance(asOf date: CivilDate) -> Money {
        entries.reduce(.zero) { $1.date <= date ? $0 + $1.amount : $0 }
    }

    mutating func post(_ entry: Entry, lot date: CivilDate) {
        guard case .payment(let payment) = entry.source else {
            preconditionFailure("credit comes from payments alone")
        }
        entries.append(entry)
        let place = open.firstIndex { ($0.date, $0.payment) >= (date, payment) } ?? open.count
        if place < open.count, open[place].date == date, open[place].payment == payment {
            open[place].left += entry.amount
            open[place].moved = max(open[place].moved, entry.date)
            if open[place].left == .zero { open.remove(at: place) }
        } else {
            let lot = Lot(date: date, payment: payment, left: entry.amount, moved: entry.date)
            open.insert(lot, at: place)
        }
    }
}

extension [Concession] {
    var inOrderOfReference: [Concession] { sorted { inByteOrder($0.reference, $1.reference) } }
}
