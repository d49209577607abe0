import Glibc

/// The one owner of an open file: closed when nobody holds it any more.
final class Descriptor: Sendable {
    let number: Int32

    /// - Throws: `PipeError`.
    init(_ path: String, _ flags: Int32, mode: mode_t = 0o600) throws(PipeError) {
        number = open(path, flags | O_CLOEXEC | O_NOFOLLOW, mode)
        guard number >= 0 else { throw PipeError("opening \(path)") }
    }

    deinit { close(number) }
}
