/// What is seen of one stub on a page.
public struct SeenStub: Sendable {
    /// What its code says; `nil` where it cannot be read.
    public let text: String?
    /// Whether the stub itself was found, by three marks or more, and not its code beside one.
    public let isWhole: Bool
    /// The share of ink where owners sign, per mille; `nil` where the stub itself was not found. A
    /// hint: whether somebody signed is for people to see.
    public let ink: Int?
    /// The stub, cut out and set upright, as a PNG.
    public let cutting: [UInt8]
}

/// What is seen on one page.
public struct SeenPage: Sendable {
    /// At most one of each text.
    public let stubs: [SeenStub]
    /// What codes of ours say around which there is no stub: those in letters' heads.
    public let heads: [String]
    /// What codes say that are none of ours.
    public let foreign: [String]
}

/// Finds the stubs on scanned pages. For one thread at a time.
public final class StubReader {
    private let isNumber: (String) -> Bool
    private let scanner = CodeScanner()

    /// - Parameter isNumber: whether a text is a notice number, as far as its own digits tell.
    public init(isNumber: @escaping (_ text: String) -> Bool) { self.isNumber = isNumber }

    /// The stubs on a page, from above downward. Easy pages are read at once; for hard ones ever
    /// more is tried.
    ///
    /// - Parameter page: from 1.
    public func read(_ file: ScanFile, page: Int) throws(ScanError) -> SeenPage {
        guard var seen = try look(at: file, page, dpi: 200) else {
            return SeenPage(stubs: [], heads: [], foreign: [])
        }
        if file.kind == .pdf, !seen.isDone, let closer = try look(at: file, page, dpi: 300) {
            seen = closer
        }
        return SeenPage(stubs: seen.stubs, heads: seen.heads, foreign: seen.foreign)
    }

    private func look(at file: ScanFile, _ page: Int, dpi: Double) throws(ScanError) -> PageLook? {
        guard let raster = try file.pixels(ofPage: page, dpi: dpi) else { return nil }
        var look = PageLook(raster, scanner: scanner, isNumber: isNumber)
        look.search()
        return look
    }
}

/// One page under search.
private struct PageLook {
    private let raster: Raster
    private let lightest: Grey
    private let scanner: CodeScanner
    private let isNumber: (String) -> Bool
    /// By text: a letter's number stands in its head and on its stub.
    private var codes: [String: [ReadCode]] = [:]
    private(set) var foreign: [String] = []
    private var marks: [Mark] = []
    private var places: [(place: StubPlace, error: Double)] = []
    /// By text.
    private var whole: [String: StubPlace] = [:]
    /// Stubs whose code nothing could read.
    private var unread: [StubPlace] = []

    init(_ raster: Raster, scanner: CodeScanner, isNumber: @escaping (String) -> Bool) {
        self.raster = raster
        self.scanner = scanner
        self.isNumber = isNumber
        lightest = raster.lightest
    }

    /// Whether something was read, and nothing is left that looks like a stub.
    var isDone: Bool { !codes.isEmpty && unread.isEmpty }

    mutating func search() {
        let small = lightest.reduced(toSide: easySide)
        scan(small)
        findPlaces(in: small)
        scan(small.blackened(reach: max(8, easySide / 60), percent: 80))
        settle()
        for attempt in 0..<Self.attempts where !isDone {
            let (picture, degrees) = harder(attempt, small)
            scan(picture, turnedBy: degrees)
            settle()
        }
    }

    private static let attempts = 6

    /// What is tried where the easy way found too little, in turn.
    private func harder(_ attempt: Int, _ small: Grey) -> (picture: Grey, turnedBy: Double) {
        switch attempt {
        case 0: (lightest, 0)
        case 1: (raster.green, 0)
        case 2: (lightest.blackened(reach: max(10, lightest.width / 60), percent: 80), 0)
        case 3: (small.turned(byDegrees: 20), 20)
        case 4: (small.width * small.height < 3_000_000 ? small.doubled : small, 0)
        default: (small.turned(byDegrees: -33), -33)
        }
    }

    private mutating func scan(_ grey: Grey, turnedBy degrees: Double = 0) {
        let factor = Double(lightest.width) / Double(grey.width)
        for code in scanner.codes(in: grey) {
            guard isNumber(code.text) else {
                if !foreign.contains(code.text) { foreign.append(code.text) }
                continue
            }
            let corners = code.corners.map { grey.place(of: $0, turnedBy: degrees) * factor }
            let scaled = ReadCode(text: code.text, corners: corners)
            let known = codes[code.text, default: []]
            if !known.contains(where: { $0.isNear(scaled) }) { codes[code.text] = known + [scaled] }
        }
    }

    private mutating func findPlaces(in small: Grey) {
        let factor = Double(lightest.width) / Double(small.width)
        marks = findMarks(in: small).map {
            Mark(
                middle: $0.middle * factor, area: $0.area * factor * factor,
                strangeness: $0.strangeness)
        }
        places = stubPlaces(of: marks)
    }

    /// Brings codes and places together; what is left of the places is read module by module.
    private mutating func settle() {
        whole = [:]
        unread = []
        var free = places
        func take(_ place: StubPlace) {
            free.removeAll { !Set($0.place.marks).isDisjoint(with: place.marks) }
        }
        for (text, code) in occurrences where whole[text] == nil {
            if let place = free.first(where: { $0.place.holds(code) })?.place {
                whole[text] = place
                take(place)
            }
        }
        for (text, code) in occurrences where whole[text] == nil {
            if let place = stubPlace(of: code, marks: marks) {
                whole[text] = place
                take(place)
            }
        }
        while let place = free.first?.place {
            let sameMarks = free.filter { Set($0.place.marks) == Set(place.marks) }
            var best: (place: StubPlace, likeness: Double)?
            var isRead = false
            for candidate in sameMarks where !isRead {
                for grid in CodeGrid.readings(of: lightest, at: candidate.place) where !isRead {
                    if grid.likeness > best?.likeness ?? 0.75 {
                        best = (candidate.place, grid.likeness)
                    }
                    let text = scanner.codes(in: grid.picture).map(\.text).first { isNumber($0) }
                    guard let text else { continue }
                    codes[text] = codes[text] ?? []
                    whole[text] = candidate.place
                    isRead = true
                }
            }
            if !isRead, let best { unread.append(best.place) }
            take(place)
        }
    }

    /// The codes, of one text the lowest on its sheet first: that is the stub's.
    private var occurrences: [(text: String, code: ReadCode)] {
        codes.sorted { $0.key < $1.key }.flatMap { text, codes in
            codes.sorted { $0.isBelow($1) }.map { (text, $0) }
        }
    }

    // MARK: - What was seen

    var stubs: [SeenStub] {
        var stubs: [(y: Double, stub: SeenStub)] = []
        for text in codes.keys.sorted() {
            if let place = whole[text] ?? roughPlace(of: text) { stubs.append(seen(text, place)) }
        }
        for place in unread { stubs.append(seen(nil, place)) }
        return stubs.sorted { $0.y < $1.y }.map(\.stub)
    }

    var heads: [String] {
        codes.filter { text, codes in
            !codes.isEmpty && whole[text] == nil && roughPlace(of: text) == nil
        }.keys.sorted()
    }

    private func roughPlace(of text: String) -> StubPlace? {
        for (other, code) in occurrences where other == text {
            if let place = Scans.roughPlace(of: code, marks: marks) { return place }
        }
        return nil
    }

    private func seen(_ text: String?, _ place: StubPlace) -> (y: Double, stub: SeenStub) {
        let cutting = Cutting(of: raster, place)
        let stub = SeenStub(
            text: text, isWhole: !place.marks.isEmpty, ink: cutting.ink,
            cutting: cutting.raster.png)
        return (place.homography.map(StubPlan.codeMiddle).y, stub)
    }
}

/// Pixels on the longer side with which a sheet's codes are still read.
private let easySide = 2_400
