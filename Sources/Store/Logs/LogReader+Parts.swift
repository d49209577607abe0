import Foundation
internal import Glibc

/// A run of a log's bytes that one part of the job wrote, whatever the streams.
public struct LogPart: Sendable, Hashable {
    /// The part of the job that wrote it: 0 for the controller, 1 for the install script, 2 for the build script.
    public var section: UInt8
    /// The first byte's offset.
    public var start: Int64
    /// The offset after the last byte.
    public var end: Int64
    /// When the first of its bytes came.
    public var firstTime: Date
    /// When the last ones came.
    public var lastTime: Date
}

extension LogReader {
    /// Records that are read at a time.
    private static let partPiece = 1 << 15
    /// Not more records than this are read: a log that was written byte by byte has as many as bytes.
    private static let partRecordLimit = 1 << 20
    /// A job has a handful of parts.
    private static let partLimit = 1_000

    /// Who wrote which part of the log, in order; of a log that was written in millions of pieces the beginning only.
    public func parts() throws(StoreError) -> [LogPart] {
        guard let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY) else { return [] }
        let size = try size()
        var parts: [LogPart] = []
        var position: Int64 = 0
        var read = 0
        while position < size, read < Self.partRecordLimit {
            let bytes = try records.read(
                at: Int64(read * LogChunk.recordSize), count: Self.partPiece * LogChunk.recordSize)
            let chunks = LogChunk.chunks(bytes, from: position, logSize: size)
            guard let last = chunks.last else { break }
            for chunk in chunks {
                if let index = parts.indices.last, parts[index].section == chunk.section {
                    parts[index].end = chunk.end
                    parts[index].lastTime = chunk.time
                } else if parts.count < Self.partLimit {
                    parts.append(
                        LogPart(
                            section: chunk.section, start: chunk.start, end: chunk.end, firstTime: chunk.time,
                            lastTime: chunk.time))
                }
            }
            position = last.end
            read += chunks.count
        }
        return parts
    }
}
