import Foundation
import Model
import NIOCore
import Store

/// The events of a log's stream; see `LogEventsEndpoint`.
enum LogStreamEvent {
    private struct End: Encodable {
        var state: String
        var reason: String?
    }

    /// A piece of the log. Bytes that are not UTF-8 are replaced; then the piece comes as it is, too.
    ///
    /// - Parameter chunks: when the bytes came, from the first of them on.
    static func log(_ bytes: ArraySlice<UInt8>, at offset: Int64, _ chunks: [LogChunk]) -> ByteBuffer {
        var buffer = ByteBuffer()
        buffer.reserveCapacity(bytes.count + 256)
        let end = offset + Int64(bytes.count)
        buffer.writeString("id: \(end)\nevent: log\ndata: {\"offset\":\(offset)")
        let times = LineTimes(bytes, at: offset, chunks)
        if let first = times.first { buffer.writeString(",\"time\":\(first)") }
        if !times.later.isEmpty {
            let steps = times.later.map { "\($0.line),\($0.after)" }.joined(separator: ",")
            buffer.writeString(",\"later\":[\(steps)]")
        }
        let text = String(decoding: bytes, as: UTF8.self)
        if !text.utf8.elementsEqual(bytes) {
            buffer.writeString(",\"bytes\":\"\(Data(bytes).base64EncodedString())\"")
        }
        buffer.writeString(",\"text\":\"")
        writeEscaped(text, to: &buffer)
        buffer.writeString("\"}\n\n")
        return buffer
    }

    /// The job's end.
    static func end(_ job: JobRecord, at offset: Int64) -> ByteBuffer {
        // JSON has no line breaks outside of its strings, where they are escaped: one data line is enough.
        let end = End(state: job.state.rawValue, reason: job.reason)
        let data = (try? JSONEncoder().encode(end)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        return ByteBuffer(string: "id: \(offset)\nevent: end\ndata: \(data)\n\n")
    }

    /// The inside of a JSON string: logs are long, and an encoder takes ten times as long for them.
    private static func writeEscaped(_ text: String, to buffer: inout ByteBuffer) {
        var text = text
        text.withUTF8 { bytes in
            var start = 0
            for index in bytes.indices {
                let byte = bytes[index]
                guard byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") else { continue }
                buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start..<index]))
                start = index + 1
                switch byte {
                case UInt8(ascii: "\n"): buffer.writeStaticString("\\n")
                case UInt8(ascii: "\r"): buffer.writeStaticString("\\r")
                case UInt8(ascii: "\t"): buffer.writeStaticString("\\t")
                case 0x20...: buffer.writeBytes([UInt8(ascii: "\\"), byte])
                default:
                    let digits = String(byte, radix: 16)
                    buffer.writeString(digits.count == 1 ? "\\u000\(digits)" : "\\u00\(digits)")
                }
            }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(bytes)[start...]))
        }
    }
}
