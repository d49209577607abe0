internal import Glibc
internal import ThreadPool

/// Reads a job's log. There may be any number of readers; a log that is being written and one that is finished look the
/// same, and `ChangeSignal.Topic.log` says when there is more.
public actor LogReader {
    /// One call gives at most so many bytes.
    public static let readLimit = 16 << 20

    private let executor = SerialLane()
    let paths: LogPaths
    private var log: FileDescriptor?

    /// Runs in a lane of its own, because reading a file blocks.
    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ paths: LogPaths) { self.paths = paths }

    /// The bytes there are now; 0 when there is no log yet.
    public func size() throws(StoreError) -> Int64 { try open()?.size() ?? 0 }

    /// Bytes from an offset; fewer than asked for at the log's end, or when more than `readLimit` are asked for.
    public func read(from offset: Int64, count: Int) throws(StoreError) -> [UInt8] {
        guard offset >= 0, count > 0, let log = try open() else { return [] }
        let available = try log.size() - offset
        guard available > 0 else { return [] }
        return try log.read(at: offset, count: min(count, Self.readLimit, Int(available)))
    }

    /// Which stream each byte came from and when; covers the log's bytes from 0 without gaps.
    public func chunks() throws(StoreError) -> [LogChunk] {
        guard let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY) else { return [] }
        // The bytes first: a record that is younger than them is cut off, so nothing is described that was not there.
        let size = try size()
        return LogChunk.chunks(try records.read(at: 0, count: Int(try records.size())), logSize: size)
    }

    private func open() throws(StoreError) -> FileDescriptor? {
        if log == nil { log = try FileDescriptor.openIfPresent(paths.log, O_RDONLY) }
        return log
    }
}
