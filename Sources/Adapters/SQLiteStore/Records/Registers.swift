public import FeeLedger
public import Primitives

/// One thing that staff did, as one transaction.
public enum ActSubject: Sendable {}
public typealias ActID = ID<ActSubject>

extension Session {
    // MARK: - Communities, acts, policies

    /// `nil` where there is no such community.
    public func community(code: String) throws -> CommunityID? {
        try first("SELECT id FROM community WHERE code = ?", [.text(code)]) { $0.id(0) }
    }

    public func communityCodes() throws -> [String] {
        var codes: [String] = []
        try forEach("SELECT code FROM community ORDER BY code") { codes.append($0.text(0)) }
        return codes
    }

    /// A new community; the code must be new.
    public func addCommunity(code: String) throws -> CommunityID {
        CommunityID(try insert("INSERT INTO community (code) VALUES (?)", [.text(code)]))
    }

    /// The first act of a form notes the form as used (`FormUse`).
    ///
    /// - Parameters:
    ///   - kind: the act's name: `import`, `run`, `letters`.
    ///   - at: UTC, to the millisecond.
    /// - Throws: `StoreError.formUsed` where the form had its effect before.
    public func addAct(
        community: CommunityID, kind: String, by staff: String, at: String, detail: String
    ) throws -> ActID {
        let act = ActID(
            try insert(
                "INSERT INTO act (community, kind, byWhom, at, detail) VALUES (?, ?, ?, ?, ?)",
                [.id(community), .text(kind), .text(staff), .text(at), .text(detail)]))
        try noteFormUse(by: act)
        return act
    }

    /// The text of the policy that holds; `nil` before the first import.
    public func policyText(of community: CommunityID) throws -> String? {
        try first(
            "SELECT yaml FROM policyVersion WHERE community = ? ORDER BY id DESC LIMIT 1",
            [.id(community)]
        ) { $0.text(0) }
    }

    /// A policy with new content is a new version; with the same, nothing.
    public func savePolicy(_ yaml: String, of community: CommunityID, act: ActID) throws -> Saved {
        let stands = try policyText(of: community)
        if stands == yaml { return .known }
        try run(
            "INSERT INTO policyVersion (community, yaml, act) VALUES (?, ?, ?)",
            [.id(community), .text(yaml), .id(act)])
        return stands == nil ? .added : .changed
    }

    /// The bytes of a picture of that name that hold; `nil` where there never was one.
    public func picture(named name: String, of community: CommunityID) throws -> [UInt8]? {
        try first(
            "SELECT bytes FROM picture WHERE community = ? AND name = ? ORDER BY id DESC LIMIT 1",
            [.id(community), .text(name)]
        ) { $0.blob(0) }
    }

    /// A picture with new content is a new version; with the same, nothing.
    public func savePicture(
        _ bytes: [UInt8], sha256: String, named name: String, of community: CommunityID, act: ActID
    ) throws -> Saved {
        let stands = try picture(named: name, of: community)
        if stands == bytes { return .known }
        try run(
            "INSERT INTO picture (community, name, sha256, bytes, act) VALUES (?, ?, ?, ?, ?)",
            [.id(community), .text(name), .text(sha256), .blob(bytes), .id(act)])
        return stands == nil ? .added : .changed
    }

    // MARK: - Units, owners

    /// `nil` where the community has no such unit.
    public func unit(code: String, in community: CommunityID) throws -> ID<Unit>? {
        try first(
            "SELECT id FROM unit WHERE community = ? AND code = ?", [.id(community), .text(code)]
        ) { $0.id(0) }
    }

    /// `nil` where the community has no such owner.
    public func owner(code: String, in community: CommunityID) throws -> ID<Owner>? {
        try first(
            "SELECT id FROM owner WHERE community = ? AND code = ?", [.id(community), .text(code)]
        ) { $0.id(0) }
    }

    /// The code of a unit, as the tables have it.
    public func unitCode(_ unit: ID<Unit>) throws -> String {
        try first("SELECT code FROM unit WHERE id = ?", [.id(unit)]) { $0.text(0) }!
    }

    /// The code of an owner, as the tables have it.
    public func ownerCode(_ owner: ID<Owner>) throws -> String {
        try first("SELECT code FROM owner WHERE id = ?", [.id(owner)]) { $0.text(0) } ?? ""
    }

    /// Adds a unit, or brings it up to date.
    public func saveUnit(
        code: String, building: String, kind: UnitKind, area: Area, handover: CivilDate?,
        in community: CommunityID, act: ActID
    ) throws -> Saved {
        try save(
            .units,
            [
                .id(community), .text(code), .text(building), .text(kind.rawValue), .parts(area),
                .date(handover),
            ], community: community, act: act
        ).1
    }

    /// - Parameter owner: its `id` is not read.
    public func saveOwner(_ owner: Owner, in community: CommunityID, act: ActID) throws -> Saved {
        let (id, saved) = try save(
            .owners,
            [
                .id(community), .text(owner.code),
                .text(joined(owner.channels.map(\.rawValue))), .text(owner.language.rawValue),
            ], community: community, act: act)
        let (_, savedPerson) = try save(
            .persons,
            [
                .integer(id), .text(owner.name), .text(owner.phone), .text(owner.email),
                .text(owner.address),
            ], community: community, act: act)
        return saved == .known ? savedPerson : saved
    }

    // MARK: - Accounts

    /// A unit's accounts, the first first.
    public func accounts(of unit: ID<Unit>) throws -> [Account] {
        var accounts: [Account] = []
        try forEach(
            """
            SELECT id, fromDay, toDay, agreedRate, (
              SELECT group_concat(owner, ';') FROM (
                SELECT accountOwner.owner FROM accountOwner JOIN owner ON owner.id = accountOwner.owner
                WHERE accountOwner.account = account.id ORDER BY owner.code))
            FROM account WHERE unit = ? ORDER BY fromDay
            """, [.id(unit)]
        ) { row in
            accounts.append(
                Account(
                    id: row.id(0), unit: unit, from: row.date(1), to: row.optionalDate(2),
                    agreedRate: row.optionalInteger(3).map { DailyRate(parts: $0) },
                    owners: row.text(4).split(separator: ";").compactMap { Int($0) }.map { ID($0) })
            )
        }
        return accounts
    }

    /// Adds an account, or brings its last day and rate up to date and adds owners to it.
    public func saveAccount(
        unit: ID<Unit>, from: CivilDate, to: CivilDate?, agreedRate: DailyRate?,
        owners: [ID<Owner>], in community: CommunityID, act: ActID
    ) throws -> Saved {
        var (id, saved) = try save(
            .accounts,
            [
                .id(unit), .date(from), .date(to), agreedRate.map { .parts($0) } ?? .null,
                .id(community),
            ], community: community, act: act)
        for owner in owners {
            let recorded = try record(.accountOwners, [.integer(id), .id(owner)])
            if recorded == .added, saved != .added {
                saved = .changed
                try noteChange(
                    of: "account", id, field: "owner", was: .null,
                    became: .text(try ownerCode(owner)), community: community, act: act)
            }
        }
        return saved
    }

    // MARK: - Items and the fee schedule

    /// All items with their names.
    public func items(of community: CommunityID) throws -> [FeeItem: String] {
        var items: [FeeItem: String] = [:]
        try forEach("SELECT id, code, name FROM item WHERE community = ?", [.id(community)]) {
            row in
            items[FeeItem(id: row.id(0), code: row.text(1))] = row.text(2)
        }
        return items
    }

    /// `nil` where the community has no such item.
    public func item(code: String, in community: CommunityID) throws -> FeeItem? {
        try first(
            "SELECT id FROM item WHERE community = ? AND code = ?", [.id(community), .text(code)]
        ) { FeeItem(id: $0.id(0), code: code) }
    }

    /// - Parameter name: `nil` leaves a known item's name, and gives a new one its code.
    public func saveItem(
        code: String, name: String?, in community: CommunityID, act: ActID
    ) throws -> FeeItem {
        let known = try item(code: code, in: community)
        if name == nil, let known { return known }
        let (id, _) = try save(
            .feeItems, [.id(community), .text(code), .text(name ?? code)], community: community,
            act: act)
        return FeeItem(id: ID(id), code: code)
    }

    /// Adds a line, known by item, kinds and first day, or brings it up to date.
    public func saveFeeLine(_ line: FeeLine, in community: CommunityID, act: ActID) throws -> Saved
    {
        try save(
            .feeSchedule,
            [
                .id(line.item.id), .text(joined(line.kinds.map(\.rawValue))), .date(line.from),
                .text(line.basis.rawValue), .parts(line.price), .integer(line.cycle),
                .date(line.to), .id(community),
            ], community: community, act: act
        ).1
    }

    /// The whole schedule, past lines too, by item, kinds and first day.
    public func feeLines(of community: CommunityID) throws -> [FeeLine] {
        var lines: [FeeLine] = []
        try forEach(
            """
            SELECT item.id, item.code, basis, price, cycle, kinds, fromDay, toDay
            FROM feeLine JOIN item ON item.id = feeLine.item
            WHERE feeLine.community = ? ORDER BY item.code, kinds, fromDay
            """, [.id(community)]
        ) { row in
            lines.append(
                FeeLine(
                    item: FeeItem(id: row.id(0), code: row.text(1)),
                    basis: FeeLine.Basis(rawValue: row.text(2))!, price: row.quantity(3),
                    cycle: row.integer(4),
                    kinds: Set(split(row.text(5)).compactMap { UnitKind(rawValue: $0) }),
                    from: row.date(6), to: row.optionalDate(7)))
        }
        return lines
    }
}

extension KeyedTable {
    fileprivate static let units = KeyedTable(
        "unit", key: ["community", "code"], fields: ["building", "kind", "area", "handover"])
    fileprivate static let owners = KeyedTable(
        "owner", key: ["community", "code"], fields: ["channels", "language"])
    fileprivate static let persons = KeyedTable(
        "person", key: ["owner"], fields: ["name", "phone", "email", "address"], id: "owner")
    fileprivate static let accounts = KeyedTable(
        "account", key: ["unit", "fromDay"], fields: ["toDay", "agreedRate"], others: ["community"])
    fileprivate static let accountOwners = KeyedTable(
        "accountOwner", key: ["account", "owner"], id: nil)
    fileprivate static let feeItems = KeyedTable(
        "item", key: ["community", "code"], fields: ["name"])
    fileprivate static let feeSchedule = KeyedTable(
        "feeLine", key: ["item", "kinds", "fromDay"], fields: ["basis", "price", "cycle", "toDay"],
        others: ["community"])
}

/// Joined by `;`, in byte order.
func joined(_ parts: some Sequence<String>) -> String {
    parts.sorted(by: inByteOrder).joined(separator: ";")
}

func split(_ text: String) -> [String] { text.split(separator: ";").map(String.init) }
