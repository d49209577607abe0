import CLibgit2
import Glibc
import Synchronization

/// Writes files of a repository, byte for byte as they are stored. May be used by several threads, each with the repository
/// opened for itself.
final class FileWriter: Sendable {
    private let most: Int
    private let largest: Int
    private let bytes = Atomic(0)

    /// - Parameters:
    ///   - most: bytes of all files together.
    ///   - largest: bytes of one.
    init(most: Int, largest: Int) {
        self.most = most
        self.largest = largest
    }

    /// Writes a file or a symbolic link under its own name.
    ///
    /// - Returns: what the file system says about it.
    func write(_ item: TreeItem, into folder: Folder, from repository: BareRepository) throws(GitError) -> stat {
        try repository.withBlob(item.id, limit: item.isLink ? 4095 : largest) { content throws(GitError) in
            if item.isLink { return try folder.link(item.name, to: [UInt8](content)) }
            guard bytes.add(content.count, ordering: .relaxed).newValue <= most else {
                throw GitError(.invalid, "the commit's files have more than \(most) bytes")
            }
            return try folder.file(item.name, content, isExecutable: item.isExecutable)
        }
    }
}
