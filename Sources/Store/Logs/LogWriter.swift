import Foundation
internal import Glibc
internal import Synchronization
internal import ThreadPool

/// Appends to a job's log.
///
/// `append` hands the bytes to a thread that may block, which writes at once whatever has come meanwhile with two
/// calls: first the records, then the bytes. So the counts of `stored` are exact after a crash at any moment, and what
/// was not written yet is simply asked for again. A full disk shows at the next call.
///
/// - Important: Close the writer before the job's outcome is stored, or a reader may take the log for complete too soon.
public final class LogWriter: Sendable {
    /// More than this waiting to be written makes `append` wait.
    static let waitingLimit = 1 << 20
    /// Logs leave so much of the disk to the database: how a job ended must be stored even when its log was the last
    /// drop.
    static let reserve: Int64 = 32 << 20

    private struct Stream: Hashable {
        let section: UInt8
        let source: UInt8
    }

    private struct State {
        var records: [UInt8] = []
        var bytes: [UInt8] = []
        /// The log's size, with what is not written yet.
        var end: Int64
        var stored: [Stream: Int64]
        var isAtLineStart: Bool
        var isScheduled = false
        var isWriting = false
        var isClosed = false
        var failure: StoreError?
        /// Resumed after each write.
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    /// Touched by `write` only, after the initialiser; it runs once at a time.
    private struct Offsets {
        var records: Int64
        var bytes: Int64
    }

    /// So many of the bytes that a stream had at first are remembered.
    private static let rememberedEnd = 1000

    private let jobID: Int64
    private let storedEnds: [Stream: [UInt8]]
    private let log: FileDescriptor
    private let chunks: FileDescriptor
    private let changes: ChangeSignal
    private let tails: LogTails
    private let reserve: Int64
    private let state: Mutex<State>
    private let offsets: Mutex<Offsets>

    /// Opens or makes both files and brings them to agree. Blocks.
    init(
        _ jobID: Int64, _ paths: LogPaths, changes: ChangeSignal, tails: LogTails = LogTails(),
        reserve: Int64 = LogWriter.reserve
    ) throws(StoreError) {
        self.jobID = jobID
        self.reserve = reserve
        self.changes = changes
        self.tails = tails
        guard mkdir(paths.folder, 0o700) == 0 || errno == EEXIST else {
            throw StoreError(errno: errno, path: paths.folder)
        }
        chunks = try FileDescriptor.open(paths.chunks, O_RDWR | O_CREAT)
        guard try chunks.lockExclusively() else { throw .conflict("the log of job \(jobID) is being written already") }
        log = try FileDescriptor.open(paths.log, O_RDWR | O_CREAT)

        let kept = LogChunk.chunks(
            try chunks.read(at: 0, count: Int(try chunks.size())), logSize: try log.size())
        let size = kept.last?.end ?? 0
        let recordsSize = Int64(kept.count * LogChunk.recordSize)
        // The last record may have been cut off at the log's end; bytes without a record, which only a power failure
        // can leave, cannot be counted and so must be asked for again.
        if let last = kept.last {
            try chunks.write(last.record, at: recordsSize - Int64(LogChunk.recordSize))
        }
        try chunks.truncate(to: recordsSize)
        try log.truncate(to: size)

        var stored: [Stream: Int64] = [:]
        for chunk in kept {
            stored[Stream(section: chunk.section, source: chunk.source), default: 0] += chunk.end - chunk.start
        }
        storedEnds = try Self.ends(of: kept, in: log)
        let last = size > 0 ? try log.read(at: size - 1, count: 1).last : nil
        state = Mutex(State(end: size, stored: stored, isAtLineStart: last == nil || last == UInt8(ascii: "\n")))
        offsets = Mutex(Offsets(records: recordsSize, bytes: size))
    }

    private static func ends(
        of chunks: [LogChunk], in log: FileDescriptor
    ) throws(StoreError) -> [Stream: [UInt8]] {
        var ends: [Stream: [UInt8]] = [:]
        for chunk in chunks.reversed() {
            let stream = Stream(section: chunk.section, source: chunk.source)
            let rest = Int64(rememberedEnd - (ends[stream]?.count ?? 0))
            guard rest > 0 else { continue }
            let count = min(rest, chunk.end - chunk.start)
            ends[stream] = try log.read(at: chunk.end - count, count: Int(count)) + (ends[stream] ?? [])
        }
        return ends
    }

    /// Appends bytes of one stream.
    ///
    /// - Throws: `diskFull`, now or for bytes given earlier; then nothing more is written. `closed` after `close`.
    public func append(section: UInt8, source: UInt8, _ bytes: [UInt8]) async throws(StoreError) {
        guard !bytes.isEmpty else { return }
        let time = Date()
        let isNew = try state.withLock { state throws(StoreError) in
            if let failure = state.failure { throw failure }
            if state.isClosed { throw StoreError.closed }
            let chunk = LogChunk(
                start: state.end, end: state.end + Int64(bytes.count), time: time, section: section, source: source)
            state.records += chunk.record
            state.bytes += bytes
            state.end = chunk.end
            state.isAtLineStart = bytes.last == UInt8(ascii: "\n")
            state.stored[Stream(section: section, source: source), default: 0] += Int64(bytes.count)
            defer { state.isScheduled = true }
            return !state.isScheduled
        }
        if isNew { ThreadPool.shared.perform { [self] in write() } }
        try await wait { $0.bytes.count > Self.waitingLimit }
    }

    /// The bytes of that stream in the log, from earlier processes too: where to resume.
    public func stored(section: UInt8, source: UInt8) -> Int64 {
        state.withLock { $0.stored[Stream(section: section, source: source)] ?? 0 }
    }

    /// The last bytes that the stream had when the log was opened: a thousand of them, or all.
    public func storedEnd(section: UInt8, source: UInt8) -> [UInt8] {
        storedEnds[Stream(section: section, source: source)] ?? []
    }

    /// Whether the log, with what is not written yet, is empty or ends with a line end.
    public var isAtLineStart: Bool { state.withLock { $0.isAtLineStart } }

    /// Returns when all bytes are in the file, where every reader sees them.
    public func flush() async throws(StoreError) {
        try await wait { $0.isWriting || !$0.bytes.isEmpty }
    }

    /// Writes what waits, brings it to the disk and closes the files. A second call does nothing.
    public func close() async throws(StoreError) {
        let wasClosed = state.withLock { state in
            defer { state.isClosed = true }
            return state.isClosed
        }
        let result: Result<Void, StoreError>
        do throws(StoreError) {
            try await flush()
            result = .success(())
        } catch {
            result = .failure(error)
        }
        guard !wasClosed else { return try result.get() }
        let synced = await ThreadPool.shared.run { [log, chunks] in
            let synced = Result { try log.synchronize() }
            log.close()
            chunks.unlock()
            chunks.close()
            return synced
        }
        try result.get()
        if case .failure(let error) = synced { throw StoreError(error, path: log.path) }
    }

    /// Waits as long as the condition holds and nothing failed.
    private func wait(while condition: @Sendable (borrowing State) -> Bool) async throws(StoreError) {
        while true {
            let mustWait = try state.withLock { state throws(StoreError) in
                if let failure = state.failure { throw failure }
                return condition(state)
            }
            guard mustWait else { return }
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    guard state.failure == nil, condition(state) else { return true }
                    state.waiting.append(continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        }
    }

    /// Writes until nothing waits.
    private func write() {
        var records: [UInt8] = []
        var bytes: [UInt8] = []
        while true {
            // The buffers change places, so that both keep their memory.
            let isEmpty = state.withLock { state in
                swap(&state.records, &records)
                swap(&state.bytes, &bytes)
                state.isWriting = !bytes.isEmpty
                state.isScheduled = !bytes.isEmpty
                return bytes.isEmpty
            }
            if isEmpty { return }
            var failure: StoreError?
            var start: Int64?
            do throws(StoreError) {
                guard try FreeSpace.bytes(at: log.path) - Int64(bytes.count) >= reserve else {
                    throw .diskFull(path: log.path)
                }
                start = try offsets.withLock { offsets throws(StoreError) in
                    try chunks.write(records, at: offsets.records)
                    try log.write(bytes, at: offsets.bytes)
                    offsets.records += Int64(records.count)
                    defer { offsets.bytes += Int64(bytes.count) }
                    return offsets.bytes
                }
            } catch {
                failure = error
            }
            if let start { tails.tell(jobID, bytes, start: start, records: records) }
            records.removeAll(keepingCapacity: true)
            bytes.removeAll(keepingCapacity: true)
            let waiting = state.withLock { state in
                state.isWriting = false
                if let failure {
                    state.failure = failure
                    state.records = []
                    state.bytes = []
                }
                defer { state.waiting = [] }
                return state.waiting
            }
            changes.notify([.log(jobID)])
            for continuation in waiting { continuation.resume() }
        }
    }
}
