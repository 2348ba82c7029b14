import Dunning
import FeeLedger
import Interchange
import Primitives
import SQLiteStore
import Synchronization

/// The community that an act speaks of, with what it needs throughout.
struct CommunityContext {
    let id: CommunityID
    let policy: CommunityPolicy
    let items: [ID<FeeItem>: FeeItem]

    /// - Throws: `OfficeError` where the database holds none, or several and none was named.
    init(named code: String?, in session: Session) throws {
        let codes = try session.communityCodes()
        guard let first = codes.first else { throw OfficeError.noCommunity }
        if code == nil, codes.count > 1 { throw OfficeError.severalCommunities(codes: codes) }
        guard let id = try session.community(code: code ?? first) else {
            throw OfficeError.unknownCommunity(code: code!, known: codes)
        }
        try self.init(id, in: session)
    }

    /// - Precondition: the community has a policy, as every imported one does.
    init(_ id: CommunityID, in session: Session) throws {
        self.id = id
        policy = try readPolicy(try session.policyText(of: id)!)
        items = try session.items(of: id).keys.reduce(into: [:]) { $0[$1.id] = $1 }
    }

    /// Walks in chunks, so that memory does not grow with the units.
    func forEachChunk(
        of walk: Walk, scope: ChargeScope, in session: Session, unposted act: ActID? = nil,
        _ body: (UnitChunk) throws -> Void
    ) throws {
        try session.begin(walk)
        var done = 0
        while let chunk = try session.chunk(
            after: done, count: unitsPerChunk, scope: scope, items: items, policy: policy,
            unposted: act)
        {
            try body(chunk)
            done += unitsPerChunk
        }
    }
}

/// What people call the community of that code.
public func communityName(code: String, effects: Effects) throws -> String {
    try effects.store.read { try CommunityContext(named: code, in: $0).policy.name }
}

/// What the text says; the last few are known, since every page asks for its community's.
private func readPolicy(_ text: String) throws -> CommunityPolicy {
    if let known = policies.withLock({ $0[text] }) { return known }
    let read = try PolicyFile.read(text)
    policies.withLock { policies in
        if policies.count >= policiesKept { policies = [:] }
        policies[text] = read
    }
    return read
}

private let policiesKept = 20
private let policies = Mutex<[String: CommunityPolicy]>([:])

let unitsPerChunk = 1_000
