import FoundationEssentials
import Primitives
import SQLiteStore
import TestKit
import Testing

@Suite struct `A form` {
    private let office = try! TestOffice()
    private let community: CommunityID

    init() throws {
        community = try office.effects.store.write { try $0.addCommunity(code: "FL") }
    }

    private func act(_ store: Store, _ detail: String = "") throws {
        let (community, now) = (community, office.effects.now().description)
        try store.write {
            _ = try $0.addAct(
                community: community, kind: "test", by: "Li", at: now, detail: detail)
        }
    }

    private func acts() throws -> Int {
        try Int(office.effects.store.value("SELECT count(*) FROM act")) ?? -1
    }

    @Test func `has one effect, whoever posts it 50 times at once`() async throws {
        let (office, community) = (office, community)
        let done = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    let store = try Store(path: office.database, create: false)
                    do {
                        try store.taking(FormUse(token: "one")).write {
                            _ = try $0.addAct(
                                community: community, kind: "test", by: "Li", at: "", detail: "")
                        }
                        return true
                    } catch StoreError.formUsed {
                        return false
                    }
                }
            }
            return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
        }
        #expect(done == 1)
        #expect(try acts() == 1)
    }

    @Test func `goes on in later transactions of the same request, also after one that failed`()
        throws
    {
        struct Broken: Error {}
        let store = office.effects.store.taking(FormUse(token: "long"))
        #expect(throws: Broken.self) {
            try store.write {
                _ = try $0.addAct(
                    community: community, kind: "test", by: "Li", at: "", detail: "")
                throw Broken()
            }
        }
        #expect(try office.effects.store.read { try $0.use(ofForm: "long") } == nil)
        try store.write { session in
            for _ in 0..<2 {
                _ = try session.addAct(
                    community: community, kind: "test", by: "Li", at: "", detail: "")
            }
        }
        for _ in 0..<3 { try act(store) }
        #expect(try acts() == 5)
        #expect {
            try act(office.effects.store.taking(FormUse(token: "long")))
        } throws: {
            if case StoreError.formUsed = $0 { true } else { false }
        }
        try act(office.effects.store.taking(FormUse(token: "another")))
        try act(office.effects.store)
        #expect(try acts() == 7)
    }

    @Test func `is not used by a trial, and knows to which page it led first`() throws {
        let store = office.effects.store
        try store.taking(FormUse(token: "a")).tryOut {
            _ = try $0.addAct(community: community, kind: "test", by: "Li", at: "", detail: "")
        }
        #expect(try store.read { try $0.use(ofForm: "a") } == nil)
        try store.write { try $0.keepLocation("/nowhere", ofForm: "a") }
        try act(store.taking(FormUse(token: "a")))
        #expect(try store.read { try $0.use(ofForm: "a") }?.location == nil)
        for page in ["/receipts/1", "/receipts/2"] {
            try store.write { try $0.keepLocation(page, ofForm: "a") }
        }
        #expect(try store.read { try $0.use(ofForm: "a") }?.location == "/receipts/1")
    }
}
