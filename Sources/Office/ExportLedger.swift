import Dunning
import FeeLedger
import Files
import Primitives
import SQLiteStore

/// Writes the ledger as a journal that hledger reads: each charge, payment, concession and credit,
/// and at the end what each account owes, asserted.
///
/// Late fees are income when they are paid; before that they are computed, not booked.
public func exportLedger(to path: String, effects: Effects) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let file = try FileWriter(to: path)
        try file.write("; \(plain(context.policy.name))\ncommodity 1,000.00 CNY\n")
        var journal = Journal { try file.write($0) }
        try session.forEachMovement(of: context.id) { try journal.add($0) }
        try journal.end()
        try file.finish()
    }
}

/// Puts movements of one source and date into one transaction.
private struct Journal {
    private let output: (String) throws -> Void
    private var open: [Session.LedgerMovement] = []
    private var owed: [String: Money] = [:]
    private var accounts: [String] = []
    private var declared: Set<String> = []
    private var lastDate = CivilDate.distantPast

    init(_ output: @escaping (String) throws -> Void) { self.output = output }

    mutating func add(_ movement: Session.LedgerMovement) throws {
        if let first = open.first, !first.isTogether(with: movement) { try close() }
        open.append(movement)
        lastDate = max(lastDate, movement.date)
        let change = movement.receivable
        if owed[movement.account] == nil { accounts.append(movement.account) }
        owed[movement.account, default: .zero] += change
    }

    private mutating func post(_ amount: Money, to account: String) throws {
        declared.insert(account)
        try output("    \(account)  \(amount) CNY\n")
    }

    /// Asserts the open principal of each account on the journal's last day, and declares the
    /// journal's accounts, as hledger's strict checks want it.
    mutating func end() throws {
        try close()
        for account in declared.sorted(by: inByteOrder) { try output("\naccount \(account)") }
        try output("\n")
        if accounts.isEmpty { return }
        try output("\n\(lastDate) open principal, as the books have it\n")
        for account in accounts {
            try output("    assets:receivable:\(account)  0.00 CNY = \(owed[account]!) CNY\n")
        }
    }

    private mutating func close() throws {
        defer { open.removeAll(keepingCapacity: true) }
        let moving = open.filter { $0.amount != .zero && $0.source != "waiver" }
        guard let first = moving.first else { return }
        try output("\n\(first.date) \(first.source) \(plain(first.reference))\n")
        var sum = Money.zero
        for movement in moving {
            let (account, amount) = movement.posting
            sum += amount
            try post(amount, to: account)
        }
        if sum != .zero { try post(-sum, to: first.counterpart) }
    }
}

extension Session.LedgerMovement {
    fileprivate func isTogether(with other: Self) -> Bool {
        source == other.source && reference == other.reference && date == other.date
            && account == other.account
    }

    /// How it changes what the account owes in principal.
    fileprivate var receivable: Money {
        switch kind {
        case .charge: amount
        case .principal: -amount
        case .lateFee, .exemption, .credit: .zero
        }
    }

    fileprivate var posting: (account: String, amount: Money) {
        switch kind {
        case .charge: ("assets:receivable:\(plain(account))", amount)
        case .principal: ("assets:receivable:\(plain(account))", -amount)
        case .lateFee, .exemption: ("income:late fees", -amount)
        case .credit: ("liabilities:credit:\(plain(account))", -amount)
        }
    }

    fileprivate var counterpart: String {
        switch source {
        case "charge": "income:fees:\(plain(item))"
        case "payment": "assets:received:\(method)"
        case "reversal": "income:reversed"
        default: "expenses:concessions"
        }
    }
}

/// A name as hledger takes it: `:` would make a sub-account, two blanks would end the name, `;` and
/// `|` have meanings of their own.
private func plain(_ name: String) -> String {
    let words = name.split { $0.isWhitespace || ":;|".contains($0) }
    return words.joined(separator: " ")
}
