import Foundation
import GRDBSQLite

/// A disk that fails: SQLite's calls that write go through it, and those to files of a chosen
/// folder can be made to fail.
///
/// It stands between SQLite and the system (a VFS), for this process alone, from its first use on.
public enum FaultyDisk {
    /// What goes wrong, and when.
    public struct Fault: Sendable {
        /// So many calls that write still go well.
        let after: Int
        let isFull: Bool
        /// All later calls fail too, until the act is over; else only this one.
        let stays: Bool

        public init(after: Int, isFull: Bool, stays: Bool) {
            self.after = after
            self.isFull = isFull
            self.stays = stays
        }
    }

    /// - Parameter folder: only files below it fail.
    public static func during<Value>(
        _ fault: Fault, in folder: String, _ act: () throws -> Value
    ) rethrows -> Value {
        _ = installed
        withDisk { $0.faults[folder] = fault }
        defer { withDisk { $0.faults[folder] = nil } }
        return try act()
    }

    /// Before any database is opened that shall fail.
    public static func install() { _ = installed }
}

private struct DiskState {
    var faults: [String: FaultyDisk.Fault] = [:]
    /// The path of each open file.
    var paths: [UnsafeMutablePointer<sqlite3_file>: String] = [:]
    /// The system's own calls, and ours in their place.
    var replacements: [UnsafePointer<sqlite3_io_methods>: UnsafePointer<sqlite3_io_methods>] = [:]
    var originals: [UnsafePointer<sqlite3_io_methods>: UnsafePointer<sqlite3_io_methods>] = [:]
}

nonisolated(unsafe) private var disk = DiskState()
private let lock = NSLock()

private func withDisk<Value>(_ body: (inout DiskState) -> Value) -> Value {
    lock.lock()
    defer { lock.unlock() }
    return body(&disk)
}

nonisolated(unsafe) private let system = sqlite3_vfs_find(nil)!

private let installed: Bool = {
    let vfs = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
    vfs.initialize(to: system.pointee)
    let name: StaticString = "faulty"
    vfs.pointee.zName = UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)
    vfs.pointee.pNext = nil
    vfs.pointee.xOpen = { _, name, file, flags, outFlags in
        let code = system.pointee.xOpen(system, name, file, flags, outFlags)
        if code == SQLITE_OK, let file, let name { stand(between: file, String(cString: name)) }
        return code
    }
    return sqlite3_vfs_register(vfs, 1) == SQLITE_OK
}()

private func stand(between file: UnsafeMutablePointer<sqlite3_file>, _ path: String) {
    guard let original = file.pointee.pMethods else { return }
    withDisk { state in
        state.paths[file] = path
        if let known = state.replacements[original] {
            file.pointee.pMethods = known
            return
        }
        let methods = UnsafeMutablePointer<sqlite3_io_methods>.allocate(capacity: 1)
        methods.initialize(to: original.pointee)
        methods.pointee.xWrite = { file, bytes, count, offset in
            failure(of: file!) ?? systemCalls(file!).pointee.xWrite(file, bytes, count, offset)
        }
        methods.pointee.xSync = { file, flags in
            failure(of: file!) ?? systemCalls(file!).pointee.xSync(file, flags)
        }
        methods.pointee.xTruncate = { file, size in
            failure(of: file!) ?? systemCalls(file!).pointee.xTruncate(file, size)
        }
        methods.pointee.xClose = { file in
            let close = systemCalls(file!).pointee.xClose
            withDisk { $0.paths[file!] = nil }
            return close!(file)
        }
        state.replacements[original] = UnsafePointer(methods)
        state.originals[UnsafePointer(methods)] = original
        file.pointee.pMethods = UnsafePointer(methods)
    }
}

private func systemCalls(
    _ file: UnsafeMutablePointer<sqlite3_file>
) -> UnsafePointer<sqlite3_io_methods> {
    withDisk { $0.originals[file.pointee.pMethods]! }
}

/// The error that this call shall give, if it shall.
private func failure(of file: UnsafeMutablePointer<sqlite3_file>) -> Int32? {
    withDisk { state in
        guard let path = state.paths[file],
            let (folder, fault) = state.faults.first(where: { path.hasPrefix($0.key) })
        else { return nil }
        if fault.after > 0 {
            state.faults[folder] = FaultyDisk.Fault(
                after: fault.after - 1, isFull: fault.isFull, stays: fault.stays)
            return nil
        }
        if !fault.stays { state.faults[folder] = nil }
        return fault.isFull ? SQLITE_FULL : SQLITE_IOERR
    }
}
