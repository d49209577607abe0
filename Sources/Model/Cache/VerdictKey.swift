import OpenSSL

/// The name of a verdict: what a job's outcome may depend on when nothing but its inputs counts. Two jobs with the same
/// key do the same work on the same files.
public struct VerdictKey: Sendable, Hashable, CustomStringConvertible {
    /// The files that the job looks at.
    public enum Content: Sendable, Hashable {
        /// All of the commit: the id of its tree.
        case tree(String)
        /// Only what matches the hook's `paths`, and its tracked files.
        case entries([CacheKey.TrackedPath])
    }

    /// The bytes that are hashed.
    public let text: [UInt8]

    /// - Parameters:
    ///   - imageID: the base image's id as Docker prints it, `sha256:…`.
    ///   - trusted: verdicts of untrusted refs hold among themselves.
    public init(_ hook: Hook, imageID: String, content: Content, trusted: Bool) {
        var text = Array("kozmic-verdict 1\nhook \(hook.id)\ntrusted \(trusted)\nimage \(imageID)\n".utf8)
        text += Array("user \(hook.user)\nsudo \(hook.sudo)\nsubmodules \(hook.submodules)\n".utf8)
        for (name, value) in hook.environment.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            text += Array("env \(name) \(Self.hash(value))\n".utf8)
        }
        text += Array(
            "install \(hook.installScript.map(Self.hash) ?? "none")\nbuild \(Self.hash(hook.buildScript))\n".utf8)
        for path in hook.trackedFiles { text += Array("tracked \(path)\n".utf8) }
        for path in hook.paths { text += Array("path \(path)\n".utf8) }
        switch content {
        case .tree(let id): text += Array("tree \(id)\n".utf8)
        case .entries(let entries):
            for item in entries.sorted(by: { $0.path.lexicographicallyPrecedes($1.path) }) {
                let words = item.entry.map { "\($0.mode) \($0.type) \($0.object)" } ?? "missing"
                text += Array("\(words)\t".utf8) + item.path + [0x0A]
            }
        }
        self.text = text
    }

    /// 64 lower-case hexadecimal digits.
    public var description: String { Hex.encode(SHA256.hash(text)) }

    private static func hash(_ text: String) -> String { Hex.encode(SHA256.hash(Array(text.utf8))) }
}

extension Hook {
    /// Whether its verdicts hold for other commits with the same files: not when a secret or the time may decide.
    public var reusesVerdicts: Bool { reuse == .tree && secrets.isEmpty && triggers.schedule == nil }
}
