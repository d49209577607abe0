internal import Glibc

/// The end of what one script wrote.
public struct ScriptOutput: Sendable, Hashable {
    /// The part of the job that the script was: 1 for the install script, 2 for the build script.
    public var section: UInt8
    /// Its last bytes, whatever the streams.
    public var bytes: [UInt8]
}

extension LogReader {
    /// Records that are read at a time.
    private static let endPiece = 1_024
    /// Not more records than this are read: scripts may write byte by byte.
    private static let endRecordLimit = 1 << 16

    /// The last bytes of the script that wrote last, without what the controller wrote among them.
    ///
    /// - Parameter limit: not more bytes than these.
    /// - Returns: `nil` when no script wrote anything.
    public func scriptEnd(_ limit: Int) throws(StoreError) -> ScriptOutput? {
        guard let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY) else { return nil }
        let size = try size()
        var end = Int(try records.size()) / LogChunk.recordSize
        let last = max(0, end - Self.endRecordLimit)
        var ranges = ScriptRanges(limit: limit)
        while end > last, !ranges.isDone {
            let first = max(last, end - Self.endPiece)
            let start = first == 0 ? 0 : try Self.end(of: first - 1, records)
            let bytes = try records.read(
                at: Int64(first * LogChunk.recordSize), count: (end - first) * LogChunk.recordSize)
            for chunk in LogChunk.chunks(bytes, from: start, logSize: size).reversed() { ranges.add(chunk) }
            end = first
        }
        guard let section = ranges.section else { return nil }
        var bytes: [UInt8] = []
        for range in ranges.ranges.reversed() { bytes += try read(from: range.lowerBound, count: range.count) }
        return ScriptOutput(section: section, bytes: bytes)
    }

    /// Where the bytes of a record end; behind every log when it is none.
    private static func end(of number: Int, _ records: FileDescriptor) throws(StoreError) -> Int64 {
        let bytes = try records.read(at: Int64(number * LogChunk.recordSize), count: 8)
        guard bytes.count == 8 else { return .max }
        let end = bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
        return end >= 0 ? end : .max
    }
}

/// Gathers from the end of a log where the bytes of its last script are.
private struct ScriptRanges {
    private(set) var section: UInt8?
    /// The last ones first.
    private(set) var ranges: [Range<Int64>] = []
    private(set) var isDone = false
    private var room: Int64

    init(limit: Int) { room = Int64(max(0, limit)) }

    /// - Parameter chunk: the one before those that were given.
    mutating func add(_ chunk: LogChunk) {
        guard !isDone, chunk.section != 0 else { return }
        guard section == nil || section == chunk.section else {
            isDone = true
            return
        }
        section = chunk.section
        let start = max(chunk.start, chunk.end - room)
        room -= chunk.end - start
        isDone = room == 0
        if let index = ranges.indices.last, ranges[index].lowerBound == chunk.end {
            ranges[index] = start..<ranges[index].upperBound
        } else if start < chunk.end {
            ranges.append(start..<chunk.end)
        }
    }
}
