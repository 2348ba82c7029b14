import FeeLedger
public import Primitives
import SQLiteStore

/// An account that a search found, and why.
public struct FoundAccount: Hashable, Sendable {
    public enum Reason: Hashable, Sendable {
        /// The unit's code, in some spelling; or only its beginning or end.
        case unit, partOfUnit
        /// Part of an owner's name, or all of it.
        case name
        case phoneTail
        case notice(String)
    }

    public let unit: String
    /// The account's first day, and its last.
    public let from: CivilDate
    public let to: CivilDate?
    /// Codes of its owners, joined by `;`.
    public internal(set) var owners: String
    public internal(set) var ownerNames: [String]
    public internal(set) var reasons: [Reason]
}

/// What a search found.
public struct FoundAccounts: Sendable {
    public let accounts: [FoundAccount]
    /// More than are given.
    public let isCut: Bool

    /// Nothing.
    public static let none = FoundAccounts(accounts: [], isCut: false)

    /// The unit, where all that was found belongs to one.
    public var onlyUnit: String? {
        guard !isCut, let first = accounts.first?.unit,
            accounts.allSatisfy({ $0.unit == first })
        else { return nil }
        return first
    }

    /// A search gives at most so many accounts.
    public static let most = 200
}

/// Finds accounts by a unit in any spelling (or its beginning or end), part of an owner's name, the
/// last three or more digits of a phone number, or a notice's number. By unit, then first day.
///
/// What names one thing exactly (a notice, a unit) finds that alone; a unit finds its present
/// holder, or, where there is none, the last one.
public func findUnits(_ text: String, effects: Effects) throws -> FoundAccounts {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let search = UnitSearch(text)
        if search.isEmpty { return .none }
        var found: [FoundAccount] = []
        let notice = search.folded.uppercased()
        let given = try session.unit(ofNotice: notice, in: context.id)
        let codes = try session.unitCodes(of: context.id)
        let unit = given?.unit ?? search.exactUnit(in: codes)
        try session.forEachHolder(of: context.id) { holder in
            let reasons: [FoundAccount.Reason]
            if let given {
                let isMeant = holder.unit == given.unit && holder.from == given.from
                reasons = isMeant ? [.notice(notice)] : []
            } else if let unit {
                reasons = holder.unit == unit ? [.unit] : []
            } else {
                reasons = search.reasons(for: holder)
            }
            found.add(holder, reasons)
        }
        found.removeAll { $0.reasons.isEmpty }
        if given == nil, unit != nil { found = found.suffix(1) }
        let keys = found.map { naturalOrderKey($0.unit) }
        let ordered = found.indices.sorted {
            keys[$0] == keys[$1]
                ? found[$0].from < found[$1].from : keys[$0].lexicographicallyPrecedes(keys[$1])
        }
        return FoundAccounts(
            accounts: ordered.prefix(FoundAccounts.most).map { found[$0] },
            isCut: found.count > FoundAccounts.most)
    }
}

private struct UnitSearch {
    let folded: String
    private let spelling: UnitSpelling
    /// Of a phone number; empty where the text is none.
    private let digits: String

    init(_ text: String) {
        folded = foldedName(text)
        spelling = UnitSpelling(text)
        let isPhone = folded.allSatisfy { $0.isASCII && $0.isNumber || " -+()".contains($0) }
        let digits = folded.filter { $0.isASCII && $0.isNumber }
        self.digits = isPhone && digits.count >= 3 ? digits : ""
    }

    var isEmpty: Bool { folded.isEmpty }

    /// The code that is written the same, else the only one that is spelled the same.
    func exactUnit(in codes: [String]) -> String? {
        if spelling.isEmpty { return nil }
        if let same = codes.first(where: { foldedName($0) == folded }) { return same }
        let alike = codes.filter { UnitSpelling($0) == spelling }
        return alike.count == 1 ? alike[0] : nil
    }

    func reasons(for holder: Session.Holder) -> [FoundAccount.Reason] {
        var reasons: [FoundAccount.Reason] = []
        let unit = UnitSpelling(holder.unit)
        if !spelling.isEmpty {
            if unit == spelling {
                reasons.append(.unit)
            } else if unit.begins(with: spelling) || unit.ends(with: spelling) {
                reasons.append(.partOfUnit)
            }
        }
        if foldedName(holder.owner.name).contains(folded) { reasons.append(.name) }
        if !digits.isEmpty, phones(holder.owner.phone).contains(where: { $0.hasSuffix(digits) }) {
            reasons.append(.phoneTail)
        }
        return reasons
    }

    /// Several may stand in one field.
    private func phones(_ text: String) -> [String] {
        foldedName(text).split { ";,/、，；|".contains($0) }
            .map { $0.filter { $0.isASCII && $0.isNumber } }
    }
}

extension [FoundAccount] {
    /// Co-owners come one after the other: they are one account.
    fileprivate mutating func add(_ holder: Session.Holder, _ reasons: [FoundAccount.Reason]) {
        guard let last, last.unit == holder.unit, last.from == holder.from else {
            return append(
                FoundAccount(
                    unit: holder.unit, from: holder.from, to: holder.to, owners: holder.owner.code,
                    ownerNames: [holder.owner.name], reasons: reasons))
        }
        self[count - 1].owners += ";" + holder.owner.code
        self[count - 1].ownerNames.append(holder.owner.name)
        for reason in reasons where !last.reasons.contains(reason) {
            self[count - 1].reasons.append(reason)
        }
    }
}
