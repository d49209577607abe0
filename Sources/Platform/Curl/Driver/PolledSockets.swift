import CLibcurl
import Glibc

/// The sockets that libcurl wants to hear of, and the signal that ends the wait.
///
/// `poll` rather than `epoll`: a transfer changes what it waits for two or three times, each of which would be a call of
/// the kernel, and there are as many sockets as transfers, not thousands.
struct PolledSockets {
    /// The first one is the signal's.
    private var entries: [pollfd]
    private var places: [curl_socket_t: Int] = [:]

    init(_ signal: WakeSignal) {
        entries = [pollfd(fd: signal.descriptor, events: Int16(POLLIN), revents: 0)]
    }

    /// - Parameter what: `CURL_POLL_IN` and the like, as libcurl's socket callback says it.
    mutating func watch(_ socket: curl_socket_t, for what: Int32) {
        var events: Int32 = 0
        if what & CURL_POLL_IN != 0 { events |= POLLIN }
        if what & CURL_POLL_OUT != 0 { events |= POLLOUT }
        guard what != CURL_POLL_REMOVE, events != 0 else { return forget(socket) }
        if let place = places[socket] {
            entries[place].events = Int16(events)
        } else {
            places[socket] = entries.count
            entries.append(pollfd(fd: socket, events: Int16(events), revents: 0))
        }
    }

    private mutating func forget(_ socket: curl_socket_t) {
        guard let place = places.removeValue(forKey: socket) else { return }
        entries.swapAt(place, entries.count - 1)
        entries.removeLast()
        if place < entries.count { places[entries[place].fd] = place }
    }

    func contains(_ socket: curl_socket_t) -> Bool { places[socket] != nil }

    /// Waits until something can be done, at most so many milliseconds.
    ///
    /// - Returns: the sockets with what they are ready for, `CURL_CSELECT_IN` and the like; and whether the signal was
    ///   given.
    mutating func wait(_ milliseconds: Int32) -> (ready: [(socket: curl_socket_t, events: Int32)], isSignalled: Bool) {
        guard poll(&entries, nfds_t(entries.count), milliseconds) > 0 else { return ([], false) }
        var ready: [(socket: curl_socket_t, events: Int32)] = []
        for entry in entries.dropFirst() where entry.revents != 0 {
            let seen = Int32(entry.revents)
            var events: Int32 = 0
            // What hung up has its last bytes to be read.
            if seen & (POLLIN | POLLHUP) != 0 { events |= CURL_CSELECT_IN }
            if seen & POLLOUT != 0 { events |= CURL_CSELECT_OUT }
            if seen & (POLLERR | POLLNVAL) != 0 { events |= CURL_CSELECT_ERR }
            ready.append((entry.fd, events))
        }
        return (ready, entries[0].revents != 0)
    }
}
