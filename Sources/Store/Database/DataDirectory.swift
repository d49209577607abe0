import Foundation
internal import Glibc

/// The folder that holds the database and the logs, and the lock that keeps a second process out of it.
final class DataDirectory: Sendable {
    /// The file whose lock means "in use"; the kernel releases it however the process ends.
    private let lock: FileDescriptor
    /// Without a slash at the end.
    let path: String

    var databasePath: String { "\(path)/kozmic.sqlite" }
    var logsPath: String { "\(path)/logs" }

    /// Makes the folder, for its owner only, and takes the lock.
    init(_ path: String) throws(StoreError) {
        self.path = path
        try Self.makeFolder(path)
        try Self.makeFolder("\(path)/logs")
        let lockPath = "\(path)/kozmic.lock"
        lock = try FileDescriptor.open(lockPath, O_RDWR | O_CREAT)
        guard try lock.lockExclusively() else { throw .inUse(path: path) }
    }

    /// Lets other processes in.
    func unlock() {
        lock.unlock()
        lock.close()
    }

    private static func makeFolder(_ path: String) throws(StoreError) {
        do {
            let parent = URL(filePath: path).deletingLastPathComponent().path
            try FileManager.default.createDirectory(atPath: parent, withIntermediateDirectories: true)
        } catch {
            throw .failed("the folder for \(path) cannot be made: \(error)")
        }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else { throw StoreError(errno: errno, path: path) }
    }
}
