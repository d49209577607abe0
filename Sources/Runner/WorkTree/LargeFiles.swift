import Git

/// Whether a commit keeps files in Git LFS. The server has no credentials for them and runs no filter, so the work tree
/// holds their pointers; this is only to say so.
enum LargeFiles {
    /// By the `.gitattributes` of the root.
    static func arePointers(_ attributes: [UInt8]) -> Bool {
        String(decoding: attributes, as: UTF8.self).split(whereSeparator: \.isNewline).contains { line in
            !line.hasPrefix("#") && line.split(whereSeparator: { $0 == " " || $0 == "\t" }).contains("filter=lfs")
        }
    }

    /// The same of a commit; what cannot be read says nothing.
    static func arePointers(in mirror: GitMirror, commit: String) async -> Bool {
        guard let file = try? await mirror.entry(commit: commit, path: ".gitattributes"), file.type == .blob,
            let bytes = try? await mirror.blob(file.object, limit: 1 << 20)
        else { return false }
        return arePointers(bytes)
    }
}
