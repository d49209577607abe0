/// The files of an admin repository. Only those that matter are read: `kozmic.yaml`, the project files, and what a
/// script refers to with `file:`.
public struct ConfigSource: Sendable {
    /// What stands at a path.
    public enum Content: Sendable, Hashable {
        case bytes([UInt8])
        /// Nothing.
        case missing
        /// Something that is not taken, and why: `is a symbolic link`.
        case unreadable(String)
    }

    /// The largest file that is read.
    public static let maximumFileBytes = 1 << 20

    /// The paths of the project files, sorted; also of those that cannot be read.
    public let projectFiles: [String]
    private let load: @Sendable (String) -> Content

    /// - Parameters:
    ///   - files: bytes by path, relative to the root.
    ///   - unreadable: what was left out, with the reason: a project file that is left out without a word would look as
    ///     if the project had been removed.
    public init(files: [String: [UInt8]], unreadable: [String: String] = [:]) {
        let paths = Array(files.keys) + unreadable.keys
        let folders = Set(paths.flatMap(Self.parents))
        // Without its folder every project would look removed.
        self.init(paths: paths, extra: unreadable[Self.folder] == nil ? [] : [Self.folder]) { path in
            if let reason = unreadable[path] { return .unreadable(reason) }
            guard let bytes = files[path] else {
                if folders.contains(path) { return .unreadable("is a folder") }
                let above = Self.parents(path).first { unreadable[$0] != nil }
                return above.map { .unreadable("is not there, because '\($0)' \(unreadable[$0] ?? "")") } ?? .missing
            }
            guard bytes.count <= Self.maximumFileBytes else { return .unreadable(Self.isTooLarge) }
            return .bytes(bytes)
        }
    }

    /// - Parameter extra: paths that are reported as project files, whatever they are called.
    init(paths: [String], extra: [String] = [], load: @escaping @Sendable (String) -> Content) {
        projectFiles = Set(paths).filter(Self.isProjectFile).union(extra).sorted()
        self.load = load
    }

    /// Where the project files are.
    private static let folder = "projects"

    /// The folders above a path.
    private static func parents(_ path: String) -> [String] {
        path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
    }

    /// Why a file whose name no text can hold is not taken.
    public static let isMisnamed = "has a name that is not UTF-8"

    static let isTooLarge = "is larger than \(maximumFileBytes >> 20) MiB"

    static func isProjectFile(_ path: String) -> Bool {
        path.hasPrefix("projects/") && (path.hasSuffix(".yaml") || path.hasSuffix(".yml"))
    }

    /// The same with some of its project files only.
    public func only(_ isMeant: (String) -> Bool) -> ConfigSource {
        ConfigSource(paths: [], extra: projectFiles.filter(isMeant), load: load)
    }

    /// What stands at a path relative to the root.
    public func content(_ path: String) -> Content { load(path) }
}
