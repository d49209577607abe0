import Glibc

/// An open directory, in which names are made but never followed: every call names its target relative to the descriptor
/// and refuses what exists already, so nothing that a repository holds can lead a write elsewhere.
struct Folder: ~Copyable {
    let descriptor: Int32

    private init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens a directory by path. Only its last name may not be a symbolic link: the folders above it are the caller's.
    static func open(_ path: String) throws(GitError) -> Folder {
        let descriptor = Glibc.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("cannot open \(path)") }
        return Folder(descriptor: descriptor)
    }

    /// Makes a directory and opens it; `mayExist` accepts one that is there.
    func folder(_ name: [UInt8], mayExist: Bool = false) throws(GitError) -> Folder {
        let name = Self.terminated(name)
        if mkdirat(descriptor, name, 0o755) != 0 {
            guard mayExist, errno == EEXIST else { throw Self.failure("cannot make the folder", name) }
        }
        let child = openat(descriptor, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        guard child >= 0 else { throw Self.failure("cannot open the folder", name) }
        return Folder(descriptor: child)
    }

    /// Writes a new file.
    func file(_ name: [UInt8], _ bytes: UnsafeRawBufferPointer, isExecutable: Bool) throws(GitError) -> stat {
        let name = Self.terminated(name)
        let file = openat(descriptor, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
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
        guard fchmod(file, isExecutable ? 0o755 : 0o644) == 0, fstat(file, &facts) == 0 else {
            throw Self.failure("cannot write", name)
        }
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
            fstatat(descriptor, name, &facts, AT_SYMLINK_NOFOLLOW) == 0
        else { throw Self.failure("cannot make the link", name) }
        return facts
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
