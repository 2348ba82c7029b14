public import Primitives

/// A flat, shop or parking space that owes fees, known by its code inside one community.
public struct Unit: Hashable, Sendable {
    public let id: ID<Unit>
    public let code: String
    public let building: String
    public let kind: UnitKind
    public let area: Area
    /// The first day for which fees are charged; `nil` is long ago.
    public let handover: CivilDate?

    public init(
        id: ID<Unit>, code: String, building: String, kind: UnitKind, area: Area,
        handover: CivilDate?
    ) {
        self.id = id
        self.code = code
        self.building = building
        self.kind = kind
        self.area = area
        self.handover = handover
    }
}

public enum UnitKind: String, Sendable, CaseIterable {
    case residence, shop, parking
}

/// A person or body liable for a unit, with the channels by which they agreed to be told.
public struct Owner: Hashable, Sendable {
    public let id: ID<Owner>
    public let code: String
    public let name: String
    public let phone: String
    public let email: String
    /// Where letters go; empty for the unit itself.
    public let address: String
    public let channels: Set<Channel>
    public let language: Language

    public init(
        id: ID<Owner>, code: String, name: String, phone: String, email: String, address: String,
        channels: Set<Channel>, language: Language
    ) {
        self.id = id
        self.code = code
        self.name = name
        self.phone = phone
        self.email = email
        self.address = address
        self.channels = channels
        self.language = language
    }
}

/// A way by which a notice can reach an owner.
public enum Channel: String, Sendable, CaseIterable {
    case email, mailbox, hand, registered, phone, fax
}

/// One unit during one ownership, by one owner or by co-owners.
public struct Account: Hashable, Sendable {
    public let id: ID<Account>
    public let unit: ID<Unit>
    public let from: CivilDate
    /// Inclusive; `nil`: still.
    public let to: CivilDate?
    /// The late-fee rate agreed in the contract; `nil`: the policy's.
    public let agreedRate: DailyRate?
    /// Ids of the co-owners, in the order of their codes.
    public let owners: [ID<Owner>]

    public init(
        id: ID<Account>, unit: ID<Unit>, from: CivilDate, to: CivilDate?, agreedRate: DailyRate?,
        owners: [ID<Owner>]
    ) {
        self.id = id
        self.unit = unit
        self.from = from
        self.to = to
        self.agreedRate = agreedRate
        self.owners = owners
    }

    /// Whether `date` lies in the ownership; both ends count.
    public func holds(on date: CivilDate) -> Bool { from <= date && date <= (to ?? .distantFuture) }
}

extension [Account] {
    /// The account that holds the unit on `date`. The accounts are those of one unit.
    public func holding(on date: CivilDate) -> Account? { first { $0.holds(on: date) } }

    /// The account that holds the unit on `date`, or else the first to hold it after that, up to
    /// `limit` (inclusive).
    public func holding(from date: CivilDate, until limit: CivilDate = .distantFuture) -> Account? {
        holding(on: date)
            ?? filter { $0.from > date && $0.from <= limit }.min { $0.from < $1.from }
    }

    /// The account that a payment belongs to (SPEC.md 5): the holder's on the value date, or, where
    /// the payment names an owner, that owner's on that date, else that owner's latest.
    public func receiving(paymentOn date: CivilDate, from owner: ID<Owner>?) -> Account? {
        guard let owner else { return holding(on: date) }
        let theirs = filter { $0.owners.contains(owner) }
        return theirs.holding(on: date) ?? theirs.max { $0.from < $1.from }
    }
}
