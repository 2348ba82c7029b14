import Files
import Foundation
import Testing

@Suite struct `The evidence folder` {
    private let folder = FileManager.default.temporaryDirectory.path + "/evidence-\(UUID())"

    @Test func `keeps a file under its SHA-256, and finds it whole`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeFolder(folder, mustBeEmpty: true)
        try writeFile(Array("abc".utf8), to: folder + "/abc.txt")
        let evidence = EvidenceFolder(path: folder + "/kept")
        let hash = try evidence.keep(folder + "/abc.txt", extension: "txt")
        // The SHA-256 of "abc", FIPS 180-4, appendix B.1.
        #expect(hash == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
        let kept = try evidence.file(hash, extension: "txt")
        #expect(FileManager.default.contents(atPath: kept) == Data("abc".utf8))
        #expect(try evidence.keep(folder + "/abc.txt", extension: "txt") == hash)
    }

    @Test func `does not give out a file that was changed`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeFolder(folder, mustBeEmpty: true)
        try writeFile(Array("abc".utf8), to: folder + "/abc.txt")
        let evidence = EvidenceFolder(path: folder + "/kept")
        let hash = try evidence.keep(folder + "/abc.txt", extension: "txt")
        let kept = try evidence.file(hash, extension: "txt")
        try Data("abd".utf8).write(to: URL(fileURLWithPath: kept))
        #expect(throws: FileError.evidenceLost(path: kept)) {
            try evidence.file(hash, extension: "txt")
        }
    }

    @Test func `a file that is cut off in the writing does not take its place`() throws {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try makeFolder(folder, mustBeEmpty: true)
        do {
            let writer = try FileWriter(to: folder + "/half.csv")
            try writer.write("half")
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [])
        #expect(throws: FileError.notWritten(path: "/dev/full/x")) {
            try writeFile([1], to: "/dev/full/x")
        }
    }
}
