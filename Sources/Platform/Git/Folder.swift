import Glibc

/// An open directory, in which names are made but never followed: every call names its target relative to the descriptor
/// and refuses what exists already, so nothing that a repository holds can lead a write elsewhere.
final class Folder: Sendable {
    let descriptor: Int32
    /// Whom the things that are made belong to, from their first moment on: a later change would be one of the file, and
    /// git would read it again. Nil for this process's own user.
    private let owner: FileOwner?

    private init(descriptor: Int32, owner: FileOwner?) {
        self.descriptor = descriptor
        self.owner = owner
    }

    deinit { close(descriptor) }

    /// Opens a directory by path. Only its last name may not be a symbolic link: the folders above it are the caller's.
    static func open(_ path: String, owner: FileOwner? = nil) throws(GitError) -> Folder {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(path)") }
        return Folder(descriptor: descriptor, owner: owner)
    }

    /// Makes a directory and opens it; `mayExist` accepts one that is there.
    func folder(_ name: [UInt8], mayExist: Bool = false) throws(GitError) -> Folder {
        let name = Self.terminated(name)
        let isNew = mkdirat(descriptor, name, 0o755) == 0
        guard isNew || (mayExist && errno == EEXIST) else { throw Self.failure("cannot make the folder", name) }
        let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard child >= 0 else { throw Self.failure("cannot open the folder", name) }
        let folder = Folder(descriptor: child, owner: owner)
        if isNew, let owner, fchown(child, owner.uid, owner.gid) != 0 {
            throw Self.failure("cannot give away the folder", name)
        }
        return folder
    }

    /// Writes a new file.
    func file(_ name: [UInt8], _ bytes: UnsafeRawBufferPointer, isExecutable: Bool) throws(GitError) -> stat {
        let name = Self.terminated(name)
        let mode: mode_t = isExecutable ? 0o755 : 0o644
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode)
        guard file >= 0 else { throw Self.failure("cannot make the file", name) }
        defer { close(file) }
        var rest = bytes
        while !rest.isEmpty {
            let count = write(file, rest.baseAddress, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw Self.failure("cannot write", name) }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        var facts = stat()
        guard fstat(file, &facts) == 0 else { throw Self.failure("cannot write", name) }
        // Each change of an inode costs about a fifth of what the file costs.
        let isOwned = owner.map { $0.uid == facts.st_uid && $0.gid == facts.st_gid } ?? true
        if isOwned, facts.st_mode & 0o7777 == mode { return facts }
        if let owner, !isOwned, fchown(file, owner.uid, owner.gid) != 0 { throw Self.failure("cannot give away", name) }
        // This process's umask forbade some of it.
        if facts.st_mode & 0o7777 != mode, fchmod(file, mode) != 0 { throw Self.failure("cannot write", name) }
        guard fstat(file, &facts) == 0 else { throw Self.failure("cannot write", name) }
        return facts
    }

    /// Makes a symbolic link; where it leads does not matter, because nothing here follows it.
    func link(_ name: [UInt8], to target: [UInt8]) throws(GitError) -> stat {
        let name = Self.terminated(name)
        guard !target.isEmpty, !target.contains(0) else {
            throw GitError(.invalid, "\(Self.text(name)) is a symbolic link to nowhere")
        }
        var facts = stat()
        guard symlinkat(Self.terminated(target), descriptor, name) == 0,
            owner.map({ fchownat(descriptor, name, $0.uid, $0.gid, AT_SYMLINK_NOFOLLOW) == 0 }) ?? true,
            fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
        else { throw Self.failure("cannot make the link", name) }
        return facts
    }

    /// Hides what a lower folder has under this name: the way of overlay file systems to say that it is gone.
    func whiteout(_ name: [UInt8]) throws(GitError) {
        let name = Self.terminated(name)
        guard mknodat(descriptor, name, mode_t(S_IFCHR), 0) == 0 else { throw Self.failure("cannot hide", name) }
    }

    private static func terminated(_ name: [UInt8]) -> [CChar] {
        name.map { CChar(bitPattern: $0) } + [0]
    }

    private static func text(_ name: [CChar]) -> String {
        TreePath.text(name.dropLast().map { UInt8(bitPattern: $0) })
    }

    private static func failure(_ doing: String, _ name: [CChar]) -> GitError {
        failure("\(doing) \(text(name))")
    }

    private static func failure(_ doing: String) -> GitError {
        let code = errno
        let isTheirs = [EEXIST, ELOOP, ENOTDIR, ENAMETOOLONG, EINVAL].contains(code)
        return GitError(isTheirs ? .invalid : .other, "\(doing): \(String(cString: strerror(code)))")
    }
}
