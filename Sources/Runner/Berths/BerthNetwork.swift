import Foundation
import Glibc

/// A network namespace, kept by a small waiting container.
///
/// Where jobs follow each other closely, the next job of the same project gets it when a trusted one is through: to
/// make one takes as long as all the rest of a short job. All processes that were in it are dead then, no container may
/// change its interfaces or rules, and the three files that come with it (names of hosts, name servers, the name of the
/// machine) are as they were, or it is thrown away.
struct BerthNetwork: Sendable, Hashable {
    /// The container's name.
    let name: String
    /// The container's id.
    let container: String
    /// The files as they were at first; `nil` where they cannot be looked at.
    let files: [SharedFile]?

    /// A file that every container in the network has, and may write to.
    struct SharedFile: Sendable, Hashable {
        /// The engine makes them with a few hundred bytes.
        private static let limit = 64 << 10

        let path: String
        private let mode: UInt32
        private let owner: UInt32
        private let group: UInt32
        private let content: Data

        /// Not the time of the last change: the engine gives the file to its owner again for each container.
        ///
        /// - Returns: `nil` when it cannot be looked at.
        init?(_ path: String) {
            var status = stat()
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= Self.limit,
                let content = FileManager.default.contents(atPath: path), content.count <= Self.limit
            else { return nil }
            self.path = path
            mode = status.st_mode
            owner = status.st_uid
            group = status.st_gid
            self.content = content
        }
    }
}
