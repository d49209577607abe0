/// A file, folder or symbolic link in a tar archive.
public struct TarEntry: Sendable, Hashable {
    /// Where it goes: relative, without `..`. Bytes, because names on Linux are.
    public var path: [UInt8]
    /// What it is.
    public var content: Content
    /// Permissions, `0o755` for example.
    public var mode: UInt16
    /// The number of its owner.
    public var uid: UInt32
    /// The number of its group.
    public var gid: UInt32
    /// Seconds since 1970.
    public var modified: Int64

    /// The kinds of entries.
    public enum Content: Sendable, Hashable {
        /// A folder.
        case directory
        /// A file with these bytes.
        case bytes([UInt8])
        /// A file with what a file of this machine holds, read when its turn comes.
        case file(String)
        /// A link to this path, whatever it says.
        case symlink([UInt8])
    }

    /// `mode` is 755 for a folder and 644 for a file unless said otherwise.
    public init(
        _ path: String, _ content: Content, mode: UInt16? = nil, uid: UInt32 = 0, gid: UInt32 = 0, modified: Int64 = 0
    ) {
        self.init(path: [UInt8](path.utf8), content, mode: mode, uid: uid, gid: gid, modified: modified)
    }

    /// The same with the path's bytes.
    public init(
        path: [UInt8], _ content: Content, mode: UInt16? = nil, uid: UInt32 = 0, gid: UInt32 = 0, modified: Int64 = 0
    ) {
        self.path = path
        self.content = content
        self.mode =
            mode
            ?? {
                switch content {
                case .directory: 0o755
                case .bytes, .file: 0o644
                case .symlink: 0o777
                }
            }()
        self.uid = uid
        self.gid = gid
        self.modified = modified
    }

    /// The path as text; bytes that are no UTF-8 are replaced.
    public var name: String { String(decoding: path, as: UTF8.self) }

    /// The bytes of a file whose content is in memory.
    public var bytes: [UInt8]? { if case .bytes(let bytes) = content { bytes } else { nil } }
}
