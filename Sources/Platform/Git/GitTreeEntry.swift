/// Something in a tree: what `git ls-tree` prints.
public struct GitTreeEntry: Sendable, Hashable {
    /// What an entry is.
    public enum ObjectType: String, Sendable, Hashable {
        /// A file or a symbolic link.
        case blob
        /// A directory.
        case tree
        /// A submodule; the commit is not in this repository.
        case commit
    }

    /// Six octal digits: `100644`, `100755`, `120000`, `040000` or `160000` (seldom others in old repositories).
    public let mode: String
    /// What the entry is.
    public let type: ObjectType
    /// The object, 40 lowercase hexadecimal digits.
    public let object: String
    /// The path from the root of the tree. Git does not demand UTF-8.
    public let path: [UInt8]

    /// Makes an entry.
    public init(mode: String, type: ObjectType, object: String, path: [UInt8]) {
        self.mode = mode
        self.type = type
        self.object = object
        self.path = path
    }
}
