/// What stands whole on one sheet: its height, and how it is drawn from a given y downward.
struct Drawing {
    var height: Double
    var draw: (Canvas, _ y: Double) -> Void
}

/// A drawing in the flow of a letter; lengths in points.
struct Block {
    /// Free above it, except at the top of a sheet.
    var space = 0.0
    var drawing: Drawing
    /// Drawn above it where it comes first on a sheet: the head of its table.
    var repeated: Drawing?
    /// Stays on one sheet with the block after it.
    var keepsNext = false
}

/// Where the flow may stand on the sheets of a letter, measured from the top of a sheet.
struct SheetLimits {
    var firstTop: Double
    var nextTop: Double
    var foot: Double
    /// On the last sheet, which may carry the stub.
    var lastFoot: Double
}

typealias Placed = (y: Double, drawing: Drawing)

/// Fills sheet after sheet from above; what does not fit moves whole to the next sheet.
///
/// - Returns: for each sheet what stands on it; `nil` where a block is higher than a sheet.
func fillSheets(_ blocks: [Block], within limits: SheetLimits) -> [[Placed]]? {
    var sheets: [[Placed]] = [[]]
    var y = limits.firstTop
    let groups = keptTogether(blocks)
    for (index, group) in groups.enumerated() {
        let foot = index == groups.count - 1 ? limits.lastFoot : limits.foot
        if y + height(group, atTop: sheets[sheets.count - 1].isEmpty) > foot {
            guard limits.nextTop + height(group, atTop: true) <= foot else { return nil }
            sheets.append([])
            y = limits.nextTop
        }
        for block in group {
            if !sheets[sheets.count - 1].isEmpty {
                y += block.space
            } else if let head = block.repeated {
                sheets[sheets.count - 1].append((y, head))
                y += head.height
            }
            sheets[sheets.count - 1].append((y, block.drawing))
            y += block.drawing.height
        }
    }
    return sheets
}

private func keptTogether(_ blocks: [Block]) -> [[Block]] {
    var groups: [[Block]] = []
    var joins = false
    for block in blocks {
        if joins { groups[groups.count - 1].append(block) } else { groups.append([block]) }
        joins = block.keepsNext
    }
    return groups
}

private func height(_ group: [Block], atTop: Bool) -> Double {
    let sum = group.reduce(0) { $0 + $1.space + $1.drawing.height }
    guard atTop, let first = group.first else { return sum }
    return sum - first.space + (first.repeated?.height ?? 0)
}

/// One below the other.
func stacked(_ blocks: [Block]) -> Drawing {
    let height = blocks.reduce(0) { $0 + $1.space + $1.drawing.height }
    return Drawing(height: height) { canvas, top in
        var y = top
        for block in blocks {
            y += block.space
            block.drawing.draw(canvas, y)
            y += block.drawing.height
        }
    }
}

/// Side by side from the same y; each knows its own x.
func beside(_ drawings: Drawing...) -> Drawing {
    Drawing(height: drawings.map(\.height).max() ?? 0) { canvas, y in
        for drawing in drawings { drawing.draw(canvas, y) }
    }
}

extension Text {
    /// The whole text, its left edge at `x`.
    func at(_ x: Double) -> Drawing {
        Drawing(height: height) { self.draw(on: $0, x: x, y: $1) }
    }
}
