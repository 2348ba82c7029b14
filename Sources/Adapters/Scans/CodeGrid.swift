/// A QR code read module by module, at a place that the stub's marks tell: even where a stain or
/// ink hides the patterns by which a scanner would find it.
///
/// The patterns that every code has are drawn anew; what was read of the rest is left to the
/// scanner's error correction.
struct CodeGrid {
    let modules: Int
    private let isDark: [Bool]
    /// The share of the fixed patterns that is as it must be.
    let likeness: Double

    /// The likeliest readings at a stub's place, best first.
    static func readings(of grey: Grey, at place: StubPlace) -> [CodeGrid] {
        let patch = Patch(grey, place)
        var best: [CodeGrid] = []
        for modules in [21, 25, 29, 33] {
            let pattern = FixedPattern(modules: modules)
            var found: [(likeness: Double, left: Double, top: Double)] = []
            for left in stride(from: -0.8, through: 0.8, by: 0.16) {
                for top in stride(
                    from: StubPlan.codeTops.lowerBound, through: StubPlan.codeTops.upperBound,
                    by: 0.16)
                {
                    let x = StubPlan.codeLeft + left
                    found.append((patch.likeness(pattern, left: x, top: top), x, top))
                }
            }
            let likely = found.sorted { $0.likeness > $1.likeness }.prefix(3)
            for (likeness, left, top) in likely where likeness > 0.7 {
                best.append(
                    CodeGrid(patch, pattern, likeness: likeness, left: left, top: top))
            }
        }
        return best.sorted { $0.likeness > $1.likeness }
    }

    private init(
        _ patch: Patch, _ pattern: FixedPattern, likeness: Double, left: Double, top: Double
    ) {
        modules = pattern.modules
        self.likeness = likeness
        let count = pattern.modules
        isDark = (0..<(count * count)).map { place in
            pattern.fixed[place]
                ?? patch.isDark(row: place / count, column: place % count, count, left, top)
        }
    }

    /// The code as it is printed: eight pixels a module, with white around.
    var picture: Grey {
        let side = (modules + 8) * 8
        var bytes = [UInt8](repeating: 255, count: side * side)
        for row in 0..<(modules * 8) {
            for column in 0..<(modules * 8) where isDark[row / 8 * modules + column / 8] {
                bytes[(row + 32) * side + column + 32] = 0
            }
        }
        return Grey(width: side, height: side, bytes: bytes)
    }
}

/// What is the same in every QR code of so many modules: finders, timing, alignment (ISO 18004).
private struct FixedPattern {
    let modules: Int
    /// Dark or not; `nil` where it is the text that decides.
    let fixed: [Bool?]

    init(modules: Int) {
        self.modules = modules
        let last = modules - 7
        var fixed = [Bool?](repeating: nil, count: modules * modules)
        for place in 0..<modules {
            fixed[6 * modules + place] = place % 2 == 0
            fixed[place * modules + 6] = place % 2 == 0
        }
        for (top, left) in [(0, 0), (0, last), (last, 0)] {
            for row in -1...7 where (0..<modules).contains(top + row) {
                for column in -1...7 where (0..<modules).contains(left + column) {
                    let ring = max(abs(row - 3), abs(column - 3))
                    fixed[(top + row) * modules + left + column] = ring != 2 && ring != 4
                }
            }
        }
        if modules > 21 {
            for row in -2...2 {
                for column in -2...2 {
                    let place = (modules - 7 + row) * modules + modules - 7 + column
                    fixed[place] = max(abs(row), abs(column)) != 1
                }
            }
        }
        fixed[(modules - 8) * modules + 8] = true
        self.fixed = fixed
    }
}

/// The part of a stub that holds its code, set upright: so many pixels a millimetre.
private struct Patch {
    private static let scale = 12.0
    private static let left = StubPlan.codeLeft - 2.5
    private static let top = 0.5
    private static let width = 22.0
    private static let height = 30.0
    private let around: Sums
    private let near: Sums

    init(_ grey: Grey, _ place: StubPlace) {
        let (width, height) = (Int(Self.width * Self.scale), Int(Self.height * Self.scale))
        var bytes = [UInt8](repeating: 255, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let at = place.homography.map(
                    Point(
                        x: Self.left + (Double(column) + 0.5) / Self.scale,
                        y: Self.top + (Double(row) + 0.5) / Self.scale))
                bytes[row * width + column] = UInt8(grey.value(at: at) + 0.5)
            }
        }
        near = Sums(Grey(width: width, height: height, bytes: bytes))
        around = near
    }

    /// Darker than what is around it, some four modules to each side.
    func isDark(
        row: Int, column: Int, _ modules: Int, _ left: Double, _ top: Double
    ) -> Bool {
        let module = StubPlan.codeSide / Double(modules)
        let x = Int((left - Self.left + (Double(column) + 0.5) * module) * Self.scale)
        let y = Int((top - Self.top + (Double(row) + 0.5) * module) * Self.scale)
        let inner = near.mean(column: x, row: y, reach: Int(module * Self.scale * 0.25))
        return inner < around.mean(column: x, row: y, reach: Int(module * Self.scale * 4.5))
    }

    func likeness(_ pattern: FixedPattern, left: Double, top: Double) -> Double {
        var (right, all) = (0, 0)
        for (place, wanted) in pattern.fixed.enumerated() {
            guard let wanted else { continue }
            let (row, column) = (place / pattern.modules, place % pattern.modules)
            all += 1
            if isDark(row: row, column: column, pattern.modules, left, top) == wanted { right += 1 }
        }
        return Double(right) / Double(all)
    }
}
