import Foundation

/// A run of a log's bytes that came from one stream at one time.
public struct LogChunk: Sendable, Hashable {
    /// The first byte's offset in the log.
    public var start: Int64
    /// The offset after the last byte.
    public var end: Int64
    /// When the bytes arrived.
    public var time: Date
    /// The part of the job that wrote it.
    public var section: UInt8
    /// The stream it was written to.
    public var source: UInt8

    /// The size of its record in the `.chunks` file: the end's offset and the time in milliseconds, both 64 bits little
    /// endian, the section, the source and six zeros. The start is the end of the record before.
    static let recordSize = 24

    var record: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Self.recordSize)
        withUnsafeBytes(of: end.littleEndian) { bytes += $0 }
        withUnsafeBytes(of: time.milliseconds.littleEndian) { bytes += $0 }
        bytes += [section, source, 0, 0, 0, 0, 0, 0]
        return bytes
    }

    /// The chunks of a `.chunks` file beside a log of that many bytes.
    ///
    /// A record is written before its bytes, so after a crash the last ones may speak of bytes that never came: these
    /// are cut off at the log's end. Reading stops at a record that cannot be, as a torn page may leave one.
    static func chunks(_ records: [UInt8], from start: Int64 = 0, logSize: Int64) -> [LogChunk] {
        var chunks: [LogChunk] = []
        var start = start
        records.withUnsafeBytes { buffer in
            for offset in stride(from: 0, through: buffer.count - recordSize, by: recordSize) where start < logSize {
                let end = Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset, as: Int64.self))
                let time = Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: offset + 8, as: Int64.self))
                guard end > start else { break }
                chunks.append(
                    LogChunk(
                        start: start, end: min(end, logSize), time: Date(milliseconds: time),
                        section: buffer[offset + 16], source: buffer[offset + 17]))
                start = end
            }
        }
        return chunks
    }
}
