internal import Glibc
internal import Synchronization

/// An open file, closed at the latest when its owner goes. Its calls block: they belong on a queue of their own.
final class FileDescriptor: Sendable {
    let path: String
    private let number: Mutex<Int32>

    private init(path: String, number: Int32) {
        self.path = path
        self.number = Mutex(number)
    }

    deinit { close() }

    /// Opens a file; one that is made is for its owner only.
    static func open(_ path: String, _ flags: Int32) throws(StoreError) -> FileDescriptor {
        let number = Glibc.open(path, flags | O_CLOEXEC, 0o600)
        guard number >= 0 else { throw StoreError(errno: errno, path: path) }
        return FileDescriptor(path: path, number: number)
    }

    /// `nil` when there is no such file.
    static func openIfPresent(_ path: String, _ flags: Int32) throws(StoreError) -> FileDescriptor? {
        let number = Glibc.open(path, flags | O_CLOEXEC)
        if number < 0 {
            let code = errno
            if code == ENOENT { return nil }
            throw StoreError(errno: code, path: path)
        }
        return FileDescriptor(path: path, number: number)
    }

    /// False when somebody else holds the lock.
    func lockExclusively() throws(StoreError) -> Bool {
        let number = number.withLock { $0 }
        guard flock(number, LOCK_EX | LOCK_NB) != 0 else { return true }
        let code = errno
        guard code == EWOULDBLOCK else { throw StoreError(errno: code, path: path) }
        return false
    }

    /// Gives the lock back now: a child process that is just being started may hold the descriptor a moment longer.
    func unlock() { _ = number.withLock { flock($0, LOCK_UN) } }

    func size() throws(StoreError) -> Int64 {
        var status = stat()
        guard fstat(number.withLock({ $0 }), &status) == 0 else { throw StoreError(errno: errno, path: path) }
        return Int64(status.st_size)
    }

    /// Cuts the file off, if it is longer.
    func truncate(to limit: Int64) throws(StoreError) {
        guard try size() > limit else { return }
        guard ftruncate(number.withLock { $0 }, Int(limit)) == 0 else { throw StoreError(errno: errno, path: path) }
    }

    /// Writes all bytes at the offset, or throws: `diskFull` when there is no room.
    func write(_ bytes: [UInt8], at offset: Int64) throws(StoreError) {
        let number = number.withLock { $0 }
        var done = 0
        while done < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                pwrite(number, buffer.baseAddress?.advanced(by: done), bytes.count - done, Int(offset) + done)
            }
            if count >= 0 {
                done += count
            } else {
                let code = errno
                if code != EINTR { throw StoreError(errno: code, path: path) }
            }
        }
    }

    /// Reads up to `count` bytes at the offset; fewer only at the file's end.
    func read(at offset: Int64, count: Int) throws(StoreError) -> [UInt8] {
        let number = number.withLock { $0 }
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: max(0, count)) { buffer, done in
            while done < count {
                let got = pread(number, buffer.baseAddress?.advanced(by: done), count - done, Int(offset) + done)
                if got > 0 {
                    done += got
                } else if got == 0 {
                    break
                } else {
                    let code = errno
                    if code != EINTR {
                        failure = code
                        break
                    }
                }
            }
        }
        if let failure { throw StoreError(errno: failure, path: path) }
        return bytes
    }

    /// Waits until the bytes are on the disk.
    func synchronize() throws(StoreError) {
        guard fdatasync(number.withLock { $0 }) == 0 else { throw StoreError(errno: errno, path: path) }
    }

    func close() {
        number.withLock { number in
            guard number >= 0 else { return }
            _ = Glibc.close(number)
            number = -1
        }
    }
}

extension StoreError {
    /// The operating system's words, with the path they are about.
    init(errno code: Int32, path: String) {
        switch code {
        case ENOSPC, EDQUOT, EFBIG: self = .diskFull(path: path)
        case EBADF: self = .closed
        default: self = .failed("\(path): \(String(cString: strerror(code)))")
        }
    }
}
