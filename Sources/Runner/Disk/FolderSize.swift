import Glibc

/// How much of the disk a folder takes. Whoever writes there may be at it meanwhile, and may mean harm: no link is
/// followed, what is mounted below is not counted, and there is an end.
struct FolderSize: Sendable, Equatable {
    /// More files and folders than a work tree may have, or deeper ones, are not looked at.
    static let mostEntries = 2_000_000
    static let deepest = 100

    private(set) var bytes: Int64 = 0
    /// Whether all of it was looked at.
    private(set) var isWhole = true
    /// Whether it could be looked at: for who may not open it, it is not empty.
    private(set) var isKnown = true
    private var entries = 0

    /// Blocks; of a file with several names, each has its part. A folder that is not there takes nothing.
    init(of path: String) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard folder >= 0 else {
            isKnown = Self.isNone(errno)
            return
        }
        var status = stat()
        guard fstat(folder, &status) == 0 else {
            isKnown = false
            close(folder)
            return
        }
        add(folder, on: status.st_dev, depth: 0)
    }

    /// Whether there is no such folder (any more).
    private static func isNone(_ error: Int32) -> Bool { error == ENOENT || error == ENOTDIR || error == ELOOP }

    /// Closes the folder.
    private mutating func add(_ folder: Int32, on device: dev_t, depth: Int) {
        guard let stream = fdopendir(folder) else {
            isWhole = false
            close(folder)
            return
        }
        defer { closedir(stream) }
        while let entry = readdir(stream) {
            entries += 1
            guard entries <= Self.mostEntries else {
                isWhole = false
                return
            }
            withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { name in
                    guard strcmp(name, ".") != 0, strcmp(name, "..") != 0 else { return }
                    var status = stat()
                    guard fstatat(folder, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else {
                        if !Self.isNone(errno) { isWhole = false }
                        return
                    }
                    guard status.st_dev == device else { return }
                    let size = Int64(status.st_blocks) * 512
                    guard status.st_mode & S_IFMT == S_IFDIR else {
                        bytes += size / max(1, Int64(status.st_nlink))
                        return
                    }
                    bytes += size
                    guard depth < Self.deepest else {
                        isWhole = false
                        return
                    }
                    let child = openat(folder, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
                    if child >= 0 {
                        add(child, on: device, depth: depth + 1)
                    } else if !Self.isNone(errno) {
                        isWhole = false
                    }
                }
            }
        }
    }
}
