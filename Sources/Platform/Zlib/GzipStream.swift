internal import CZlib

/// Compresses bytes piece by piece into one gzip file (RFC 1952); what it holds does not grow with what it was given.
///
/// Not sendable: one task feeds it.
public final class GzipStream {
    /// The library refused; it does so only when memory is short.
    public struct Failure: Error, CustomStringConvertible {
        /// zlib's number.
        public let code: Int32
        /// For logs.
        public var description: String { "zlib answered \(code)" }
    }

    private static let pieceSize = 64 << 10

    private let stream: UnsafeMutablePointer<z_stream>
    private var isOver = false

    /// - Parameter level: from 1, the quickest, to 9, the smallest.
    /// - Throws: `Failure`.
    public init(level: Int32 = 6) throws(Failure) {
        let made = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        made.initialize(to: z_stream())
        let code = kozmic_gzip_init(made, level)
        guard code == Z_OK else {
            made.deallocate()
            throw Failure(code: code)
        }
        stream = made
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Takes more bytes and answers what is ready of the file; that may be nothing.
    ///
    /// - Throws: `Failure`, also when the file was ended before.
    public func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] { try run(bytes, Z_NO_FLUSH) }

    /// Answers the end of the file.
    public func end() throws(Failure) -> [UInt8] {
        defer { isOver = true }
        return try run([], Z_FINISH)
    }

    private func run(_ bytes: [UInt8], _ flush: Int32) throws(Failure) -> [UInt8] {
        guard !isOver else { throw Failure(code: Z_STREAM_ERROR) }
        var input = bytes
        var result: [UInt8] = []
        let code = input.withUnsafeMutableBufferPointer { input -> Int32 in
            stream.pointee.next_in = input.baseAddress
            stream.pointee.avail_in = UInt32(input.count)
            while true {
                var code = Z_OK
                let piece = [UInt8](unsafeUninitializedCapacity: Self.pieceSize) { output, count in
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(Self.pieceSize)
                    code = deflate(stream, flush)
                    count = Self.pieceSize - Int(stream.pointee.avail_out)
                }
                result += piece
                // A full piece means that there may be more; without room or input left, the library says Z_BUF_ERROR.
                if code == Z_STREAM_END || code < 0 || stream.pointee.avail_out > 0 { return code }
            }
        }
        stream.pointee.next_in = nil
        guard code >= 0 || code == Z_BUF_ERROR else { throw Failure(code: code) }
        return result
    }
}
