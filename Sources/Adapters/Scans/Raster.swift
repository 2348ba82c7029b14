internal import Glibc

/// A picture of red, green and blue bytes, row by row.
struct Raster {
    let width, height: Int
    var bytes: [UInt8]

    init(width: Int, height: Int, bytes: [UInt8]) {
        precondition(bytes.count == width * height * 3)
        self.width = width
        self.height = height
        self.bytes = bytes
    }

    /// The lightest of the three colours at each place: red seals and blue ink grow pale, what is
    /// printed black stays black.
    var lightest: Grey {
        grey { max($0, max($1, $2)) }
    }

    /// Green alone: what the eye takes for light and dark.
    var green: Grey {
        grey { _, green, _ in green }
    }

    private func grey(_ mix: (UInt8, UInt8, UInt8) -> UInt8) -> Grey {
        let count = width * height
        let mixed = [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            bytes.withUnsafeBufferPointer { source in
                for place in 0..<count {
                    target[place] = mix(
                        source[3 * place], source[3 * place + 1], source[3 * place + 2])
                }
            }
            filled = count
        }
        return Grey(width: width, height: height, bytes: mixed)
    }

    /// Each pixel from another place.
    /// - Parameter source: the place, from 0, of the pixel that comes to column and row.
    func rearranged(
        width: Int, height: Int, _ source: (_ column: Int, _ row: Int) -> Int
    ) -> Raster {
        var result = [UInt8](repeating: 0, count: width * height * 3)
        for row in 0..<height {
            for column in 0..<width {
                let from = 3 * source(column, row)
                let to = 3 * (row * width + column)
                for part in 0..<3 { result[to + part] = bytes[from + part] }
            }
        }
        return Raster(width: width, height: height, bytes: result)
    }

    /// As many pixels as `ScanLimits` want at most: by halves.
    func withinReason() -> Raster {
        var raster = self
        while raster.width * raster.height > ScanLimits.pixelsWanted { raster = raster.halved() }
        return raster
    }

    private func halved() -> Raster {
        let width = max(1, self.width / 2)
        let height = max(1, self.height / 2)
        let right = self.width > 1 ? 3 : 0
        let below = self.height > 1 ? 3 * self.width : 0
        var result = [UInt8](repeating: 0, count: width * height * 3)
        bytes.withUnsafeBufferPointer { source in
            for row in 0..<height {
                for column in 0..<width {
                    let from = 3 * (2 * row * self.width + 2 * column)
                    for part in 0..<3 {
                        let place = from + part
                        let sum =
                            Int(source[place]) + Int(source[place + right])
                            + Int(source[place + below]) + Int(source[place + below + right])
                        result[3 * (row * width + column) + part] = UInt8(sum / 4)
                    }
                }
            }
        }
        return Raster(width: width, height: height, bytes: result)
    }
}

/// A grey picture; 0 is black.
struct Grey {
    let width, height: Int
    var bytes: [UInt8]

    /// At most so long on its longer side; smaller ones stay as they are. Each pixel is the mean of
    /// those that it stands for.
    func reduced(toSide longest: Int) -> Grey {
        let side = max(width, height)
        guard side > longest else { return self }
        let newWidth = max(1, width * longest / side)
        let newHeight = max(1, height * longest / side)
        var result = [UInt8](repeating: 0, count: newWidth * newHeight)
        bytes.withUnsafeBufferPointer { source in
            for row in 0..<newHeight {
                let top = row * height / newHeight
                let bottom = max(top + 1, ((row + 1) * height + newHeight - 1) / newHeight)
                for column in 0..<newWidth {
                    let left = column * width / newWidth
                    let right = max(left + 1, ((column + 1) * width + newWidth - 1) / newWidth)
                    var sum = 0
                    for y in top..<bottom {
                        for x in left..<right { sum += Int(source[y * width + x]) }
                    }
                    let count = (bottom - top) * (right - left)
                    result[row * newWidth + column] = UInt8(sum / count)
                }
            }
        }
        return Grey(width: newWidth, height: newHeight, bytes: result)
    }

    /// Twice as large, between the pixels evenly.
    var doubled: Grey {
        let size = (width: width * 2, height: height * 2)
        var result = [UInt8](repeating: 0, count: size.width * size.height)
        for row in 0..<size.height {
            for column in 0..<size.width {
                let at = Point(x: (Double(column) - 0.5) / 2, y: (Double(row) - 0.5) / 2)
                result[row * size.width + column] = UInt8(value(at: at) + 0.5)
            }
        }
        return Grey(width: size.width, height: size.height, bytes: result)
    }

    /// Turned about its middle, clockwise; what comes in is white.
    func turned(byDegrees degrees: Double) -> Grey {
        var result = [UInt8](repeating: 255, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let from = place(of: Point(x: Double(column), y: Double(row)), turnedBy: degrees)
                if holds(from) { result[row * width + column] = UInt8(value(at: from) + 0.5) }
            }
        }
        return Grey(width: width, height: height, bytes: result)
    }

    /// Where a point of the turned picture is in this one.
    func place(of point: Point, turnedBy degrees: Double) -> Point {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        let middle = Point(x: Double(width) / 2, y: Double(height) / 2)
        let from = point - middle
        return middle
            + Point(x: from.x * cosine + from.y * sine, y: from.y * cosine - from.x * sine)
    }

    func holds(_ point: Point) -> Bool {
        point.x >= 0 && point.y >= 0 && point.x <= Double(width - 1)
            && point.y <= Double(height - 1)
    }

    /// Between the four pixels around a point; beyond the edge, the edge's.
    func value(at point: Point) -> Double {
        let x = min(max(point.x, 0), Double(width - 1))
        let y = min(max(point.y, 0), Double(height - 1))
        let (column, row) = (Int(x), Int(y))
        let (right, below) = (min(column + 1, width - 1), min(row + 1, height - 1))
        let (across, down) = (x - Double(column), y - Double(row))
        return bytes.withUnsafeBufferPointer { pixels in
            let upper =
                Double(pixels[row * width + column]) * (1 - across)
                + Double(pixels[row * width + right]) * across
            let lower =
                Double(pixels[below * width + column]) * (1 - across)
                + Double(pixels[below * width + right]) * across
            return upper * (1 - down) + lower * down
        }
    }
}

/// Sums over any rectangle of a grey picture at once.
struct Sums {
    private let width, height: Int
    private let sums: [UInt32]

    init(_ grey: Grey) {
        let (width, height) = (grey.width, grey.height)
        self.width = width
        self.height = height
        var sums = [UInt32](repeating: 0, count: (width + 1) * (height + 1))
        grey.bytes.withUnsafeBufferPointer { pixels in
            for row in 0..<height {
                var line: UInt32 = 0
                for column in 0..<width {
                    line &+= UInt32(pixels[row * width + column])
                    let above = sums[row * (width + 1) + column + 1]
                    sums[(row + 1) * (width + 1) + column + 1] = above &+ line
                }
            }
        }
        self.sums = sums
    }

    /// The mean of the pixels at most `reach` away, as far as the picture goes.
    func mean(column: Int, row: Int, reach: Int) -> Int {
        let (left, top) = (max(0, column - reach), max(0, row - reach))
        let (right, bottom) = (min(width, column + reach + 1), min(height, row + reach + 1))
        let sum =
            sums[bottom * (width + 1) + right] &- sums[top * (width + 1) + right]
            &- sums[bottom * (width + 1) + left] &+ sums[top * (width + 1) + left]
        return Int(sum) / max(1, (right - left) * (bottom - top))
    }
}

extension Grey {
    /// Black where a pixel is darker than so many per cent of what is around it, else white: light
    /// that falls unevenly, and stains, are evened out.
    func blackened(reach: Int, percent: Int) -> Grey {
        let sums = Sums(self)
        var result = [UInt8](repeating: 255, count: width * height)
        for row in 0..<height {
            for column in 0..<width {
                let around = sums.mean(column: column, row: row, reach: reach)
                let place = row * width + column
                if Int(bytes[place]) * 100 < around * percent { result[place] = 0 }
            }
        }
        return Grey(width: width, height: height, bytes: result)
    }
}
