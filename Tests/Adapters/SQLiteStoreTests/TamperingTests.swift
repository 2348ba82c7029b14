import Evidence
import Foundation
import Office
import Primitives
import TestKit
import Testing

@testable import SQLiteStore

/// R8 of QUALITY.md: rows of the chain changed, deleted, inserted and swapped by hand, also with
/// all hashes made anew. `DUNWELL_TAMPERINGS` says how many (default 400).
@Suite struct `Tampering with the chain` {
    static let count =
        ProcessInfo.processInfo.environment["DUNWELL_TAMPERINGS"].flatMap { Int($0) } ?? 400

    @Test func `is found, and the row named, whatever is done`() throws {
        let office = try TamperedOffice()
        let clean = try office.office.effects.store.read {
            try Found($0, office.community, anchors: office.anchors)
        }
        #expect(clean.isNothing)
        var random = SeededGenerator(seed: 20_261_121)
        var found: [String: Int] = [:]
        for number in 0..<Self.count {
            try office.tampered { session in
                let tampering = try Tampering(session, &random)
                let now = try Found(session, office.community)
                #expect(tampering.isNamed(by: now), "\(number): \(tampering) found \(now)")
                if tampering.isNamed(by: now) { found[tampering.name, default: 0] += 1 }
                try session.rehash(office.community)
                let later = try Found(session, office.community, anchors: office.anchors)
                #expect(tampering.isShown(by: later), "\(number) rehashed: \(tampering): \(later)")
            }
        }
        let each = found.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
        let all = found.values.reduce(0, +)
        print("tampering: \(all) of \(Self.count) found: \(each.joined(separator: ", "))")
    }

    /// A twentieth as many as of rows: each reads all files again.
    @Test func `of the files is found, and the file named`() throws {
        let office = try TamperedOffice()
        let folder = office.office.effects.evidence
        let files = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
            .filter { $0.contains(".") }
        var random = SeededGenerator(seed: 7)
        for number in 0..<(Self.count / 20) {
            let file = folder + "/" + files.randomElement(using: &random)!
            let other = folder + "/" + files.randomElement(using: &random)!
            let bytes = try #require(FileManager.default.contents(atPath: file))
            let others = try #require(FileManager.default.contents(atPath: other))
            switch number % 4 {
            case 0:
                var changed = bytes
                changed[Int.random(in: 0..<bytes.count, using: &random)] ^= 1
                try changed.write(to: URL(fileURLWithPath: file))
            case 1: try FileManager.default.removeItem(atPath: file)
            case 2: try (bytes + [0]).write(to: URL(fileURLWithPath: file))
            default:
                try others.write(to: URL(fileURLWithPath: file))
                try bytes.write(to: URL(fileURLWithPath: other))
            }
            let named = try office.brokenFiles()
            let expected = number % 4 == 3 && file == other ? [] : [file]
            #expect(expected.allSatisfy { named.contains(hash(of: $0)) }, "\(number): \(file)")
            try bytes.write(to: URL(fileURLWithPath: file))
            try others.write(to: URL(fileURLWithPath: other))
            #expect(try office.brokenFiles() == [])
        }
    }

    private func hash(of file: String) -> String {
        String(file.split(separator: "/").last!.prefix { $0 != "." })
    }

    @Test func `stays unseen without an anchor where all hashes are made anew`() throws {
        let office = try TamperedOffice()
        try office.tampered { session in
            try session.run("UPDATE waiver SET amount = amount + 100 WHERE id = 1")
            #expect(try !Found(session, office.community).isNothing)
            try session.rehash(office.community)
            #expect(try Found(session, office.community).isNothing)
            let found = try Found(session, office.community, anchors: office.anchors)
            #expect(found.rewritten.count == 2)
        }
    }

    @Test func `of the tail is shown by an anchor`() throws {
        let office = try TamperedOffice()
        try office.tampered { session in
            try session.run("DELETE FROM chainLink WHERE kind = 'stamp'")
            try session.run("DELETE FROM chainStamp")
            #expect(try Found(session, office.community).isNothing)
            let head = try session.chainHead(of: office.community)
            let found = try Found(session, office.community, anchors: office.anchors)
            #expect(found.cutOff == [head.position])
        }
    }
}

/// The same numbers for the same seed.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
        return word ^ (word >> 31)
    }
}
