internal import Glibc

/// A small black square in a picture.
struct Mark {
    let middle: Point
    /// In pixels.
    let area: Double
    /// How little its shape is a square's: 0 for a perfect one.
    let strangeness: Double
}

/// Finds small black shapes that may be marks: solid, about as wide as high, with white around.
func findMarks(in grey: Grey) -> [Mark] {
    let reach = max(12, max(grey.width, grey.height) / 45)
    var shapes = ShapeWalk(grey.blackened(reach: reach, percent: 72))
    return shapes.marks().sorted { $0.strangeness < $1.strangeness }
}

/// Walks over the black shapes of a picture.
private struct ShapeWalk {
    private let width, height: Int
    private let isBlack: [Bool]
    private var isSeen: [Bool]
    private let least = 22
    private let most: Int

    init(_ picture: Grey) {
        width = picture.width
        height = picture.height
        isBlack = picture.bytes.map { $0 == 0 }
        isSeen = [Bool](repeating: false, count: picture.bytes.count)
        let side = max(width, height) / 35
        most = side * side
    }

    mutating func marks() -> [Mark] {
        var marks: [Mark] = []
        var shape: [Int] = []
        for start in isBlack.indices where isBlack[start] && !isSeen[start] {
            fill(from: start, &shape)
            if shape.count >= least, shape.count <= most, let mark = mark(shape) {
                marks.append(mark)
            }
        }
        return marks
    }

    private mutating func fill(from start: Int, _ shape: inout [Int]) {
        shape.removeAll(keepingCapacity: true)
        shape.append(start)
        isSeen[start] = true
        var next = 0
        while next < shape.count {
            let place = shape[next]
            next += 1
            let column = place % width
            visit(place - width, if: place >= width, &shape)
            visit(place + width, if: place + width < isBlack.count, &shape)
            visit(place - 1, if: column > 0, &shape)
            visit(place + 1, if: column < width - 1, &shape)
        }
    }

    private mutating func visit(_ place: Int, if isThere: Bool, _ shape: inout [Int]) {
        guard isThere, isBlack[place], !isSeen[place] else { return }
        isSeen[place] = true
        shape.append(place)
    }

    /// By its moments: a solid parallelogram's area is twelve times the root of their determinant.
    private func mark(_ shape: [Int]) -> Mark? {
        let count = Double(shape.count)
        var sum = Point(x: 0, y: 0)
        for place in shape {
            let (column, row) = (place % width, place / width)
            sum = sum + Point(x: Double(column), y: Double(row))
        }
        let middle = sum * (1 / count)
        var (across, down, both) = (1.0 / 12, 1.0 / 12, 0.0)
        for place in shape {
            let from = Point(x: Double(place % width), y: Double(place / width)) - middle
            across += from.x * from.x / count
            down += from.y * from.y / count
            both += from.x * from.y / count
        }
        let determinant = across * down - both * both
        let solidity = count / (12 * determinant.squareRoot())
        let half = (across + down) / 2
        let spread = (half * half - determinant).squareRoot()
        let slenderness = ((half + spread) / max(half - spread, 0.01)).squareRoot()
        guard (0.82...1.12).contains(solidity), slenderness < 1.75,
            isAlone(middle, shape.count)
        else { return nil }
        return Mark(
            middle: middle, area: count,
            strangeness: abs(solidity - 1) * 3 + (slenderness - 1))
    }

    /// Whether there is next to nothing black around it, within 1.2 of its sides of its middle.
    private func isAlone(_ middle: Point, _ own: Int) -> Bool {
        let reach = 1.2 * Double(own).squareRoot()
        let (left, right) = (Int(middle.x - reach), Int(middle.x + reach) + 1)
        let (top, bottom) = (Int(middle.y - reach), Int(middle.y + reach) + 1)
        guard left >= 0, top >= 0, right < width, bottom < height else { return false }
        var black = 0
        for row in top...bottom {
            for column in left...right where isBlack[row * width + column] {
                let from = Point(x: Double(column), y: Double(row)) - middle
                if from.length <= reach { black += 1 }
            }
        }
        return black - own <= max(2, own / 8)
    }
}

/// Every way in which four of the marks can be those of a stub, the likeliest first. A stub is
/// found both ways up; only its code tells which is right.
func stubPlaces(of marks: [Mark]) -> [(place: StubPlace, error: Double)] {
    let marks = Array(marks.prefix(120))
    var found: [(place: StubPlace, error: Double)] = []
    for above in marks {
        for below in marks where isSide(above, below, ratios: 14...28, areas: 2) {
            for right in marks where isSide(above, right, ratios: 48...110, areas: 4.5) {
                let (across, down) = (right.middle - above.middle, below.middle - above.middle)
                let sine = across.cross(down) / (across.length * down.length)
                guard sine > 0.8 else { continue }
                let expected = right.middle + down
                let reach = 0.25 * down.length + 0.12 * across.length
                for last in marks where (last.middle - expected).length < reach {
                    let four = [above, right, last, below]
                    if let fit = fitted(four) { found.append(fit) }
                }
            }
        }
    }
    return found.sorted { $0.error < $1.error }
}

/// The place of a stub whose code was read: by those of its marks that are to be seen, at least
/// three.
func stubPlace(of code: ReadCode, marks: [Mark]) -> StubPlace? {
    guard let rough = StubPlace(code: code.corners) else { return nil }
    let near = StubPlan.marks.map {
        rough.marks(at: $0, among: marks).prefix(4).map(Optional.some) + [nil]
    }
    var best: (place: StubPlace, error: Double)?
    for first in near[0] {
        for second in near[1] {
            for third in near[2] {
                for fourth in near[3] {
                    let four = [first, second, third, fourth]
                    if let fit = fitted(four, code), fit.error < best?.error ?? .infinity {
                        best = fit
                    }
                }
            }
        }
    }
    return best?.place
}

/// The rough place of a stub whose code was read, where one of the two marks near the code is seen.
///
/// `nil` is a code of which no stub is in the picture: the one in a letter's head has none of them.
func roughPlace(of code: ReadCode, marks: [Mark]) -> StubPlace? {
    guard let rough = StubPlace(code: code.corners) else { return nil }
    return StubPlan.marks[1...2].contains { !rough.marks(at: $0, among: marks).isEmpty }
        ? rough : nil
}

extension StubPlace {
    /// Those which can be the one at this point of the plan, where the place is known roughly.
    fileprivate func marks(at point: Point, among marks: [Mark]) -> [Mark] {
        let reach = (4 + 0.2 * (point - StubPlan.codeMiddle).length) * scale
        let wanted = homography.map(point)
        let size = scale * scale * StubPlan.markSide * StubPlan.markSide
        return marks.filter {
            ($0.middle - wanted).length < reach && (0.3...2.5).contains($0.area / size)
        }
    }
}

/// Three marks and the code's middle, or four marks where the code lies as it must.
private func fitted(_ four: [Mark?], _ code: ReadCode) -> (place: StubPlace, error: Double)? {
    let seen = zip(four, StubPlan.marks).compactMap { mark, point in mark.map { ($0, point) } }
    guard seen.count >= 3 else { return nil }
    var source = seen.map(\.1)
    var target = seen.map(\.0.middle)
    if seen.count == 3 {
        source.append(StubPlan.codeMiddle)
        target.append(code.middle)
    }
    guard let homography = Homography(from: source, to: target) else { return nil }
    let place = StubPlace(homography: homography, marks: seen.map(\.0.middle))
    // The code's sides, wherever it stands: its corners are where two places above tell.
    let side = StubPlan.codeSide
    let wide = homography.map(StubPlan.codeMiddle + Point(x: side / 2, y: 0))
    let narrow = homography.map(StubPlan.codeMiddle - Point(x: side / 2, y: 0))
    let across = ((code.corners[1] + code.corners[2]) - (code.corners[0] + code.corners[3])) * 0.5
    var error = ((wide - narrow) - across).length / across.length
    guard place.holds(code), error < 0.15 else { return nil }
    for (mark, point) in seen {
        guard homography.isBefore(point) else { return nil }
        let wanted = homography.growth(at: point) * StubPlan.markSide * StubPlan.markSide
        guard wanted > 0, (0.45...2.1).contains(mark.area / wanted) else { return nil }
        error += (abs(log(mark.area / wanted)) + mark.strangeness) / 4
    }
    return (place, error + (seen.count == 3 ? 0.6 : 0))
}

/// Whether two marks are so far apart, in sides of a mark, and of like area.
private func isSide(
    _ one: Mark, _ other: Mark, ratios: ClosedRange<Double>, areas: Double
) -> Bool {
    let side = (one.area * other.area).squareRoot().squareRoot()
    let ratio = (one.middle - other.middle).length / side
    let growth = max(one.area, other.area) / min(one.area, other.area)
    return ratios.contains(ratio) && growth < areas
}

/// Where each mark is as large as a camera that sees all four must see it.
private func fitted(_ four: [Mark]) -> (place: StubPlace, error: Double)? {
    guard let place = StubPlace(marks: four.map(\.middle)) else { return nil }
    var error = 0.0
    for (mark, point) in zip(four, StubPlan.marks) {
        guard place.homography.isBefore(point) else { return nil }
        let growth = place.homography.growth(at: point)
        let wanted = growth * StubPlan.markSide * StubPlan.markSide
        guard wanted > 0, (0.5...1.9).contains(mark.area / wanted) else { return nil }
        error += abs(log(mark.area / wanted)) + mark.strangeness
    }
    return (place, error)
}
