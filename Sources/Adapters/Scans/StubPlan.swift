/// What stands where on a stub, as `LetterStub` in Letters draws it; millimetres from the left end
/// of the line along which it is torn off.
enum StubPlan {
    static let width = 210.0
    static let height = 64.0
    static let markSide = 2.5
    /// The middles of the four black squares: left above, right above, right below, left below.
    static let marks = [
        Point(x: 11.25, y: 5.25), Point(x: 198.75, y: 5.25), Point(x: 198.75, y: 54.75),
        Point(x: 11.25, y: 54.75),
    ]
    static let codeLeft = 173.0
    static let codeSide = 17.0
    /// The code stands higher where the type is smaller, lower where the words above it need two
    /// lines.
    static let codeTops = 3.0...11.0
    static let codeMiddle = Point(x: codeLeft + codeSide / 2, y: 14)
    /// Where owners sign: above the line, right of its label.
    static let signature = (left: 132.0, right: 188.0, top: 40.2, bottom: 46.5)
}

/// A stub's place in a picture.
struct StubPlace {
    /// From the stub's millimetres to the picture's pixels.
    let homography: Homography
    /// The four marks in the picture; empty where the place was told from the code alone.
    let marks: [Point]

    init(homography: Homography, marks: [Point]) {
        self.homography = homography
        self.marks = marks
    }

    init?(marks: [Point]) {
        guard let homography = Homography(from: StubPlan.marks, to: marks) else { return nil }
        self.homography = homography
        self.marks = marks
    }

    /// From the corners of a code: right near it, and rougher farther off.
    init?(code corners: [Point]) {
        guard corners.count == 4 else { return nil }
        let across = (corners[1] - corners[0] + corners[2] - corners[3]) * 0.5
        let down = (corners[3] - corners[0] + corners[2] - corners[1]) * 0.5
        let middle = (corners[0] + corners[1] + corners[2] + corners[3]) * 0.25
        let side = StubPlan.codeSide
        let seen = StubPlan.marks.map { mark in
            let from = mark - StubPlan.codeMiddle
            return middle + across * (from.x / side) + down * (from.y / side)
        }
        guard let homography = Homography(from: StubPlan.marks, to: seen) else { return nil }
        self.homography = homography
        marks = []
    }

    /// Pixels a millimetre, in its middle.
    var scale: Double {
        let middle = Point(x: StubPlan.width / 2, y: StubPlan.height / 2)
        return abs(homography.growth(at: middle)).squareRoot()
    }

    /// Whether the code lies where this stub has its own.
    func holds(_ code: ReadCode) -> Bool {
        guard code.corners.count == 4 else { return false }
        return (homography.map(StubPlan.codeMiddle) - code.middle).length < 6 * scale
    }
}
