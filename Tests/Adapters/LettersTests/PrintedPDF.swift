import Foundation
import Primitives
import Testing

@testable import Letters

/// A PDF printed into a folder of its own, read again with poppler-utils and zbar-tools.
final class PrintedPDF {
    let folder: URL
    let path: String
    let ranges: [Range<Int>]
    let pageCount: Int

    convenience init(
        _ letters: [Letter], on stationery: Stationery = Stationery(), isDuplex: Bool = false
    ) throws {
        try self.init(on: stationery, isDuplex: isDuplex) { printer in
            try letters.map { try printer.add($0) }
        }
    }

    /// - Parameter body: prints, and gives the pages of what it printed.
    init(
        on stationery: Stationery = Stationery(), isDuplex: Bool = false,
        _ body: (LetterPrinter) throws -> [Range<Int>]
    ) throws {
        folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("letters-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("letters.pdf").path
        let printer = try LetterPrinter(
            to: path, title: "催缴通知单 2026-12", created: "2026-12-01", on: stationery,
            isDuplex: isDuplex)
        ranges = try body(printer)
        try printer.finish()
        pageCount = printer.pageCount
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    var bytes: Data { get throws { try Data(contentsOf: URL(fileURLWithPath: path)) } }

    /// The text of a page, counted from 0, in the order it was drawn.
    func text(page: Int) throws -> String { try PrintedPDF.text(of: path, page: page) }

    static func text(of path: String, page: Int) throws -> String {
        try run("pdftotext", "-raw", "-f", "\(page + 1)", "-l", "\(page + 1)", path, "-")
    }

    /// What the QR codes of a page say, scanned at 150 dpi.
    func codes(page: Int) throws -> [String] {
        let image = folder.appendingPathComponent("page").path
        let number = "\(page + 1)"
        _ = try run(
            "pdftoppm", "-r", "150", "-png", "-singlefile", "-f", number, "-l", number, path, image)
        return try run("zbarimg", "-q", "--raw", image + ".png")
            .split(separator: "\n").map(String.init)
    }

    struct Word {
        let text: String
        /// Points from the top left corner of the sheet.
        let left, top, right, bottom: Double
    }

    /// The words of a page, counted from 0, with their places.
    func words(page: Int) throws -> [Word] {
        let number = "\(page + 1)"
        return try run("pdftotext", "-bbox", "-f", number, "-l", number, path, "-")
            .split(separator: "\n").compactMap { line in
                let parts = line.split(separator: "\"", omittingEmptySubsequences: false)
                guard line.contains("<word "), parts.count == 9, let left = Double(parts[1]),
                    let top = Double(parts[3]), let right = Double(parts[5]),
                    let bottom = Double(parts[7])
                else { return nil }
                let text = parts[8].dropFirst().replacingOccurrences(of: "</word>", with: "")
                return Word(text: text, left: left, top: top, right: right, bottom: bottom)
            }
    }

    static let toolsArePresent = ["pdftotext", "pdftoppm", "pdffonts", "zbarimg"].allSatisfy {
        FileManager.default.isExecutableFile(atPath: "/usr/bin/" + $0)
    }
}

/// The standard output of a program of /usr/bin.
func run(_ tool: String, _ arguments: String...) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/" + tool)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: data, as: UTF8.self)
}
