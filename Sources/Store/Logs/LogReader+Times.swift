import Foundation
internal import Glibc

extension LogReader {
    /// Not more records than this are read for one call.
    private static let recordLimit = 1 << 16
    /// Records for a range of bytes, which is small.
    private static let pieceLimit = 4_096

    /// When the bytes at these places came.
    ///
    /// - Parameter offsets: in ascending order.
    /// - Returns: one time for each; the last ones can be missing when the log was written in very small pieces, or when
    ///   there are no such bytes.
    public func times(at offsets: [Int64]) throws(StoreError) -> [Date] {
        guard let first = offsets.first,
            let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY)
        else { return [] }
        let count = Int(try records.size()) / LogChunk.recordSize
        guard let low = try Self.record(after: first, records, count) else { return [] }
        let bytes = try records.read(
            at: Int64(low * LogChunk.recordSize), count: min(count - low, Self.recordLimit) * LogChunk.recordSize)
        return Self.times(at: offsets, bytes)
    }

    /// When the byte at that place came; `nil` when there is none.
    public func time(at offset: Int64) throws(StoreError) -> Date? {
        guard let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY) else { return nil }
        let count = Int(try records.size()) / LogChunk.recordSize
        guard let number = try Self.record(after: offset, records, count) else { return nil }
        let bytes = try records.read(at: Int64(number * LogChunk.recordSize + 8), count: 8)
        guard bytes.count == 8 else { return nil }
        return Date(milliseconds: bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) })
    }

    /// When the bytes of a range came: the first 4,096 pieces in which they were written.
    public func chunks(in range: Range<Int64>) throws(StoreError) -> [LogChunk] {
        guard !range.isEmpty, let records = try FileDescriptor.openIfPresent(paths.chunks, O_RDONLY) else { return [] }
        let count = Int(try records.size()) / LogChunk.recordSize
        guard let low = try Self.record(after: range.lowerBound, records, count), low < count else { return [] }
        let bytes = try records.read(
            at: Int64(low * LogChunk.recordSize), count: min(count - low, Self.pieceLimit) * LogChunk.recordSize)
        return LogChunk.chunks(bytes, from: range.lowerBound, logSize: range.upperBound)
    }

    /// The first record that ends after a place; the number of records when there is none.
    private static func record(
        after offset: Int64, _ records: FileDescriptor, _ count: Int
    ) throws(StoreError) -> Int? {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            let bytes = try records.read(at: Int64(middle * LogChunk.recordSize), count: 8)
            guard bytes.count == 8 else { return nil }
            let end = bytes.withUnsafeBytes { Int64(littleEndian: $0.loadUnaligned(as: Int64.self)) }
            if end > offset { high = middle } else { low = middle + 1 }
        }
        return low
    }

    private static func times(at offsets: [Int64], _ records: [UInt8]) -> [Date] {
        var times: [Date] = []
        records.withUnsafeBytes { buffer in
            var place = 0
            for offset in offsets {
                while place + LogChunk.recordSize <= buffer.count,
                    Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: place, as: Int64.self)) <= offset
                {
                    place += LogChunk.recordSize
                }
                guard place + LogChunk.recordSize <= buffer.count else { return }
                let time = Int64(littleEndian: buffer.loadUnaligned(fromByteOffset: place + 8, as: Int64.self))
                times.append(Date(milliseconds: time))
            }
        }
        return times
    }
}
