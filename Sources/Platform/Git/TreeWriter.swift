import CLibgit2
import Glibc

/// Writes trees of a repository into folders, byte for byte as they are stored: no filter runs, no end of line is
/// changed, no configuration of the host is read.
struct TreeWriter {
    /// What a hostile repository may not exceed: a tree that repeats itself is small in git and endless on disk.
    struct Limits {
        var entries = 1_000_000
        var bytes = 64 << 30
        var file = 2 << 30
    }

    /// What was written, for the index.
    typealias Note = (_ path: [UInt8], _ item: TreeItem, _ facts: stat) throws(GitError) -> Void

    let repository: BareRepository
    var limits = Limits()
    private var entries = 0
    private var bytes = 0

    init(_ repository: BareRepository) {
        self.repository = repository
    }

    /// Writes what a tree holds.
    mutating func write(
        tree: git_oid, at path: [UInt8] = [], into folder: borrowing Folder, depth: Int = 0, note: Note
    ) throws(GitError) {
        guard depth <= GitMirror.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
        for item in try repository.items(ofTree: tree) {
            try write(item, at: TreePath.join(path, item.name), into: folder, depth: depth, note: note)
        }
    }

    /// Writes one entry under its own name.
    mutating func write(
        _ item: TreeItem, at path: [UInt8], into folder: borrowing Folder, depth: Int = 0, note: Note
    ) throws(GitError) {
        try LibGit2.checkCancellation()
        entries += 1
        guard entries <= limits.entries else {
            throw GitError(.invalid, "the commit holds more than \(limits.entries) files and folders")
        }
        guard Self.isHarmless(item.name) else {
            throw GitError(.invalid, "the commit holds a path that must not be written: \(TreePath.text(path))")
        }
        switch item.type {
        case .tree:
            let child = try folder.folder(item.name)
            try write(tree: item.id, at: path, into: child, depth: depth + 1, note: note)
        case .commit:
            // As git leaves a submodule that was not asked for.
            let child = try folder.folder(item.name)
            var facts = stat()
            fstat(child.descriptor, &facts)
            try note(path, item, facts)
        case .blob:
            let facts = try repository.withBlob(item.id, limit: item.isLink ? 4095 : limits.file) {
                content throws(GitError) in
                if item.isLink { return try folder.link(item.name, to: [UInt8](content)) }
                bytes += content.count
                guard bytes <= limits.bytes else {
                    throw GitError(.invalid, "the commit's files have more than \(limits.bytes) bytes")
                }
                return try folder.file(item.name, content, isExecutable: item.isExecutable)
            }
            try note(path, item, facts)
        }
    }

    /// Git writes no such trees; `git hash-object --literally` does. The spellings of `.git` are those that some file
    /// system takes for it.
    static func isHarmless(_ name: [UInt8]) -> Bool {
        if name.isEmpty || name.contains(UInt8(ascii: "/")) || name == Array(".".utf8) || name == Array("..".utf8) {
            return false
        }
        var plain = String(decoding: name, as: UTF8.self).lowercased()
        plain.unicodeScalars.removeAll { $0.properties.isDefaultIgnorableCodePoint }
        let stem = plain.prefix { $0 != ":" }.reversed().drop { $0 == " " || $0 == "." }.reversed()
        return ![".git", "git~1"].contains(String(stem))
    }
}
