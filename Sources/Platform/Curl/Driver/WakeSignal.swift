import CLinux
import Glibc

/// Ends the driver's wait for its sockets. Any thread may give it; its driver closes it when nobody can give it any more.
struct WakeSignal: Sendable {
    let descriptor: Int32

    /// `nil` when the process may open no further file.
    init?() {
        descriptor = clinux_event()
        if descriptor < 0 { return nil }
    }

    /// Ends the present wait, or else the next one.
    func give() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }

    /// Takes back what was given until now.
    func clear() {
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    func close() {
        _ = Glibc.close(descriptor)
    }
}
