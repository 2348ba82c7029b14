import Files
import Foundation
import Testing

@Suite struct `A file with a secret` {
    @Test func `is its owner's alone, and is never written over`() throws {
        try withPrivateFolder { folder in
            let path = folder + "/office.key"
            try keepSecret("first", at: path)
            try keepSecret("second", at: path)
            #expect(try readSecret(path) == "first")
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect((mode as? NSNumber)?.intValue == 0o600)
            #expect(names(in: folder) == ["office.key"])
        }
    }

    @Test func `is one file, whoever of many makes it first`() async throws {
        let folder = FileManager.default.temporaryDirectory.path + "/dunwell-\(UUID().uuidString)"
        try makePrivateFolder(folder)
        defer { removeFolder(folder) }
        let path = folder + "/office.key"
        let read = await withTaskGroup(of: String?.self) { group in
            for number in 0..<20 {
                group.addTask {
                    try? keepSecret("secret \(number)", at: path)
                    return try? readSecret(path)
                }
            }
            var all: [String?] = []
            for await one in group { all.append(one) }
            return all
        }
        #expect(Set(read).count == 1 && read[0] != nil)
        #expect(names(in: folder) == ["office.key"])
    }
}
