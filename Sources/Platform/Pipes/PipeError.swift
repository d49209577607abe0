import Glibc

/// Why a pipe or the file beside it cannot be used.
public struct PipeError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What was tried, with the path.
    public var action: String
    /// The system's error number.
    public var code: Int32

    /// The error of the call just made.
    init(_ action: String, code: Int32 = errno) {
        self.action = action
        self.code = code
    }

    /// Whether there is no room on the disk.
    public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT || code == EFBIG }

    public var description: String { "\(action): \(String(cString: strerror(code)))" }
}
