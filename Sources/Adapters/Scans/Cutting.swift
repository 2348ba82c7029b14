/// A stub cut out of a page, and set upright.
struct Cutting {
    let raster: Raster
    /// See `SeenStub`.
    let ink: Int?

    init(of page: Raster, _ place: StubPlace) {
        let isWhole = !place.marks.isEmpty
        // From the code alone the place is known roughly: more is cut out, so that nothing is lost.
        let margin = isWhole ? 1.5 : 10
        let scale = min(max(place.scale, 3), 8)
        let frame = Frame(
            left: -margin, top: -margin, scale: scale,
            width: Int((StubPlan.width + 2 * margin) * scale),
            height: Int((StubPlan.height + 2 * margin) * scale))
        raster = page.cut(frame, place.homography)
        ink = isWhole ? raster.ink(frame) : nil
    }
}

/// Where a cutting lies on the stub, in millimetres, and its pixels a millimetre.
private struct Frame {
    let left, top, scale: Double
    let width, height: Int

    func point(column: Int, row: Int) -> Point {
        Point(x: left + (Double(column) + 0.5) / scale, y: top + (Double(row) + 0.5) / scale)
    }

    func column(_ x: Double) -> Int { Int((x - left) * scale) }
    func row(_ y: Double) -> Int { Int((y - top) * scale) }
}

extension Raster {
    /// What lies beyond the page is white.
    fileprivate func cut(_ frame: Frame, _ homography: Homography) -> Raster {
        var result = [UInt8](repeating: 255, count: frame.width * frame.height * 3)
        for row in 0..<frame.height {
            for column in 0..<frame.width {
                let point = frame.point(column: column, row: row)
                guard homography.isBefore(point) else { continue }
                copy(homography.map(point), to: &result, 3 * (row * frame.width + column))
            }
        }
        return Raster(width: frame.width, height: frame.height, bytes: result)
    }

    /// Between the four pixels around the point, evenly.
    private func copy(_ point: Point, to target: inout [UInt8], _ place: Int) {
        guard point.x >= 0, point.y >= 0, point.x < Double(width - 1), point.y < Double(height - 1)
        else { return }
        let (column, row) = (Int(point.x), Int(point.y))
        let (across, down) = (point.x - Double(column), point.y - Double(row))
        let upper = 3 * (row * width + column)
        let lower = upper + 3 * width
        for part in 0..<3 {
            let above =
                Double(bytes[upper + part]) * (1 - across)
                + Double(bytes[upper + 3 + part]) * across
            let below =
                Double(bytes[lower + part]) * (1 - across)
                + Double(bytes[lower + 3 + part]) * across
            target[place + part] = UInt8(above * (1 - down) + below * down + 0.5)
        }
    }

    /// Per mille of the signature's room that is much darker than its paper.
    fileprivate func ink(_ frame: Frame) -> Int {
        let room = StubPlan.signature
        var greens: [UInt8] = []
        for row in frame.row(room.top)..<frame.row(room.bottom) {
            for column in frame.column(room.left)..<frame.column(room.right) {
                greens.append(bytes[3 * (row * width + column) + 1])
            }
        }
        let paper = Int(greens.sorted()[greens.count * 3 / 4])
        return greens.filter { Int($0) * 100 < paper * 68 }.count * 1_000 / greens.count
    }
}
