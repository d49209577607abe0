import CLinux
import Glibc

/// A named pipe in front of which a program waits until it is told to go on.
///
/// Whoever waits reads a line from it. The pipe has a writer for as long as this object lives; when that is gone without
/// a word, also because the process was killed, the waiting program reads the end of the file.
public final class StartGate: Sendable {
    /// The line that lets the program go on.
    public static let word = "go"

    private let pipe: Descriptor

    /// Makes the pipe, which only `uid` may read.
    ///
    /// - Throws: `PipeError`; also when something is there already.
    public init(at path: String, uid: uid_t, gid: gid_t) throws(PipeError) {
        guard mkfifo(path, 0o400) == 0, chmod(path, 0o400) == 0, lchown(path, uid, gid) == 0 else {
            throw PipeError("making the pipe \(path)")
        }
        // Read and write: it opens although nobody waits yet.
        pipe = try Descriptor(path, O_RDWR | O_NONBLOCK)
        var status = stat()
        guard fstat(pipe.number, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            throw PipeError("opening the pipe \(path)", code: EINVAL)
        }
    }

    /// Lets the program go on.
    ///
    /// - Throws: `PipeError`.
    public func open() throws(PipeError) {
        let line = Array("\(Self.word)\n".utf8)
        guard write(pipe.number, line, line.count) == line.count else { throw PipeError("opening a start gate") }
    }

    /// Whether the word that was said is still there: nobody has read it.
    public var isUnread: Bool {
        var question = pollfd(fd: pipe.number, events: Int16(POLLIN), revents: 0)
        return poll(&question, 1, 0) > 0 && question.revents & Int16(POLLIN) != 0
    }
}
