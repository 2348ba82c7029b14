internal import CPango
internal import CQREncode

/// Where a sheet is drawn: lines, boxes and QR codes. Lengths in points, y downward.
struct Canvas {
    let cairo: OpaquePointer

    func ink(_ ink: Ink) { cairo_set_source_rgb(cairo, ink.rawValue, ink.rawValue, ink.rawValue) }

    /// A horizontal rule, its upper edge at `y`.
    func rule(x: Double, y: Double, width: Double, thickness: Double, ink colour: Ink = .black) {
        ink(colour)
        cairo_rectangle(cairo, x, y, width, thickness)
        cairo_fill(cairo)
    }

    func dashedRule(x: Double, y: Double, width: Double) {
        ink(.grey)
        let dashes = [mm(0.9), mm(0.9)]
        cairo_set_dash(cairo, dashes, Int32(dashes.count), 0)
        cairo_set_line_width(cairo, mm(0.2))
        cairo_move_to(cairo, x, y)
        cairo_line_to(cairo, x + width, y)
        cairo_stroke(cairo)
        cairo_set_dash(cairo, nil, 0, 0)
    }

    func box(x: Double, y: Double, side: Double) {
        ink(.black)
        let thickness = mm(0.35)
        cairo_set_line_width(cairo, thickness)
        cairo_rectangle(
            cairo, x + thickness / 2, y + thickness / 2, side - thickness, side - thickness)
        cairo_stroke(cairo)
    }

    /// The office's seal on the letterhead: white on a black square.
    func seal(_ character: Text, x: Double, y: Double, side: Double) {
        rule(x: x, y: y, width: side, thickness: side)
        cairo_set_source_rgb(cairo, 1, 1, 1)
        let left = x + (side - character.width) / 2
        character.drawOutline(on: self, x: left, y: y + (side - character.height) / 2)
    }

    /// Rising across the middle of the sheet, pale; not as text.
    func across(_ words: Text) {
        cairo_save(cairo)
        cairo_translate(cairo, Sheet.width / 2, Sheet.height / 2)
        cairo_rotate(cairo, -0.9)
        cairo_set_source_rgb(cairo, 0.91, 0.91, 0.91)
        words.drawOutline(on: self, x: -words.width / 2, y: -words.height / 2)
        cairo_restore(cairo)
    }

    /// The edge of a rectangle.
    func frame(x: Double, y: Double, width: Double, height: Double, thickness: Double) {
        ink(.black)
        cairo_set_line_width(cairo, thickness)
        cairo_rectangle(cairo, x, y, width, height)
        cairo_stroke(cairo)
    }

    func verticalRule(x: Double, y: Double, height: Double, thickness: Double, ink colour: Ink) {
        ink(colour)
        cairo_rectangle(cairo, x, y, thickness, height)
        cairo_fill(cairo)
    }

    /// All of the code as one path, so that no seam shows between its modules.
    func code(_ code: QRCode, x: Double, y: Double, side: Double) {
        ink(.black)
        let module = side / Double(code.modules)
        for run in code.runs {
            cairo_rectangle(
                cairo, x + Double(run.column) * module, y + Double(run.row) * module,
                Double(run.length) * module, module)
        }
        cairo_fill(cairo)
    }
}

/// A QR code of level H, as runs of dark modules: it still reads with 30 % of it under ink.
public struct QRCode: Sendable {
    /// Modules on a side.
    public let modules: Int
    /// Rows and columns from 0.
    public let runs: [(row: Int, column: Int, length: Int)]

    /// - Throws: `LetterError.notCodable` where the text is too long.
    public init(_ text: String) throws(LetterError) {
        guard let code = QRcode_encodeString(text, 0, QR_ECLEVEL_H, QR_MODE_8, 1) else {
            throw .notCodable(notice: text)
        }
        defer { QRcode_free(code) }
        modules = Int(code.pointee.width)
        var runs: [(row: Int, column: Int, length: Int)] = []
        for row in 0..<modules {
            for column in 0..<modules where code.pointee.data[row * modules + column] & 1 == 1 {
                if column > 0, let last = runs.last, last.row == row,
                    last.column + last.length == column
                {
                    runs[runs.count - 1].length += 1
                } else {
                    runs.append((row, column, 1))
                }
            }
        }
        self.runs = runs
    }
}
