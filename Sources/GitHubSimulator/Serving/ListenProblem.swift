import Glibc
import NIOCore

/// An address that cannot be listened on.
struct ListenProblem: Error, CustomStringConvertible {
    /// One sentence, with the address.
    let description: String

    /// `nil` when the error is about something else.
    init?(_ error: any Error, host: String, port: Int) {
        guard let error = error as? IOError, [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) else {
            return nil
        }
        let place = host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        description = "cannot listen on \(place): \(String(cString: strerror(error.errnoCode))); choose another --port"
    }
}
