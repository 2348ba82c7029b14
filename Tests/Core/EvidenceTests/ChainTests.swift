import Evidence
import Testing

@Suite struct `The chain` {
    @Test func `writes each item so that no two rows give the same bytes`() {
        var bytes = CanonicalBytes()
        for value in [
            .text("reference"), .text("J001"), .integer(-1000), .null, .bytes([0, 255]), .text("价"),
        ] as [CanonicalValue] { bytes.add(value) }
        let expected =
            Array("t9:reference,t4:J001,i5:-1000,n0:,b2:".utf8) + [0, 255]
            + Array(",t3:价,".utf8)
        #expect(bytes.bytes == expected)
    }

    @Test func `knows the SHA-256 of nothing, and its own digits again`() throws {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect("\(ChainHash(of: []))" == empty)
        #expect(ChainHash(empty)?.bytes == ChainHash(of: []).bytes)
        #expect(
            ChainHash("e3b0c442 98fc1c14 9afbf4c8 996fb924 27ae41e4 649b934c a495991b 7852b855")
                != nil)
        for wrong in ["", "e3", empty + "0", "g" + empty.dropFirst(), "+3" + empty.dropFirst(2)] {
            #expect(ChainHash(wrong) == nil)
        }
    }

    /// A chain of `count` rows, each with its number as its only field.
    private func chain(_ count: Int) -> [(ChainLink, ChainedRow)] {
        var head = ChainHead(of: "FL")
        return (1...count).map { number in
            var row = ChainedRow(kind: "waiver")
            row.add("amount", .integer(number))
            let next = head.followed(by: row)
            defer { head = next }
            return (
                ChainLink(
                    position: next.position, kind: "waiver", subject: number,
                    previous: head.hash, hash: next.hash), row
            )
        }
    }

    private func breaks(_ rows: [(ChainLink, ChainedRow?)]) -> [[ChainBreak]] {
        var walk = ChainWalk(of: "FL")
        return rows.map { walk.visit($0.0, $0.1) }
    }

    @Test func `tells each kind of break at its row`() {
        let whole = chain(4).map { ($0.0, Optional($0.1)) }
        #expect(breaks(whole) == [[], [], [], []])
        var lost = whole
        lost[1].1 = nil
        #expect(breaks(lost) == [[], [.lost], [], []])
        var changed = whole
        changed[2].1?.fields[0] = ChainedRow.Field("amount", .integer(30))
        #expect(breaks(changed) == [[], [], [.changed], []])
        var missing = whole
        missing.remove(at: 1)
        #expect(breaks(missing) == [[], [.missing(after: 1, before: 3)], []])
        #expect(breaks(Array(whole.dropFirst())) == [[.missing(after: 0, before: 2)], [], []])
    }

    @Test func `finds anchors among words, and where the chain was made anew`() {
        let rows = chain(5)
        let heads = rows.map(\.0)
        let text = "Mon, at noon: FL 2 \(heads[1].hash)\nand \(heads[3].hash) too."
        let anchors = ChainAnchor.all(in: text, source: "mail")
        #expect(anchors.map(\.position) == [2, nil] && anchors.map(\.community) == ["FL", nil])
        let late = ChainAnchor(
            community: "FL", position: 4, hash: ChainHash(of: [1]), source: "sheet")
        let beyond = ChainAnchor(
            community: "FL", position: 9, hash: ChainHash(of: [2]), source: "sheet")
        let elsewhere = ChainAnchor(
            community: "GL", position: 1, hash: ChainHash(of: [3]), source: "sheet")
        var search = AnchorSearch(anchors + [late, beyond, elsewhere], of: "FL")
        heads.forEach { search.visit($0) }
        let head = ChainHead(community: "FL", position: 5, hash: heads[4].hash)
        #expect(
            search.findings(at: head) == [
                .holds(anchors[0], at: 2), .holds(anchors[1], at: 4),
                .rewritten(late, rows: 3...4), .cutOff(beyond, end: 5),
            ])
    }

    @Test func `a commitment is its text's and its salt's, and another field's is another`() {
        let salt = [UInt8](1...16)
        let one = commitment(to: "李梅", of: "signer", salt: salt)
        #expect(one == commitment(to: "李梅", of: "signer", salt: salt))
        #expect(one != commitment(to: "李梅", of: "note", salt: salt))
        #expect(one != commitment(to: "李梅", of: "signer", salt: [UInt8](2...17)))
    }

    @Test func `signers are known by what staff write, and a child is none of them`() {
        #expect(SignerRelation(word: "妻子") == .spouse && SignerRelation(word: "Spouse") == .spouse)
        #expect(SignerRelation(word: "adult_child") == .adultChild)
        for word in ["child", "son", "儿子", "未成年子女", "guard", "保安", "neighbour", "邻居", ""] {
            #expect(SignerRelation(word: word) == nil, "\(word)")
        }
        let words = SignerRelation.allCases.map(\.chinese)
        #expect(words.allSatisfy { SignerRelation(word: $0) != nil })
        #expect(Set(words).count == words.count)
    }
}
