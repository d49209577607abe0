import Glibc

/// A named pipe through which another program is asked to open pipes, and so to keep what is in them.
///
/// A request is a path of at most 63 bytes, filled with zeros to 64: the kernel writes so few at once, and the program
/// always reads a whole one.
public final class HoldRequests: Sendable {
    /// The bytes of a request.
    public static let size = 64

    private let pipe: Descriptor

    /// Opens the pipe of a folder that `SpooledPipe.make` made.
    ///
    /// - Throws: `PipeError`.
    public init(folder: String) throws(PipeError) {
        // Read and write: it opens although nobody listens yet.
        pipe = try Descriptor("\(folder)/\(SpooledPipe.pipeName)", O_RDWR | O_NONBLOCK)
    }

    /// Asks for a pipe to be opened. Does not wait for it.
    ///
    /// - Parameter path: as the other program sees it.
    /// - Throws: `PipeError`, also when the other program has not listened for long.
    public func send(_ path: String) throws(PipeError) {
        var request = Array(path.utf8)
        guard request.count < Self.size, !request.contains(0) else {
            throw PipeError("asking for the pipe \(path)", code: ENAMETOOLONG)
        }
        request += [UInt8](repeating: 0, count: Self.size - request.count)
        guard write(pipe.number, request, request.count) == request.count else {
            throw PipeError("asking for the pipe \(path)")
        }
    }

    /// Whether somebody has the pipe of a folder open for reading. To be asked before we open it ourselves.
    public static func isHeld(folder: String) -> Bool {
        (try? Descriptor("\(folder)/\(SpooledPipe.pipeName)", O_WRONLY | O_NONBLOCK)) != nil
    }
}
