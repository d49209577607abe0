import Glibc

/// A file of this machine that is being read; closes it at the end. Names are bytes.
final class OpenFile {
    let name: String
    let size: Int64
    private let descriptor: Int32

    /// `follows`: whether the last part of the path may be a link.
    init(_ path: [UInt8], follows: Bool) throws(TarError) {
        // A pipe that took the file's place must not hold us up.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | (follows ? 0 : O_NOFOLLOW)
        descriptor = path.withCPath { open($0, flags) }
        guard descriptor >= 0 else { throw Self.problem("read", path) }
        name = String(decoding: path, as: UTF8.self)
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            throw TarError("\(String(decoding: path, as: UTF8.self)) is no regular file")
        }
        size = Int64(status.st_size)
    }

    deinit { close(descriptor) }

    func read(_ buffer: inout [UInt8], _ count: Int) throws(TarError) -> Int {
        while true {
            let result = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, min(count, $0.count)) }
            if result >= 0 { return result }
            guard errno == EINTR else { throw Self.problem("read", Array(name.utf8)) }
        }
    }

    /// What is in a folder, in the order of the bytes: the same tree gives the same archive.
    static func names(in folder: [UInt8]) throws(TarError) -> [[UInt8]] {
        guard let handle = folder.withCPath({ opendir($0) }) else { throw problem("read", folder) }
        defer { closedir(handle) }
        var names: [[UInt8]] = []
        while let entry = readdir(handle) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: UInt8.self, capacity: 256) {
                    Array(UnsafeBufferPointer(start: $0, count: strlen($0)))
                }
            }
            if name != [0x2e] && name != [0x2e, 0x2e] { names.append(name) }
        }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    static func target(of link: [UInt8]) throws(TarError) -> [UInt8] {
        let size = TarHeader.longestPath + 1
        var buffer = [UInt8](repeating: 0, count: size)
        let count = link.withCPath { path in
            buffer.withUnsafeMutableBytes { $0.baseAddress.map { start in readlink(path, start, size) } ?? -1 }
        }
        guard count >= 0 else { throw problem("read", link) }
        return Array(buffer[..<count])
    }

    static func problem(_ verb: String, _ path: [UInt8]) -> TarError {
        let reason = String(cString: strerror(errno))
        return TarError("cannot \(verb) \(String(decoding: path, as: UTF8.self)): \(reason)")
    }
}

extension [UInt8] {
    /// The bytes as the zero-terminated text that the C library takes.
    func withCPath<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        (self + [0]).withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                guard let start = chars.baseAddress else { return "".withCString(body) }
                return body(start)
            }
        }
    }
}
