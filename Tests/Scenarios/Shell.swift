import Foundation

/// A folder of its own in which the commands of one story run, one after the other.
final class Shell {
    private let folder: URL
    private let environment: [String: String]

    init(isChinese: Bool) throws {
        folder = FileManager.default.temporaryDirectory.appending(
            path: "dunwell-scenario-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var environment = [
            "PATH": "\(try programFolder()):/usr/local/bin:/usr/bin:/bin", "HOME": folder.path,
            "LANG": "C.UTF-8", "TZ": "UTC", "USER": "clerk",
            "MAPLE_COURT": repository + "/Tests/TestKit/MapleCourt",
            "WILLOW_YARD": repository + "/Tests/TestKit/WillowYard",
            "BASH_ENV": repository + "/Tests/TestKit/WillowYard/stories.sh",
        ]
        if isChinese { environment["DUNWELL_LANGUAGE"] = "zh" }
        self.environment = environment
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// What the command prints, messages included; an exit status other than 0 is the last line.
    func output(of command: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/bin/bash")
        process.arguments = ["-c", command]
        process.currentDirectoryURL = folder
        process.environment = environment
        let pipe = Pipe()
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        // A story is dated; on which day it is told makes no difference.
        lines.removeAll { $0.contains("is after today (") || $0.contains("在今天（") }
        while lines.last == "" { lines.removeLast() }
        if process.terminationStatus != 0 { lines.append("(exit \(process.terminationStatus))") }
        return lines
    }
}

/// The repository's root.
let repository: String = {
    let parts = #filePath.split(separator: "/").dropLast(3)
    return "/" + parts.joined(separator: "/")
}()

/// The folder of the dunwell that was built together with these tests.
private func programFolder() throws -> String {
    let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
    let candidates = [tests.deletingLastPathComponent().path, repository + "/.build/debug"]
    for folder in candidates
    where FileManager.default.isExecutableFile(atPath: folder + "/dunwell") {
        return folder
    }
    throw NoProgram(lookedIn: candidates)
}

struct NoProgram: Error {
    let lookedIn: [String]
}
