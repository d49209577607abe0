import OpenSSL

/// The name of a cached image: lower-case hexadecimal SHA-256 of a text that anyone can recompute with git and sha256sum.
///
/// The text, lines ending with `\n`:
/// ```
/// kozmic-cache 1
/// image <image id>
/// user <user>
/// env <NAME> <sha256 of the value>      sorted by name
/// script <sha256 of the install script>
/// <mode> <type> <object id>\t<path>     each tracked path, as `git ls-tree -z` prints it
/// missing\t<path>
/// ```
public struct CacheKey: Sendable, Hashable, CustomStringConvertible {
    /// What the commit's tree has at a tracked path.
    public struct TrackedPath: Sendable, Hashable {
        /// The normalised path, raw bytes.
        public var path: [UInt8]
        /// The tree's entry, `nil` when the tree lacks the path.
        public var entry: Entry?
        /// Memberwise.
        public init(path: [UInt8], entry: Entry?) {
            self.path = path
            self.entry = entry
        }
    }

    /// A tree entry as `git ls-tree` prints it.
    public struct Entry: Sendable, Hashable {
        /// Six octal digits, such as `100644`.
        public var mode: String
        /// `blob`, `tree` or `commit`.
        public var type: String
        /// The object id, hexadecimal.
        public var object: String
        /// Memberwise.
        public init(mode: String, type: String, object: String) {
            self.mode = mode
            self.type = type
            self.object = object
        }
    }

    /// The bytes that are hashed.
    public let text: [UInt8]

    /// - Parameters:
    ///   - imageID: the base image's id as Docker prints it, `sha256:…`.
    ///   - tracked: one element for each tracked path, in any order.
    public init(
        imageID: String, user: String, environment: [String: String], installScript: String, tracked: [TrackedPath]
    ) {
        var text = Array("kozmic-cache 1\nimage \(imageID)\nuser \(user)\n".utf8)
        for (name, value) in environment.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            text += Array("env \(name) \(Hex.encode(SHA256.hash(Array(value.utf8))))\n".utf8)
        }
        text += Array("script \(Hex.encode(SHA256.hash(Array(installScript.utf8))))\n".utf8)
        var seen: Set<[UInt8]> = []
        for item in tracked.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) })
        where seen.insert(item.path).inserted {
            if let entry = item.entry {
                text += Array("\(entry.mode) \(entry.type) \(entry.object)\t".utf8) + item.path + [0x0A]
            } else {
                text += Array("missing\t".utf8) + item.path + [0x0A]
            }
        }
        self.text = text
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hex.encode(SHA256.hash(text)) }
}
