import CLibgit2
import FoundationEssentials
import Glibc

extension GitMirror {
    /// Merges small packs: every fetch adds one, a lookup asks each of them, and a job gets a copy of each. The largest stay as they are, because
    /// making them anew costs most and helps least. A failure costs speed only, so it is logged and not thrown.
    func compact(from limit: Int = 20, keeping kept: Int = 5) {
        let folder = "\(path)/objects/pack"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("pack-") && $0.hasSuffix(".idx") }
        // Most fetches end here, without having read an index, which can be large.
        guard names.count >= limit else { return }
        let packs = names.compactMap { PackIndex("\(folder)/\($0)") }
        guard packs.count > kept + 1 else { return }
        let small = packs.sorted { $0.count < $1.count }.dropLast(kept)
        do throws(GitError) {
            let new = try BareRepository.open(path) { repository throws(GitError) in
                try repository.pack(small.lazy.flatMap(\.objects), into: folder)
            }
            for pack in small where !pack.path.contains(new) {
                // The index first: a pack without one is no pack.
                unlink(pack.path)
                unlink(String(pack.path.dropLast(3)) + "pack")
            }
        } catch {
            warn("Cannot merge packs", because: error)
        }
    }
}

/// The index of a pack, read for nothing but the ids in it (version 2: magic, fan-out table, sorted ids).
struct PackIndex {
    let path: String
    let count: Int
    private let ids: Data

    init?(_ path: String) {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count >= 8 + 1024,
            data.prefix(8).elementsEqual([0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2])
        else { return nil }
        let count = data[(8 + 1020)..<(8 + 1024)].reduce(0) { $0 << 8 | Int($1) }
        guard data.count >= 8 + 1024 + 20 * count else { return nil }
        self.path = path
        self.count = count
        ids = data[(8 + 1024)..<(8 + 1024 + 20 * count)]
    }

    var objects: [git_oid] {
        stride(from: ids.startIndex, to: ids.endIndex, by: 20).map { start in
            var id = git_oid()
            withUnsafeMutableBytes(of: &id) { $0.copyBytes(from: ids[start..<start + 20]) }
            return id
        }
    }
}

extension BareRepository {
    /// Writes a pack of these objects and answers the hash in its name.
    fileprivate func pack(_ objects: some Sequence<git_oid>, into folder: String) throws(GitError) -> String {
        var builder: OpaquePointer?
        try LibGit2.check(git_packbuilder_new(&builder, pointer), "cannot make a pack")
        defer { git_packbuilder_free(builder) }
        for var id in objects {
            try LibGit2.checkCancellation()
            try LibGit2.check(git_packbuilder_insert(builder, &id, nil), "cannot pack \(ObjectID.hex(id))")
        }
        try LibGit2.check(git_packbuilder_write(builder, folder, 0, nil, nil), "cannot write a pack")
        guard let name = git_packbuilder_name(builder) else { throw GitError(.other, "the pack has no name") }
        return String(cString: name)
    }
}
