import CLibgit2
import FoundationEssentials
import Glibc

extension GitMirror {
    /// Merges small packs: every fetch adds one, a lookup asks each of them, and a job gets a copy of each. A failure costs
    /// speed only, so it is logged and not thrown.
    ///
    /// As `git repack --geometric=2` does it, a pack stays as it is when it has at least twice as many objects as all
    /// smaller ones together: what is written again grows with what is new, and few packs are left.
    ///
    /// - Parameters:
    ///   - largest: one with more objects is never made anew, because that costs most and helps least.
    ///   - heaviest: nor is one with more bytes.
    func compact(from limit: Int = 4, largest: Int = 20_000, heaviest: Int = 32 << 20) {
        let folder = "\(path)/objects/pack"
        let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [])
            .filter { $0.hasPrefix("pack-") && $0.hasSuffix(".idx") }
        guard names.count >= limit else { return }
        // By the size of the indexes, which can be large: most fetches end here without having read one.
        let counts = names.compactMap { name -> (path: String, objects: Int)? in
            var facts = stat()
            guard stat("\(folder)/\(name)", &facts) == 0 else { return nil }
            let objects = PackIndex.objects(inFileOf: Int(facts.st_size))
            guard stat(PackIndex.pack(of: "\(folder)/\(name)"), &facts) == 0, facts.st_size <= heaviest
            else { return nil }
            return objects <= largest ? ("\(folder)/\(name)", objects) : nil
        }.sorted { $0.objects < $1.objects }
        let merged = Self.merged(counts.map(\.objects))
        guard merged >= limit else { return }
        let small = counts.prefix(merged).compactMap { PackIndex($0.path) }
        do throws(GitError) {
            let new = try BareRepository.open(path) { repository throws(GitError) in
                try repository.pack(small.lazy.flatMap(\.objects), into: folder)
            }
            // It has to outlast a loss of power before what it replaces is gone.
            for path in ["\(folder)/pack-\(new).pack", "\(folder)/pack-\(new).idx", folder] { try Self.sync(path) }
            for pack in small where !pack.path.contains(new) {
                // The index first: a pack without one is no pack.
                unlink(pack.path)
                unlink(PackIndex.pack(of: pack.path))
            }
        } catch {
            warn("Cannot merge packs", because: error)
        }
    }

    /// Waits until a file, or the names in a folder, are on the disk.
    private static func sync(_ path: String) throws(GitError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else {
            throw GitError(.other, "cannot sync \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// How many of the packs, by their numbers of objects from the smallest on, are to become one.
    static func merged(_ counts: [Int]) -> Int {
        var sum = 0
        var merged = 0
        for (position, count) in counts.enumerated() {
            if count < 2 * sum { merged = position + 1 }
            sum += count
        }
        return merged
    }
}

/// The index of a pack, read for nothing but the ids in it (version 2: magic, fan-out table, sorted ids).
struct PackIndex {
    let path: String
    private let ids: Data

    /// How many objects an index of so many bytes has: an id, a checksum and an offset for each. Where packs have more than
    /// 2 GB it has longer offsets, too, and the answer is too high.
    static func objects(inFileOf bytes: Int) -> Int { max(0, bytes - 8 - 1024 - 40) / 28 }

    /// The pack of an index.
    static func pack(of index: String) -> String { index.dropLast(3) + "pack" }

    init?(_ path: String) {
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count >= 8 + 1024,
            data.prefix(8).elementsEqual([0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2])
        else { return nil }
        let count = data[(8 + 1020)..<(8 + 1024)].reduce(0) { $0 << 8 | Int($1) }
        guard data.count >= 8 + 1024 + 20 * count else { return nil }
        self.path = path
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
        // Both are asked on this thread: one while differences are looked for, the other while objects are compressed.
        git_packbuilder_set_callbacks(builder, { _, _, _, _ in Task.isCancelled ? GIT_EUSER.rawValue : 0 }, nil)
        for var id in objects {
            try LibGit2.checkCancellation()
            try LibGit2.check(git_packbuilder_insert(builder, &id, nil), "cannot pack \(ObjectID.hex(id))")
        }
        let code = git_packbuilder_write(
            builder, folder, 0, { _, _ in Task.isCancelled ? GIT_EUSER.rawValue : 0 }, nil)
        try LibGit2.check(code, "cannot write a pack")
        guard let name = git_packbuilder_name(builder) else { throw GitError(.other, "the pack has no name") }
        return String(cString: name)
    }
}
