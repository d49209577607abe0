import Glibc

/// The server's side of a connection. Everything on it gives up after some seconds.
struct TestConnection: Sendable {
    struct Request: Sendable {
        var method = ""
        var target = ""
        var headers: [String: String] = [:]
        var body: [UInt8] = []
    }

    let descriptor: Int32

    init(descriptor: Int32) {
        self.descriptor = descriptor
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(descriptor, SOL_SOCKET, option, &patience, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    // MARK: - Reading

    /// One byte; `nil` at the end.
    func byte() -> UInt8? {
        var byte: UInt8 = 0
        return recv(descriptor, &byte, 1, 0) == 1 ? byte : nil
    }

    /// A line without its end.
    func line() -> String? {
        var bytes: [UInt8] = []
        while let byte = byte() {
            if byte == 0x0A {
                return String(decoding: bytes.last == 0x0D ? bytes.dropLast() : bytes[...], as: UTF8.self)
            }
            bytes.append(byte)
        }
        return nil
    }

    /// Exactly so many bytes.
    func bytes(_ count: Int) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var have = 0
        while have < count {
            let got = bytes.withUnsafeMutableBytes { buffer in
                recv(descriptor, buffer.baseAddress.map { $0 + have }, count - have, 0)
            }
            guard got > 0 else { return nil }
            have += got
        }
        return bytes
    }

    /// A request up to its empty line.
    func head() -> Request? {
        guard let words = line()?.split(separator: " "), words.count == 3 else { return nil }
        var request = Request(method: String(words[0]), target: String(words[1]))
        while let line = line(), !line.isEmpty {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count > 0 else { return nil }
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            request.headers[parts[0].lowercased()] = String(value)
        }
        return request
    }

    /// A whole request; `nil` when the client is gone.
    func request() -> Request? {
        guard var request = head() else { return nil }
        if let length = request.headers["content-length"].flatMap({ Int($0) }) {
            guard let body = bytes(length) else { return nil }
            request.body = body
        } else if request.headers["transfer-encoding"] == "chunked" {
            while let size = line().flatMap({ Int($0, radix: 16) }) {
                guard let chunk = bytes(size), line() != nil else { return nil }
                if size == 0 { break }
                request.body += chunk
            }
        }
        return request
    }

    /// Reads nothing for a while.
    func rest(milliseconds: Int) {
        poll(nil, 0, Int32(milliseconds))
    }

    /// Waits until the client has closed; false if it does not in time.
    func waitForClose() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while true {
            let got = recv(descriptor, &buffer, buffer.count, 0)
            if got == 0 { return true }
            if got < 0 { return errno == ECONNRESET }
        }
    }

    // MARK: - Writing

    /// All of it; false when the client is gone, or does not read.
    @discardableResult
    func send(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        var done = 0
        while done < bytes.count {
            let sent = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress.map { $0 + done }, bytes.count - done, Int32(MSG_NOSIGNAL))
            }
            guard sent > 0 else { return false }
            done += sent
        }
        return true
    }

    @discardableResult
    func send(_ text: String) -> Bool { send(text.utf8) }

    /// A response with a body of known length.
    @discardableResult
    func respond(_ status: String = "200 OK", _ body: some Collection<UInt8> = [], headers: [String] = []) -> Bool {
        let lines = ["HTTP/1.1 \(status)", "Content-Length: \(body.count)"] + headers
        return send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + Array(body))
    }

    /// How many bytes the client takes before it takes none for a while: what it buffers, with the kernel's buffers.
    func sendUntilStuck(_ bytes: [UInt8], milliseconds: Int) -> Int {
        var done = 0
        while done < bytes.count {
            var poll = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
            guard Glibc.poll(&poll, 1, Int32(milliseconds)) == 1 else { break }
            let sent = bytes.withUnsafeBytes { buffer in
                Glibc.send(
                    descriptor, buffer.baseAddress.map { $0 + done }, min(bytes.count - done, 65536),
                    Int32(MSG_NOSIGNAL | MSG_DONTWAIT))
            }
            guard sent > 0 else { break }
            done += sent
        }
        return done
    }
}
