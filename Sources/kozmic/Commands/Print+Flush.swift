// The library's `stdout` is a variable that nobody changes.
@preconcurrency import Glibc

extension Print {
    /// Writes what `print` still holds. Also tells of what was lost before.
    ///
    /// - Throws: `Lost`.
    static func flush() throws(Lost) {
        guard fflush(stdout) == 0 else { throw Lost(code: errno) }
        guard ferror(stdout) == 0 else { throw Lost(code: 0) }
    }
}
