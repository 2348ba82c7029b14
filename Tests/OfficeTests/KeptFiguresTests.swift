import Primitives
import SQLiteStore
import Synchronization
import TestKit
import Testing

@testable import Office

@Suite struct `Figures that take long to count` {
    private let office: TestOffice
    private let figures = KeptFigures<Int>(most: 2)
    private let counted = Counted()

    /// How often they were counted.
    private final class Counted: Sendable {
        private let number = Mutex(0)
        var times: Int { number.withLock { $0 } }
        func next() -> Int {
            number.withLock {
                $0 += 1
                return $0
            }
        }
    }

    init() throws {
        office = try TestOffice()
        try office.take(MapleCourt.files)
    }

    private func value(_ effects: Effects? = nil, on day: String = "2026-11-21") throws -> Int {
        let effects = effects ?? office.effects
        return try figures.value(of: .init(effects, asOf: date(day)), effects: effects) { _ in
            counted.next()
        }
    }

    private func change() throws {
        try office.effects.store.write { session in
            let community = try session.community(code: "FL")!
            _ = try session.addAct(
                community: community, kind: "test", by: "Li", at: "", detail: "")
        }
    }

    @Test func `are counted once as long as nothing changes, and for the last few dates`() throws {
        for _ in 0..<3 { #expect(try value() == 1) }
        try change()
        for _ in 0..<3 { #expect(try value() == 2) }
        #expect(try value(on: "2026-11-22") == 3)
        #expect(try value(on: "2026-11-23") == 4)
        #expect(try value(on: "2026-11-22") == 3)
        #expect(try value() == 5)
    }

    @Test func `are not counted anew for what is written aside, and are for all else`() throws {
        let token = "a form"
        let store = office.effects.store
        let community = try store.read { try $0.community(code: "FL")! }
        try store.taking(FormUse(token: token)).write { session in
            _ = try session.addAct(
                community: community, kind: "test", by: "Li", at: "", detail: "")
        }
        #expect(try value() == 1)
        // The second writes nothing: the next change is another's.
        for _ in 0..<2 { try store.writeAside { try $0.keepLocation("/", ofForm: token) } }
        #expect(try value() == 1)
        let other = try office.reopened()
        #expect(try value(other) == 1)
        try change()
        #expect(try value() == 2)
        try store.writeAside(waitingAtMost: 0) { try $0.keepLocation("/", ofForm: "none") }
        try change()
        #expect(try value() == 3)
    }

    @Test func `need not be waited for by whoever knows of no later change`() throws {
        #expect(try value() == 1)
        let before = try changeCount(effects: office.effects)
        try change()
        let now = try changeCount(effects: office.effects)
        #expect(before < now)
        let other = try office.reopened()
        let key = KeptFigures<Int>.Key(office.effects, asOf: date("2026-11-21"))
        let new = try figures.value(of: key, effects: office.effects) { _ in
            // While they are counted, another asks.
            let meanwhile = try value(other.knowing(change: before))
            #expect(meanwhile == 1)
            return counted.next()
        }
        #expect(new == 2)
        #expect(try value(other.knowing(change: before)) == 2)
        #expect(try value(other.knowing(change: now)) == 2)
    }

    @Test func `are counted by one, however many ask at once`() async throws {
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                let effects = try office.reopened()
                group.addTask { try value(effects) }
            }
            for try await found in group { #expect(found == 1) }
        }
        #expect(counted.times == 1)
    }
}
