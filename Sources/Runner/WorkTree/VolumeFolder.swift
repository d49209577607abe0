import Foundation
import Glibc

/// The folder of a volume that lies on this machine, and that this process may write into as the engine does.
///
/// Only before the volume's container runs: afterwards a script may have put links there.
struct VolumeFolder: Sendable {
    /// A file to be written.
    struct File: Sendable {
        var name: String
        var bytes: [UInt8]
        var mode: UInt16
    }

    let path: String

    /// - Parameter mountpoint: as the engine names it; `nil` unless it is a folder of root's here, and we are root. On
    ///   an engine that gives its containers other user numbers it is not root's.
    init?(_ mountpoint: String) {
        var status = stat()
        guard geteuid() == 0, mountpoint.hasPrefix("/"), lstat(mountpoint, &status) == 0,
            status.st_mode & S_IFMT == S_IFDIR, status.st_uid == 0
        else { return nil }
        path = mountpoint
    }

    /// A folder of ours that is to be a volume.
    init(own path: String) { self.path = path }

    /// Where the work tree goes; nothing is there afterwards.
    func emptySource() throws -> String {
        let source = "\(path)/src"
        if FileManager.default.fileExists(atPath: source) { try FileManager.default.removeItem(atPath: source) }
        return source
    }

    /// Writes the files and gives everything to the user.
    ///
    /// - Parameter isTreeGiven: whether the work tree is the user's already, so that it need not be looked at.
    func complete(_ files: [File], uid: uid_t, gid: gid_t, isTreeGiven: Bool = false) throws {
        for file in files {
            let place = "\(path)/\(file.name)"
            try Self.write(file.bytes, to: place)
            guard chmod(place, mode_t(file.mode)) == 0 else { throw WorkTreeError(cannot: "change", place) }
            if isTreeGiven { try Self.giveAlone(place, to: uid, gid) }
        }
        guard chmod(path, 0o755) == 0 else { throw WorkTreeError(cannot: "change", path) }
        if isTreeGiven { try Self.giveAlone(path, to: uid, gid) } else { try Self.give(Array(path.utf8), to: uid, gid) }
    }

    private static func giveAlone(_ place: String, to uid: uid_t, _ gid: gid_t) throws {
        guard lchown(place, uid, gid) == 0 else { throw WorkTreeError(cannot: "give away", place) }
    }

    /// Not by Foundation, which waits until the disk has it: a job waits for that, and a lost file is made anew.
    private static func write(_ bytes: [UInt8], to place: String) throws {
        guard let file = fopen(place, "we") else { throw WorkTreeError(cannot: "write", place) }
        let code = fwrite(bytes, 1, bytes.count, file) == bytes.count ? 0 : errno
        // What did not fit into the buffer is written only here.
        let isClosed = fclose(file) == 0
        guard isClosed, code == 0 else { throw WorkTreeError(cannot: "write", place, code: code == 0 ? errno : code) }
    }

    /// Names are bytes: a repository may hold some that are no text.
    private static func give(_ path: [UInt8], to uid: uid_t, _ gid: gid_t) throws {
        let name = path.map { CChar(bitPattern: $0) } + [0]
        var status = stat()
        func error(_ act: String) -> WorkTreeError { WorkTreeError(cannot: act, String(decoding: path, as: UTF8.self)) }
        guard lstat(name, &status) == 0 else { throw error("find") }
        // Even the same owner again would be a change of the file, for which git reads it.
        if status.st_uid != uid || status.st_gid != gid, lchown(name, uid, gid) != 0 {
            throw error("give away")
        }
        guard status.st_mode & S_IFMT == S_IFDIR else { return }
        guard let folder = opendir(name) else { throw error("read") }
        defer { closedir(folder) }
        while let entry = readdir(folder) {
            let child = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { start in
                    (0..<strlen(start)).map { UInt8(bitPattern: start[$0]) }
                }
            }
            if child == Array(".".utf8) || child == Array("..".utf8) { continue }
            try give(path + [UInt8(ascii: "/")] + child, to: uid, gid)
        }
    }
}
