import CLibgit2
import Glibc

/// The sockets that libgit2 talks through, for plain HTTP, below TLS and below SSH.
///
/// They are ours so that a stuck connection can be ended from another thread, so that connecting has a time limit, and so
/// that nothing connects to where the remote does not live.
enum SocketStream {
    private typealias Stream = git_shim_socket_stream

    /// Makes libgit2 use them.
    static func register() {
        var registration = git_stream_registration()
        registration.version = GIT_STREAM_VERSION
        registration.`init` = { out, host, port in
            guard let out, let host, let port, let transfer = Transfer.current else { return GIT_ERROR.rawValue }
            guard transfer.allows(host: String(cString: host), port: String(cString: port)) else {
                return GIT_ERROR.rawValue
            }
            out.pointee = SocketStream.make(host, port, for: transfer)
            return 0
        }
        git_stream_register(GIT_STREAM_STANDARD, &registration)
    }

    private static func make(
        _ host: UnsafePointer<CChar>, _ port: UnsafePointer<CChar>, for transfer: Transfer
    ) -> UnsafeMutablePointer<git_stream> {
        let stream = UnsafeMutablePointer<Stream>.allocate(capacity: 1)
        stream.initialize(to: Stream())
        stream.pointee.host = strdup(host)
        stream.pointee.port = strdup(port)
        stream.pointee.descriptor = -1
        stream.pointee.transfer = Unmanaged.passRetained(transfer).toOpaque()
        stream.pointee.parent.version = GIT_STREAM_VERSION
        stream.pointee.parent.connect = { SocketStream.connect(SocketStream.stream($0)) }
        stream.pointee.parent.read = { SocketStream.read(SocketStream.stream($0), $1, $2) }
        stream.pointee.parent.write = { stream, bytes, count, _ in
            SocketStream.write(SocketStream.stream(stream), bytes, count)
        }
        stream.pointee.parent.close = { SocketStream.close(SocketStream.stream($0)) }
        stream.pointee.parent.free = { SocketStream.free(SocketStream.stream($0)) }
        return UnsafeMutableRawPointer(stream).assumingMemoryBound(to: git_stream.self)
    }

    private static func stream(_ parent: UnsafeMutablePointer<git_stream>?) -> UnsafeMutablePointer<Stream>? {
        UnsafeMutableRawPointer(parent)?.assumingMemoryBound(to: Stream.self)
    }

    private static func transfer(_ stream: UnsafeMutablePointer<Stream>) -> Transfer {
        Unmanaged<Transfer>.fromOpaque(stream.pointee.transfer).takeUnretainedValue()
    }

    private static func connect(_ stream: UnsafeMutablePointer<Stream>?) -> Int32 {
        guard let stream else { return GIT_ERROR.rawValue }
        let transfer = transfer(stream)
        guard let host = stream.pointee.host, let port = stream.pointee.port,
            let descriptor = transfer.connect(host: String(cString: host), port: String(cString: port))
        else { return GIT_ERROR.rawValue }
        stream.pointee.descriptor = descriptor
        return 0
    }

    private static func read(
        _ stream: UnsafeMutablePointer<Stream>?, _ buffer: UnsafeMutableRawPointer?, _ count: Int
    ) -> Int {
        guard let stream, let buffer else { return -1 }
        while true {
            let received = recv(stream.pointee.descriptor, buffer, count, 0)
            if received >= 0 {
                transfer(stream).touch()
                return received
            }
            guard wait(stream, POLLIN) else { return -1 }
        }
    }

    private static func write(
        _ stream: UnsafeMutablePointer<Stream>?, _ bytes: UnsafePointer<CChar>?, _ count: Int
    ) -> Int {
        guard let stream, let bytes else { return -1 }
        while true {
            // A server that hangs up must not end the process by a signal.
            let sent = send(stream.pointee.descriptor, bytes, count, Int32(MSG_NOSIGNAL))
            if sent >= 0 {
                transfer(stream).touch()
                return sent
            }
            guard wait(stream, POLLOUT) else { return -1 }
        }
    }

    /// After a failed call: waits until the socket is ready. It ends early when the transfer shuts the socket down.
    private static func wait(_ stream: UnsafeMutablePointer<Stream>, _ events: Int32) -> Bool {
        if errno == EINTR { return true }
        guard errno == EAGAIN || errno == EWOULDBLOCK else {
            git_error_set_str(
                Int32(GIT_ERROR_NET.rawValue), "the connection broke: \(String(cString: strerror(errno)))")
            return false
        }
        var request = pollfd(fd: stream.pointee.descriptor, events: Int16(events), revents: 0)
        while poll(&request, 1, -1) < 0, errno == EINTR {}
        return true
    }

    private static func close(_ stream: UnsafeMutablePointer<Stream>?) -> Int32 {
        guard let stream, stream.pointee.descriptor >= 0 else { return 0 }
        transfer(stream).disconnect(stream.pointee.descriptor)
        stream.pointee.descriptor = -1
        return 0
    }

    private static func free(_ stream: UnsafeMutablePointer<Stream>?) {
        guard let stream else { return }
        _ = close(stream)
        Unmanaged<Transfer>.fromOpaque(stream.pointee.transfer).release()
        Glibc.free(stream.pointee.host)
        Glibc.free(stream.pointee.port)
        stream.deinitialize(count: 1)
        stream.deallocate()
    }
}
