import Git

/// Whether a commit keeps files in Git LFS. The server has no credentials for them and runs no filter, so the work tree
/// holds their pointers; this is only to say so.
struct LargeFiles: Sendable {
    var mirror: GitMirror
    var commit: String

    /// By the `.gitattributes` of the root; what cannot be read says nothing.
    var arePointers: Bool {
        get async {
            guard let file = try? await mirror.entry(commit: commit, path: ".gitattributes"), file.type == .blob,
                let bytes = try? await mirror.blob(file.object, limit: 1 << 20)
            else { return false }
            return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).contains { line in
                !line.hasPrefix("#") && line.split(whereSeparator: { $0 == " " || $0 == "\t" }).contains("filter=lfs")
            }
        }
    }
}
