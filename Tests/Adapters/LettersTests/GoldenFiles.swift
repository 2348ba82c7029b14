import Foundation
import Letters
import Testing

enum NoticeFiles {
    /// Everything in `templates/notices`.
    static let all: [String: String] = {
        let folder = root.appending(path: "templates/notices")
        let names = try! FileManager.default.contentsOfDirectory(atPath: folder.path)
        return Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try! String(contentsOf: folder.appending(path: name), encoding: .utf8))
            })
    }()
    private static let root = URL(filePath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
}

func expectGolden(_ name: String, _ text: String) throws {
    let file = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "Golden/\(name)")
    if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
        try text.write(to: file, atomically: false, encoding: .utf8)
    }
    let golden = try? String(contentsOf: file, encoding: .utf8)
    #expect(golden == text, "\(name) differs; see UPDATE_GOLDEN")
}
