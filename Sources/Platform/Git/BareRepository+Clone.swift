import FoundationEssentials

/// What a person's clone may have and a mirror of ours never has.
extension BareRepository {
    /// The folders of all its objects: its own, and those that it borrows from.
    ///
    /// - Throws: `GitError` when they are not to be found.
    func objectFolders() throws(GitError) -> [String] {
        var folders = ["\(commonFolder)/objects"]
        var next = 0
        while next < folders.count {
            let folder = folders[next]
            next += 1
            for line in lines(of: "\(folder)/info/alternates") where !line.hasPrefix("#") {
                let other = line.hasPrefix("/") ? line : "\(folder)/\(line)"
                if !folders.contains(other) { folders.append(other) }
            }
            guard folders.count <= 100 else { throw GitError(.invalid, "\(root) borrows objects from too many others") }
        }
        return folders
    }

    /// The commits at which a shallow clone's history ends; none of a full one.
    func shallowCommits() -> [String] { lines(of: "\(commonFolder)/shallow") }

    private func lines(of path: String) -> [String] {
        guard let bytes = FileManager.default.contents(atPath: path) else { return [] }
        return String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map(String.init)
    }
}
