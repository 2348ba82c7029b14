/// What all letters of an office share beside their wording: pictures, fonts, the address window.
public struct Stationery: Sendable {
    /// On the letterhead; without one the first character of the office's name stands there.
    public var seal: Picture?
    /// Beside the words on how to pay.
    public var collectionCode: Picture?
    public var window = Window()
    /// Sentences are set in this family: Song.
    public var proseFont = "Noto Serif CJK SC"
    /// Figures and labels are set in this one, with tabular figures: Hei.
    public var figuresFont = "Noto Sans CJK SC"
    public init() {}

    /// Where the address shows through the envelope; millimetres from the upper left corner.
    public struct Window: Sendable {
        public var left = 22.0
        public var top = 46.0
        public var width = 88.0
        public var height = 30.0
        public init() {}
    }
}

/// A stationery that was made ready for drawing; each picture is in a PDF once.
struct Paper {
    let seal: PictureSurface?
    let collectionCode: PictureSurface?
    /// Of the address window, in points.
    let left, top, width, height: Double

    init(_ stationery: Stationery) throws(LetterError) {
        seal = try PictureSurface(stationery.seal)
        collectionCode = try PictureSurface(stationery.collectionCode)
        let window = stationery.window
        left = mm(window.left)
        top = mm(window.top)
        width = mm(window.width)
        height = mm(window.height)
    }

    var bottom: Double { top + height }
}
