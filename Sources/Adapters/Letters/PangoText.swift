internal import CPango
internal import Primitives

/// Points of 1/72 inch: the unit of every length below.
func mm(_ millimetres: Double) -> Double { millimetres * 72 / 25.4 }

/// Song speaks, Hei counts.
enum Face { case song, hei }

enum Ink: Double {
    case black = 0.067
    case dark = 0.267
    case grey = 0.333
    case mid = 0.6
    case pale = 0.733
}

enum Side { case left, centre, right }

/// How a text is set; lengths in points.
struct TextStyle: Hashable {
    var face: Face
    var size: Double
    var lineHeight: Double
    var bold = false
    /// Extra space between characters, in em. Kept below 0.1: more, and `pdftotext` would read
    /// blanks between them.
    var spacing = 0.0
    var ink = Ink.black

    func scaled(_ factor: Double) -> TextStyle {
        var style = self
        style.size *= factor
        style.lineHeight *= factor
        return style
    }
}

/// Sets texts with one font map and one Pango context; knows which texts could not be set.
final class Typesetter {
    private let fonts: UnsafeMutablePointer<PangoFontMap>
    private let context: OpaquePointer
    private let stationery: Stationery
    private var language = Language.zh
    /// Texts with a character that no font has, since they were last taken.
    private var unprintable: [String] = []
    /// What was set: letters of one batch share most of their texts, and styles that are tried
    /// one after the other share many.
    private var known: [Setting: Text] = [:]

    private struct Setting: Hashable {
        let string: String
        let style: TextStyle
        let language: Language
        var width: Double?
        var side = Side.left
    }

    init(_ stationery: Stationery) throws(LetterError) {
        fonts = pango_cairo_font_map_new()
        // 72 dots an inch: one unit of the page is one point.
        pango_cairo_font_map_set_resolution(OpaquePointer(fonts), 72)
        context = pango_font_map_create_context(fonts)
        self.stationery = stationery
        pango_context_set_round_glyph_positions(context, 0)
        let options = cairo_font_options_create()
        defer { cairo_font_options_destroy(options) }
        cairo_font_options_set_hint_style(options, CAIRO_HINT_STYLE_NONE)
        cairo_font_options_set_hint_metrics(options, CAIRO_HINT_METRICS_OFF)
        pango_cairo_context_set_font_options(context, options)
        for family in [stationery.proseFont, stationery.figuresFont] where !has(family) {
            throw .missingFont(family: family)
        }
    }

    deinit {
        g_object_unref(UnsafeMutableRawPointer(context))
        g_object_unref(fonts)
    }

    /// The language of the texts set from now on: it chooses glyph variants and line breaks.
    func speak(_ language: Language) {
        self.language = language
        let tag = language == .zh ? "zh-CN" : "en"
        pango_context_set_language(context, pango_language_from_string(tag))
    }

    /// - Parameters:
    ///   - width: where lines break; unlimited where `nil`.
    ///   - boldPrefix: bytes at the start that are set bold.
    ///   - whole: bytes inside which no line ends.
    func text(
        _ string: String, _ style: TextStyle, width: Double? = nil, side: Side = .left,
        boldPrefix: Int = 0, whole: [Range<Int>] = []
    ) -> Text {
        guard boldPrefix == 0, whole.isEmpty else {
            return set(
                string, style, width: width, side: side, boldPrefix: boldPrefix, whole: whole)
        }
        let setting = Setting(
            string: string, style: style, language: language, width: width, side: side)
        if let text = known[setting] { return text }
        // Tables and facts hold short texts, which mostly fit on their line.
        if let width, side == .left, string.utf8.count <= 48 {
            let line = self.text(string, style)
            if line.lineCount == 1, line.width <= width { return line }
        }
        let before = unprintable.count
        let text = set(string, style, width: width, side: side, boldPrefix: 0, whole: [])
        if known.count >= 2_048 { known.removeAll(keepingCapacity: true) }
        if unprintable.count == before { known[setting] = text }
        return text
    }

    private func set(
        _ string: String, _ style: TextStyle, width: Double?, side: Side, boldPrefix: Int,
        whole: [Range<Int>]
    ) -> Text {
        let layout: OpaquePointer = pango_layout_new(context)
        let attributes = attributes(of: style, spaced: language == .zh)
        defer { pango_attr_list_unref(attributes) }
        if boldPrefix > 0 { embolden(attributes, bytes: boldPrefix) }
        if let width {
            fit(layout, into: width, side: side)
            for range in unbreakable(string) + whole { forbidBreaks(attributes, in: range) }
        }
        pango_layout_set_attributes(layout, attributes)
        choose(
            style.face == .song ? stationery.proseFont : stationery.figuresFont, style, for: layout)
        pango_layout_set_text(layout, string, Int32(string.utf8.count))
        if pango_layout_get_unknown_glyphs_count(layout) > 0 || string.utf8.contains(0) {
            unprintable.append(string)
        }
        return Text(layout: layout, style: style)
    }

    /// The first text since the last call that no font can show, if any.
    func takeUnprintable() -> String? {
        defer { unprintable = [] }
        return unprintable.first
    }

    /// Whether fontconfig has the family itself, not a substitute.
    private func has(_ family: String) -> Bool {
        pango_font_map_get_family(fonts, family) != nil
    }
}

private func choose(_ family: String, _ style: TextStyle, for layout: OpaquePointer) {
    let font = pango_font_description_new()
    defer { pango_font_description_free(font) }
    pango_font_description_set_family(font, family)
    pango_font_description_set_absolute_size(font, style.size * Double(PANGO_SCALE))
    if style.bold { pango_font_description_set_weight(font, PANGO_WEIGHT_BOLD) }
    pango_layout_set_font_description(layout, font)
}

/// The caller owns the list. Only Chinese is spaced: it would tear Latin words apart.
private func attributes(of style: TextStyle, spaced: Bool) -> OpaquePointer? {
    let attributes = pango_attr_list_new()
    let height = pango_attr_line_height_new_absolute(units(style.lineHeight))
    pango_attr_list_insert(attributes, height)
    if style.face == .hei {
        pango_attr_list_insert(attributes, pango_attr_font_features_new("tnum, lnum"))
    }
    if spaced, style.spacing > 0 {
        let space = pango_attr_letter_spacing_new(units(style.size * style.spacing))
        pango_attr_list_insert(attributes, space)
    }
    return attributes
}

private func embolden(_ attributes: OpaquePointer?, bytes: Int) {
    guard let bold = pango_attr_weight_new(PANGO_WEIGHT_BOLD) else { return }
    bold.pointee.start_index = 0
    bold.pointee.end_index = UInt32(bytes)
    pango_attr_list_insert(attributes, bold)
}

private func forbidBreaks(_ attributes: OpaquePointer?, in bytes: Range<Int>) {
    guard let whole = pango_attr_allow_breaks_new(0) else { return }
    whole.pointee.start_index = UInt32(bytes.lowerBound)
    whole.pointee.end_index = UInt32(bytes.upperBound)
    pango_attr_list_insert(attributes, whole)
}

/// Byte ranges of figures written in groups, such as `5550 0188`, and of areas, such as
/// `89.52 ㎡`: no line may end inside them.
private func unbreakable(_ text: String) -> [Range<Int>] {
    let bytes = Array(text.utf8)
    let squareMetres = [Array("㎡".utf8), Array("m²".utf8)]
    var ranges: [Range<Int>] = []
    for space in bytes.indices where bytes[space] == UInt8(ascii: " ") {
        let before = bytes[..<space].reversed().prefix(while: isDigit).count
        let after = bytes[(space + 1)...].prefix(while: isDigit).count
        if before >= 3, after >= 3 {
            ranges.append((space - before)..<(space + 1 + after))
        } else if before >= 1,
            let unit = squareMetres.first(where: { bytes[(space + 1)...].starts(with: $0) })
        {
            ranges.append((space - before)..<(space + 1 + unit.count))
        }
    }
    return ranges
}

private func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

private func fit(_ layout: OpaquePointer, into width: Double, side: Side) {
    pango_layout_set_width(layout, units(width))
    pango_layout_set_wrap(layout, PANGO_WRAP_WORD_CHAR)
    switch side {
    case .left: pango_layout_set_alignment(layout, PANGO_ALIGN_LEFT)
    case .centre: pango_layout_set_alignment(layout, PANGO_ALIGN_CENTER)
    case .right: pango_layout_set_alignment(layout, PANGO_ALIGN_RIGHT)
    }
}

/// Whole Pango units; lengths are never negative, so adding a half rounds.
private func units(_ points: Double) -> Int32 { Int32(points * Double(PANGO_SCALE) + 0.5) }

/// A text that has been set: its size is known, and it can be drawn.
final class Text {
    private let layout: OpaquePointer
    private let style: TextStyle
    /// The widest line.
    let width: Double
    let height: Double
    /// From the top to the first line's baseline.
    let baseline: Double

    /// Takes the layout over.
    fileprivate init(layout: OpaquePointer, style: TextStyle) {
        self.layout = layout
        self.style = style
        var box = PangoRectangle()
        pango_layout_get_extents(layout, nil, &box)
        width = Double(box.width) / Double(PANGO_SCALE)
        height = Double(box.height) / Double(PANGO_SCALE)
        baseline = Double(pango_layout_get_baseline(layout)) / Double(PANGO_SCALE)
    }

    deinit { g_object_unref(UnsafeMutableRawPointer(layout)) }

    var lineCount: Int { Int(pango_layout_get_line_count(layout)) }

    /// With its top left corner there; a text with a `width` takes all of it.
    func draw(on canvas: Canvas, x: Double, y: Double) {
        canvas.ink(style.ink)
        cairo_move_to(canvas.cairo, x, y)
        pango_cairo_show_layout(canvas.cairo, layout)
    }

    /// One line of it, counted from 0, with the line's top there; flush left.
    func drawLine(_ index: Int, on canvas: Canvas, x: Double, y: Double) {
        canvas.ink(style.ink)
        cairo_move_to(canvas.cairo, x, y + baseline)
        let line = pango_layout_get_line_readonly(layout, Int32(index))
        pango_cairo_show_layout_line(canvas.cairo, line)
    }

    /// As an outline that is no text: for marks that are not to be read out.
    func drawOutline(on canvas: Canvas, x: Double, y: Double) {
        cairo_move_to(canvas.cairo, x, y)
        pango_cairo_layout_path(canvas.cairo, layout)
        cairo_fill(canvas.cairo)
    }
}
