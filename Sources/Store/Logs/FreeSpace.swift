internal import Glibc

/// What a disk has left.
enum FreeSpace {
    /// The bytes that the disk of a file or folder has left for us.
    static func bytes(at path: String) throws(StoreError) -> Int64 {
        var status = statvfs()
        guard statvfs(path, &status) == 0 else { throw StoreError(errno: errno, path: path) }
        return Int64(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize))
    }
}
