import CLibgit2
import Glibc

/// One line of a tree, copied out of libgit2.
struct TreeItem {
    let name: [UInt8]
    let mode: UInt32
    let id: git_oid
    let type: GitTreeEntry.ObjectType

    /// Nil for what no tree may hold.
    init?(_ entry: OpaquePointer?) {
        guard let entry, let name = git_tree_entry_name(entry), let id = git_tree_entry_id(entry) else { return nil }
        self.name = Array(UnsafeBufferPointer(start: name, count: strlen(name))).map { UInt8(bitPattern: $0) }
        mode = git_tree_entry_filemode_raw(entry).rawValue
        self.id = id.pointee
        switch mode & 0o170000 {
        case 0o040000: type = .tree
        case 0o160000: type = .commit
        default: type = .blob
        }
    }

    /// Whether both stand for the same bytes and the same mode.
    static func areSame(_ one: TreeItem?, _ other: TreeItem?) -> Bool {
        guard let one, var id = other?.id, one.mode == other?.mode else { return false }
        var mine = one.id
        return git_oid_equal(&mine, &id) != 0
    }

    var isLink: Bool { mode & 0o170000 == 0o120000 }
    var isExecutable: Bool { mode & 0o100 != 0 }

    /// As `git ls-tree` shows it.
    func entry(at path: [UInt8]) -> GitTreeEntry {
        let digits = String(mode, radix: 8)
        return GitTreeEntry(
            mode: String(repeating: "0", count: max(0, 6 - digits.count)) + digits, type: type,
            object: ObjectID.hex(id), path: path)
    }
}
