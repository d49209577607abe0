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

    /// What was written, for the index. Folders are told before what is in them; otherwise the order is anyone's.
    typealias Note = (_ path: [UInt8], _ item: TreeItem, _ facts: stat) throws(GitError) -> Void

    private let repository: BareRepository
    private let limits: Limits
    private let files: FileWriter
    /// How many files and folders there were.
    private(set) var entries = 0

    init(_ repository: BareRepository, limits: Limits = Limits()) {
        self.repository = repository
        self.limits = limits
        files = FileWriter(most: limits.bytes, largest: limits.file)
    }

    /// Writes what a tree holds.
    mutating func write(
        tree: git_oid, at path: [UInt8] = [], into folder: Folder, depth: Int = 0, note: Note
    ) throws(GitError) {
        let crew = FileCrew(repository.commonFolder, files)
        do throws(GitError) {
            try walk(tree, at: path, into: folder, depth: depth, crew, note)
            try Self.tell(try crew.finish(repository), to: note)
        } catch {
            crew.stop()
            throw error
        }
    }

    /// Writes one entry under its own name.
    mutating func write(
        _ item: TreeItem, at path: [UInt8], into folder: Folder, depth: Int = 0, note: Note
    ) throws(GitError) {
        try check(item, at: path)
        switch item.type {
        case .tree: try write(tree: item.id, at: path, into: try folder.folder(item.name), depth: depth + 1, note: note)
        case .commit: try makeModule(item, at: path, in: folder, note)
        case .blob: try note(path, item, try files.write(item, into: folder, from: repository))
        }
    }

    /// Makes the folders and has the files written.
    private mutating func walk(
        _ tree: git_oid, at path: [UInt8], into folder: Folder, depth: Int, _ crew: FileCrew, _ note: Note
    ) throws(GitError) {
        guard depth <= GitMirror.depthLimit else { throw GitError(.invalid, "the tree is nested too deeply") }
        var blobs: [TreeItem] = []
        var trees: [TreeItem] = []
        for item in try repository.items(ofTree: tree) {
            try check(item, at: TreePath.join(path, item.name))
            switch item.type {
            case .tree: trees.append(item)
            case .commit: try makeModule(item, at: TreePath.join(path, item.name), in: folder, note)
            case .blob: blobs.append(item)
            }
        }
        for start in stride(from: 0, to: blobs.count, by: FileCrew.most) {
            let items = Array(blobs[start..<min(start + FileCrew.most, blobs.count)])
            let order = FileCrew.Order(folder: folder, path: path, items: items)
            try Self.tell(try crew.order(order, repository), to: note)
        }
        for item in trees {
            let child = try folder.folder(item.name)
            try walk(item.id, at: TreePath.join(path, item.name), into: child, depth: depth + 1, crew, note)
        }
    }

    /// Leaves a submodule as git does when nobody asked for it.
    private func makeModule(_ item: TreeItem, at path: [UInt8], in folder: Folder, _ note: Note) throws(GitError) {
        let child = try folder.folder(item.name)
        var facts = stat()
        fstat(child.descriptor, &facts)
        try note(path, item, facts)
    }

    private static func tell(_ written: [FileCrew.Written], to note: Note) throws(GitError) {
        for part in written {
            for (item, facts) in zip(part.items, part.facts) {
                try note(TreePath.join(part.path, item.name), item, facts)
            }
        }
    }

    private mutating func check(_ item: TreeItem, at path: [UInt8]) throws(GitError) {
        try LibGit2.checkCancellation()
        entries += 1
        guard entries <= limits.entries else {
            throw GitError(.invalid, "the commit holds more than \(limits.entries) files and folders")
        }
        guard Self.isHarmless(item.name) else {
            throw GitError(.invalid, "the commit holds a path that must not be written: \(TreePath.text(path))")
        }
    }

    /// Git writes no such trees; `git hash-object --literally` does. The spellings of `.git` are those that some file
    /// system takes for it.
    static func isHarmless(_ name: [UInt8]) -> Bool {
        if name.isEmpty || name.contains(UInt8(ascii: "/")) || name == Array(".".utf8) || name == Array("..".utf8) {
            return false
        }
        // Nothing is ignored in plain ASCII, so it would have to begin like one of them.
        if ![".", "g", "G"].contains(Unicode.Scalar(name[0])), name.allSatisfy({ $0 < 0x80 }) { return true }
        var plain = String(decoding: name, as: UTF8.self).lowercased()
        plain.unicodeScalars.removeAll { $0.properties.isDefaultIgnorableCodePoint }
        let stem = plain.prefix { $0 != ":" }.reversed().drop { $0 == " " || $0 == "." }.reversed()
        return ![".git", "git~1"].contains(String(stem))
    }
}
