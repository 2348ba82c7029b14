struct Point: Hashable {
    var x, y: Double

    static func - (one: Point, other: Point) -> Point {
        Point(x: one.x - other.x, y: one.y - other.y)
    }
    static func + (one: Point, other: Point) -> Point {
        Point(x: one.x + other.x, y: one.y + other.y)
    }
    static func * (point: Point, factor: Double) -> Point {
        Point(x: point.x * factor, y: point.y * factor)
    }
    var length: Double { (x * x + y * y).squareRoot() }
    /// The area that two sides span; positive where `other` lies clockwise, y pointing down.
    func cross(_ other: Point) -> Double { x * other.y - y * other.x }
}

/// How a plane sheet is seen by a camera: maps its points to those of the picture.
struct Homography {
    /// Row by row; the ninth is 1.
    private let parts: [Double]

    /// `nil` where three of the points lie on one line.
    init?(from source: [Point], to target: [Point]) {
        precondition(source.count == 4 && target.count == 4)
        var rows: [[Double]] = []
        for (from, to) in zip(source, target) {
            rows.append([from.x, from.y, 1, 0, 0, 0, -to.x * from.x, -to.x * from.y, to.x])
            rows.append([0, 0, 0, from.x, from.y, 1, -to.y * from.x, -to.y * from.y, to.y])
        }
        guard let solution = solved(rows) else { return nil }
        parts = solution + [1]
    }

    func map(_ point: Point) -> Point {
        let depth = parts[6] * point.x + parts[7] * point.y + parts[8]
        return Point(
            x: (parts[0] * point.x + parts[1] * point.y + parts[2]) / depth,
            y: (parts[3] * point.x + parts[4] * point.y + parts[5]) / depth)
    }

    /// By what a small area about the point grows; negative where it is mirrored.
    func growth(at point: Point) -> Double {
        let here = map(point)
        let right = map(point + Point(x: 0.1, y: 0)) - here
        let below = map(point + Point(x: 0, y: 0.1)) - here
        return right.cross(below) * 100
    }

    /// Whether the point lies before the camera, as the sheet's origin does.
    func isBefore(_ point: Point) -> Bool {
        parts[6] * point.x + parts[7] * point.y + parts[8] > 0.05
    }
}

/// Solves eight equations; `nil` where they do not determine one solution.
private func solved(_ equations: [[Double]]) -> [Double]? {
    var rows = equations
    let count = rows.count
    for column in 0..<count {
        let pivot = (column..<count).max { abs(rows[$0][column]) < abs(rows[$1][column]) }!
        guard abs(rows[pivot][column]) > 1e-9 else { return nil }
        rows.swapAt(column, pivot)
        for row in 0..<count where row != column {
            let factor = rows[row][column] / rows[column][column]
            if factor == 0 { continue }
            for place in column...count { rows[row][place] -= factor * rows[column][place] }
        }
    }
    return (0..<count).map { rows[$0][count] / rows[$0][$0] }
}
