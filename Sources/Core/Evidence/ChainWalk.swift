/// What is wrong with one place of a chain.
public enum ChainBreak: Hashable, Sendable {
    /// Links between two that stand are gone, or before the first (`after` 0).
    case missing(after: Int, before: Int)
    /// The row is not what was chained: it, or its link, was changed, exchanged or put in.
    case changed
    /// The row that the link speaks of is gone.
    case lost
    /// The link does not carry the hash of the one before it.
    case misplaced
}

/// Goes along a chain from its first link to its last, and holds no more than the last one.
public struct ChainWalk: Sendable {
    /// How far it came: position and hash as the last link states them.
    public private(set) var head: ChainHead

    public init(of community: String) { head = ChainHead(of: community) }

    /// Compares the next link with the row that it speaks of, as that stands now.
    ///
    /// After a break the walk goes on from what the link states, so that each break is told once.
    /// - Parameter row: `nil` where it is gone.
    public mutating func visit(_ link: ChainLink, _ row: ChainedRow?) -> [ChainBreak] {
        var breaks: [ChainBreak] = []
        if link.position != head.position + 1 {
            breaks.append(.missing(after: head.position, before: link.position))
        } else if link.previous != head.hash {
            breaks.append(.misplaced)
        }
        if let row {
            let hash = chained(
                row, after: link.previous, at: link.position, in: head.community)
            if row.kind != link.kind || hash != link.hash { breaks.append(.changed) }
        } else {
            breaks.append(.lost)
        }
        head = ChainHead(community: head.community, position: link.position, hash: link.hash)
        return breaks
    }
}

/// A head of the chain that was printed, mailed or stamped: it cannot be changed with the books.
public struct ChainAnchor: Hashable, Sendable {
    /// `nil` where only the hash was written down.
    public let community: String?
    public let position: Int?
    public let hash: ChainHash
    /// Where it comes from, to be named.
    public let source: String

    public init(community: String?, position: Int?, hash: ChainHash, source: String) {
        self.community = community
        self.position = position
        self.hash = hash
        self.source = source
    }

    /// The anchors that a text holds: `CODE POSITION HASH`, or a hash alone, anywhere among words.
    public static func all(in text: String, source: String) -> [ChainAnchor] {
        let words = text.split { $0.isWhitespace }
        return words.indices.compactMap { place in
            guard words[place].utf8.count == 64, let hash = ChainHash(String(words[place])) else {
                return nil
            }
            let position = place >= 1 ? Int(words[place - 1]) : nil
            let community = place >= 2 && position != nil ? String(words[place - 2]) : nil
            return ChainAnchor(
                community: community, position: position, hash: hash, source: source)
        }
    }
}

/// Looks for anchors along a walk, and tells between which rows a chain was written anew.
public struct AnchorSearch: Sendable {
    public enum Finding: Hashable, Sendable {
        /// The chain has the anchor's hash there.
        case holds(ChainAnchor, at: Int)
        /// The chain ends before the anchor's position.
        case cutOff(ChainAnchor, end: Int)
        /// Another hash stands there: a row of these was changed, and the hashes were made anew.
        case rewritten(ChainAnchor, rows: ClosedRange<Int>)
        /// No row has the hash: the chain was written anew somewhere, or this is not its anchor.
        case nowhere(ChainAnchor)
    }

    private let anchors: [ChainAnchor]
    private var places: [Int: Int] = [:]

    /// - Parameter anchors: those of other communities are passed over.
    public init(_ anchors: [ChainAnchor], of community: String) {
        self.anchors = anchors.filter { $0.community == nil || $0.community == community }
    }

    /// Compares the next link of the walk with the anchors.
    public mutating func visit(_ link: ChainLink) {
        for (index, anchor) in anchors.enumerated()
        where anchor.hash == link.hash && (anchor.position ?? link.position) == link.position {
            places[index] = link.position
        }
    }

    /// - Parameter head: where the walk ended.
    public func findings(at head: ChainHead) -> [Finding] {
        anchors.enumerated().map { index, anchor in
            if let place = places[index] { return .holds(anchor, at: place) }
            if anchor.position == 0, anchor.hash == ChainHead(of: head.community).hash {
                return .holds(anchor, at: 0)
            }
            guard let position = anchor.position else { return .nowhere(anchor) }
            if position > head.position { return .cutOff(anchor, end: head.position) }
            let good = places.values.filter { $0 < position }.max() ?? 0
            return .rewritten(anchor, rows: (good + 1)...max(good + 1, position))
        }
    }
}
