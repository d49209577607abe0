import FoundationEssentials
import Glibc

/// Writes the `.git` of a checkout by hand: it takes a few files, and libgit2 would copy the objects one by one.
enum DetachedRepository {
    /// - Parameters:
    ///   - sources: the folders whose packs and objects are needed.
    ///   - shallow: the commits whose parents are missing on purpose.
    ///   - linking: whether the packs and objects are the mirror's own files; those are not given away.
    ///   - isMoving: whether the work tree will be used as a copy.
    ///   - owner: whom what is made shall belong to.
    /// - Returns: the bytes of the packs and objects.
    static func create(
        in directory: String, commit: String, tags: [BareRepository.Tag], origin: String?,
        objectsFrom sources: [String], shallow: [String], linking: Bool, isMoving: Bool, owner: FileOwner?
    ) throws(GitError) -> Int {
        let root = "\(directory)/.git"
        // All that git asks for, and where people's scripts keep what is to be ignored. The others it makes itself.
        for folder in ["", "/objects", "/objects/pack", "/refs", "/info"] { try make("\(root)\(folder)", owner) }
        let folder = try Folder.open(root, owner: owner)
        try write("\(commit)\n", to: "HEAD", in: folder)
        try write(configuration(origin, isMoving: isMoving), to: "config", in: folder)
        if !tags.isEmpty { try write(packedReferences(tags), to: "packed-refs", in: folder) }
        if !shallow.isEmpty { try write(shallow.map { "\($0)\n" }.joined(), to: "shallow", in: folder) }
        var total = 0
        for (number, source) in sources.enumerated() {
            total += try share(source, with: "\(root)/objects", linking: linking, isFurther: number > 0, owner: owner)
        }
        return total
    }

    /// Writes what is different when another commit's work tree lies over that of a template: see `GitMirror.layer`. Packs
    /// that the template has are not copied again.
    ///
    /// - Parameter hasIndex: whether the index is to change.
    static func create(
        layer directory: String, over template: String, commit: String, tags: [BareRepository.Tag],
        objectsFrom mirror: String, hasIndex: Bool
    ) throws(GitError) {
        let (root, lower) = ("\(directory)/.git", "\(template)/.git")
        do {
            try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
            if hasIndex { try FileManager.default.copyItem(atPath: "\(lower)/index", toPath: "\(root)/index") }
        } catch {
            throw GitError(.other, "cannot write \(root): \(error)")
        }
        let folder = try Folder.open(root)
        try write("\(commit)\n", to: "HEAD", in: folder)
        // An empty one is as good as none, and hides the template's.
        if !tags.isEmpty || FileManager.default.fileExists(atPath: "\(lower)/packed-refs") {
            try write(packedReferences(tags), to: "packed-refs", in: folder)
        }
        _ = try share("\(mirror)/objects", with: "\(root)/objects", linking: false, except: "\(lower)/objects")
    }

    /// Gives away what was made without an owner.
    static func give(_ paths: [String], to owner: FileOwner) throws(GitError) {
        for path in paths where lchown(path, owner.uid, owner.gid) != 0 {
            throw GitError(.other, "cannot give \(path) away: \(String(cString: strerror(errno)))")
        }
    }

    /// Makes a folder.
    private static func make(_ path: String, mayExist: Bool = false, _ owner: FileOwner?) throws(GitError) {
        guard mkdir(path, 0o755) == 0 else {
            if mayExist, errno == EEXIST { return }
            throw GitError(.other, "cannot make \(path): \(String(cString: strerror(errno)))")
        }
        if let owner { try give([path], to: owner) }
    }

    /// Gives the `.git` of a layer away, but not the packs and objects, of which it has only what is to be read.
    static func give(_ directory: String, to owner: FileOwner) throws(GitError) {
        do {
            let root = "\(directory)/.git"
            var paths =
                [directory, root] + (try FileManager.default.subpathsOfDirectory(atPath: root)).map { "\(root)/\($0)" }
            paths.removeAll { path in
                var status = stat()
                return path.hasPrefix("\(root)/objects/") && lstat(path, &status) == 0
                    && status.st_mode & S_IFMT != S_IFDIR
            }
            for path in paths {
                guard lchown(path, owner.uid, owner.gid) == 0 else { throw CocoaError(.fileWriteNoPermission) }
            }
        } catch {
            throw GitError(.other, "cannot give \(directory) away: \(error)")
        }
    }

    /// Not by Foundation, which waits until the disk has it: what is lost with the machine is made anew.
    private static func write(_ text: String, to name: String, in folder: Folder) throws(GitError) {
        let outcome = Array(text.utf8).withUnsafeBytes { bytes -> Result<stat, GitError> in
            do throws(GitError) {
                return .success(try folder.file(Array(name.utf8), bytes, isExecutable: false))
            } catch {
                return .failure(error)
            }
        }
        _ = try outcome.get()
    }

    private static func configuration(_ origin: String?, isMoving: Bool) -> String {
        var core =
            "[core]\n\trepositoryformatversion = 0\n\tfilemode = true\n\tbare = false\n\tlogallrefupdates = true\n"
        // A copy has other inodes and owners than the index says; its times are right to the second.
        if isMoving { core += "\tcheckStat = minimal\n" }
        guard let origin else { return core }
        // Quoted because of `#` and `;`; the address was checked to hold neither quotes nor line breaks.
        return core + "[remote \"origin\"]\n\turl = \"\(origin)\"\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n"
    }

    private static func packedReferences(_ tags: [BareRepository.Tag]) -> String {
        tags.reduce(into: "# pack-refs with: peeled fully-peeled sorted \n") { text, tag in
            text += "\(tag.target) \(tag.name)\n"
            if let peeled = tag.peeled { text += "^\(peeled)\n" }
        }
    }

    /// Links or copies packs and loose objects. Git never changes these files, only adds and removes some.
    ///
    /// - Parameters:
    ///   - present: where some are that are not needed again.
    ///   - isFurther: whether the target has objects of another source already, maybe the same ones.
    /// - Returns: their bytes.
    private static func share(
        _ source: String, with target: String, linking: Bool, except present: String? = nil, isFurther: Bool = false,
        owner: FileOwner? = nil
    ) throws(GitError) -> Int {
        do {
            var total = 0
            let files = FileManager.default
            for name in try files.contentsOfDirectory(atPath: source) {
                let isLoose = name.utf8.count == 2 && name.utf8.allSatisfy { $0 != UInt8(ascii: ".") }
                guard name == "pack" || isLoose else { continue }
                let missing = try files.contentsOfDirectory(atPath: "\(source)/\(name)").filter { file in
                    (isLoose || file.hasSuffix(".pack") || file.hasSuffix(".idx"))
                        && present.map { !files.fileExists(atPath: "\($0)/\(name)/\(file)") } ?? true
                }
                if present != nil, missing.isEmpty { continue }
                // That of the packs is there.
                if present == nil, isLoose {
                    try make("\(target)/\(name)", mayExist: isFurther, owner)
                } else {
                    try files.createDirectory(atPath: "\(target)/\(name)", withIntermediateDirectories: true)
                }
                for file in missing {
                    let (from, to) = ("\(source)/\(name)/\(file)", "\(target)/\(name)/\(file)")
                    if isFurther, files.fileExists(atPath: to) { continue }
                    var facts = stat()
                    if stat(from, &facts) == 0 { total += Int(facts.st_size) }
                    if linking, link(from, to) == 0 { continue }
                    try LibGit2.checkCancellation()
                    try files.copyItem(atPath: from, toPath: to)
                    if let owner, !linking { try give([to], to: owner) }
                }
            }
            return total
        } catch let error as GitError {
            throw error
        } catch {
            throw GitError(.other, "cannot copy the objects of \(source): \(error)")
        }
    }
}
