extension String {
    /// Columns on a terminal: wide characters (Chinese, full-width) take two.
    public var terminalWidth: Int {
        unicodeScalars.reduce(0) { width, scalar in
            switch scalar.value {
            case 0x300...0x36f, 0x200b...0x200f: width
            case 0x1100...0x115f, 0x2e80...0xa4cf, 0xac00...0xd7a3, 0xf900...0xfaff,
                0xfe30...0xfe6f,
                0xff00...0xff60, 0xffe0...0xffe6, 0x20000...0x3fffd, 0x1f300...0x1faff:
                width + 2
            default: width + 1
            }
        }
    }
}
