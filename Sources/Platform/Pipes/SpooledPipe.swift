import CLinux
import Dispatch
import Glibc

/// A named pipe whose bytes are moved into a file as they come, from which they are read, as often as needed.
///
/// The kernel moves them in one step: the file's size is what was taken out of the pipe, also after the program was
/// killed at any moment. So a later process goes on where this one was, without losing or doubling a byte, as long as
/// somebody else kept the pipe open meanwhile. When the reader lags behind, nothing more is taken, the pipe fills, and
/// whoever writes into it waits.
public actor SpooledPipe {
    /// The pipe's name in its folder.
    public static let pipeName = "output"
    static let spoolName = "spool"
    /// More than this ahead of the reader is not taken.
    static let highWater: Int64 = 16 << 20
    /// What was read so long ago is given back to the disk.
    static let keptBehind: Int64 = 32 << 20

    private let executor = QueueExecutor(label: "kozmic.pipe")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    private let pipe: Descriptor
    private let spool: Descriptor
    private var source: PipeSource?
    /// The bytes taken so far.
    private var count: Int64
    /// The reader is done with what lies before.
    private var consumed: Int64 = 0
    private var punched: Int64 = 0
    private var isFinished = false
    private var failure: PipeError?
    private var waiting: (ticket: Int, continuation: CheckedContinuation<Void, Never>)?
    private var tickets = 0

    /// Makes the folder with its pipe, into which every user may write.
    ///
    /// - Throws: `PipeError`; that they are there already is fine.
    public static func make(in folder: String) throws(PipeError) {
        guard mkdir(folder, 0o711) == 0 || errno == EEXIST else { throw PipeError("making \(folder)") }
        let path = "\(folder)/\(pipeName)"
        guard mkfifo(path, 0o666) == 0 || errno == EEXIST else { throw PipeError("making the pipe \(path)") }
        // The process's mask does not count here.
        guard chmod(path, 0o666) == 0 else { throw PipeError("making the pipe \(path)") }
    }

    /// Opens a pipe that was made, and the file beside it. Nothing is taken before `start`.
    ///
    /// - Throws: `PipeError`.
    public init(folder: String) throws(PipeError) {
        let path = "\(folder)/\(Self.pipeName)"
        // Read and write: so it has always a writer, and its end is known from elsewhere.
        pipe = try Descriptor(path, O_RDWR | O_NONBLOCK)
        var status = stat()
        guard fstat(pipe.number, &status) == 0, status.st_mode & S_IFMT == S_IFIFO else {
            throw PipeError("opening the pipe \(path)", code: EINVAL)
        }
        _ = clinux_set_pipe_size(pipe.number, 1 << 20)
        spool = try Descriptor("\(folder)/\(Self.spoolName)", O_RDWR | O_CREAT)
        guard fstat(spool.number, &status) == 0 else { throw PipeError("opening \(folder)/\(Self.spoolName)") }
        count = Int64(status.st_size)
    }

    /// Begins to take what is in the pipe.
    public func start() {
        guard source == nil, !isFinished else { return }
        let source = DispatchSource.makeReadSource(fileDescriptor: pipe.number, queue: executor.queue)
        source.setEventHandler { [weak self] in self?.assumeIsolated { $0.take() } }
        // The descriptor stays open until the source is done with it.
        source.setCancelHandler { [pipe] in withExtendedLifetime(pipe) {} }
        self.source = PipeSource(source)
        self.source?.start()
    }

    /// The bytes from this offset on, at most `limit`; waits until there are some. Says that what lies before is not
    /// needed any more.
    ///
    /// - Returns: nothing at the end, which is there after `finish`.
    /// - Throws: `PipeError` when the file cannot be written or read; `CancellationError`. One reader at a time.
    public func read(from offset: Int64, limit: Int) async throws -> [UInt8] {
        consumed = max(consumed, offset)
        giveBack()
        if count - consumed < Self.highWater / 2 { source?.goOn() }
        while true {
            try Task.checkCancellation()
            if offset < count { return try bytes(at: offset, Int(min(Int64(limit), count - offset))) }
            if let failure { throw failure }
            if isFinished { return [] }
            await wait()
        }
    }

    /// Nobody writes any more: takes what is still in the pipe, and that is the end.
    public func finish() {
        guard !isFinished else { return }
        isFinished = true
        // A pipe holds a megabyte; whoever goes on writing nevertheless is not listened to.
        for _ in 0..<64 where failure == nil {
            if !move() { break }
        }
        stop()
        wake()
    }

    /// Takes nothing more, whatever comes; what was taken can still be read.
    public func close() {
        isFinished = true
        stop()
        wake()
    }

    private func stop() {
        source?.cancel()
        source = nil
    }

    /// The pipe is not empty.
    private func take() {
        guard source != nil, failure == nil else { return }
        _ = move()
        if failure != nil { stop() }
        if source != nil, count - consumed >= Self.highWater {
            source?.pause()
        }
        wake()
    }

    /// - Returns: whether there was something.
    private func move() -> Bool {
        while true {
            let moved = clinux_move(pipe.number, spool.number, count, 1 << 20)
            if moved > 0 {
                count += Int64(moved)
                return true
            }
            switch errno {
            case _ where moved == 0: return false
            case EINTR: continue
            case EAGAIN: return false
            case EINVAL: return copy()
            default:
                failure = PipeError("keeping the output of a script")
                return false
            }
        }
    }

    /// For files that the kernel cannot move a pipe's bytes into.
    private func copy() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        let length = Glibc.read(pipe.number, &buffer, buffer.count)
        guard length > 0 else { return false }
        var written = 0
        while written < length {
            let step = buffer[written..<length].withUnsafeBytes {
                pwrite(spool.number, $0.baseAddress, $0.count, off_t(count))
            }
            if step < 0, errno == EINTR { continue }
            guard step > 0 else {
                failure = PipeError("keeping the output of a script")
                return false
            }
            written += step
            count += Int64(step)
        }
        return true
    }

    private func bytes(at offset: Int64, _ length: Int) throws(PipeError) -> [UInt8] {
        var problem: PipeError?
        let bytes = [UInt8](unsafeUninitializedCapacity: length) { buffer, filled in
            while true {
                let length = pread(spool.number, buffer.baseAddress, length, off_t(offset))
                if length < 0, errno == EINTR { continue }
                if length <= 0 { problem = PipeError("reading the output of a script", code: length < 0 ? errno : EIO) }
                filled = max(0, length)
                return
            }
        }
        if let problem { throw problem }
        return bytes
    }

    private func giveBack() {
        let end = (consumed - Self.keptBehind) & ~0xFFFF
        guard end - punched >= Self.keptBehind else { return }
        // A file system that cannot do it keeps the bytes until the file is removed.
        _ = clinux_punch(spool.number, punched, end - punched)
        punched = end
    }

    private func wait() async {
        wake()
        tickets += 1
        let ticket = tickets
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if Task.isCancelled { continuation.resume() } else { waiting = (ticket, continuation) }
            }
        } onCancel: {
            Task { await self.giveUp(ticket) }
        }
    }

    private func giveUp(_ ticket: Int) {
        if waiting?.ticket == ticket { wake() }
    }

    private func wake() {
        waiting?.continuation.resume()
        waiting = nil
    }
}
