import CLibgit2

/// A repository that is open for the time of one synchronous call. Opening is cheap next to what it spares: no descriptors
/// held by idle mirrors, and no view of packs that have been replaced since.
struct BareRepository {
    let pointer: OpaquePointer

    /// Opens the folder itself; nothing is searched for above it.
    static func open<Value>(
        _ path: String, _ body: (BareRepository) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var pointer: OpaquePointer?
        let code = git_repository_open_bare(&pointer, path)
        guard code >= 0, let pointer else {
            throw GitError(.corrupt, "\(path) is no usable repository: \(LibGit2.Failure(code: code).message)")
        }
        defer { git_repository_free(pointer) }
        return try body(BareRepository(pointer: pointer))
    }

    /// Opens somebody else's repository: the work tree, a linked one or the git directory.
    ///
    /// - Parameter searching: also one that the path is in.
    static func look<Value>(
        at path: String, searching: Bool = false, _ body: (BareRepository) throws(GitError) -> Value
    ) throws(GitError) -> Value {
        var pointer: OpaquePointer?
        let flags = searching ? 0 : GIT_REPOSITORY_OPEN_NO_SEARCH.rawValue
        let code = git_repository_open_ext(&pointer, path, flags, nil)
        if code == GIT_ENOTFOUND.rawValue {
            git_error_clear()
            throw GitError(.notFound, "\(path) is no git repository" + (searching ? ", nor in one" : ""))
        }
        try LibGit2.check(code, "cannot open \(path)")
        guard let pointer else { throw GitError(.notFound, "\(path) is no git repository") }
        defer { git_repository_free(pointer) }
        return try body(BareRepository(pointer: pointer))
    }

    /// Where the objects are: of a linked work tree the repository that it belongs to.
    var commonFolder: String { git_repository_commondir(pointer).map { String(cString: $0) } ?? "" }

    /// The work tree, or the folder of a bare repository.
    var root: String {
        var path = (git_repository_workdir(pointer) ?? git_repository_path(pointer)).map { String(cString: $0) } ?? ""
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Makes an empty one, with the folders above it.
    static func create(_ path: String) throws(GitError) {
        var options = git_repository_init_options()
        git_repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        options.flags =
            GIT_REPOSITORY_INIT_BARE.rawValue | GIT_REPOSITORY_INIT_MKPATH.rawValue
            | GIT_REPOSITORY_INIT_NO_REINIT.rawValue
        var pointer: OpaquePointer?
        try LibGit2.check(git_repository_init_ext(&pointer, path, &options), "cannot create \(path)")
        git_repository_free(pointer)
    }

    /// Every reference below `refs/`, sorted by name.
    func references() throws(GitError) -> [GitReference] {
        var iterator: OpaquePointer?
        try LibGit2.check(git_reference_iterator_new(&iterator, pointer), "cannot list references")
        defer { git_reference_iterator_free(iterator) }
        var found: [GitReference] = []
        while true {
            var reference: OpaquePointer?
            let code = git_reference_next(&reference, iterator)
            if code == GIT_ITEROVER.rawValue { break }
            try LibGit2.check(code, "cannot list references")
            defer { git_reference_free(reference) }
            guard let name = git_reference_name(reference) else { continue }
            var symbolic: String?
            var target = git_oid()
            if git_reference_type(reference) == GIT_REFERENCE_SYMBOLIC {
                symbolic = git_reference_symbolic_target(reference).map { String(cString: $0) }
                guard git_reference_name_to_id(&target, pointer, name) >= 0 else { continue }
            } else if let id = git_reference_target(reference) {
                target = id.pointee
            }
            found.append(
                GitReference(
                    name: String(cString: name), target: ObjectID.hex(target), symbolicTarget: symbolic))
        }
        return found.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    /// Whether a reference leads to an object that cannot be read: the mirror is damaged then, because a fetch stores the
    /// objects before it sets the reference. Reads no more than the objects' headers.
    func hasBrokenReference() -> Bool {
        guard let references = try? references() else { return true }
        var database: OpaquePointer?
        guard git_repository_odb(&database, pointer) >= 0 else { return true }
        defer { git_odb_free(database) }
        return references.contains { reference in
            guard var id = try? ObjectID.parse(reference.target) else { return true }
            var size = 0
            var type = GIT_OBJECT_INVALID
            return git_odb_read_header(&size, &type, database, &id) < 0
        }
    }
}
