import FoundationEssentials
import Glibc

/// Makes a folder that no other user of this machine may open; one that is there is made so.
///
/// - Throws: also where a link or a file stands there, or the folder is another user's.
public func makePrivateFolder(_ path: String) throws(FileError) {
    if mkdir(path, 0o700) == 0 { return }
    var there = stat()
    guard errno == EEXIST, lstat(path, &there) == 0, there.st_mode & S_IFMT == S_IFDIR,
        there.st_uid == geteuid(), chmod(path, 0o700) == 0
    else { throw .notWritten(path: path) }
}

/// A new private folder for files that are gone once the work is done.
public func withPrivateFolder<Value>(_ body: (_ path: String) throws -> Value) throws -> Value {
    let folder = FileManager.default.temporaryDirectory.path
    var name = Array("\(folder)/dunwell-XXXXXX\0".utf8CString)
    guard mkdtemp(&name) != nil else { throw FileError.notWritten(path: folder) }
    let path = String(
        decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    defer { removeFolder(path) }
    return try body(path)
}

/// Removes a folder with all that is in it, if it is there.
public func removeFolder(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

/// The names in a folder, in order; none where it is not there.
public func names(in folder: String) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
}
