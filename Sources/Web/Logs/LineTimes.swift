import Foundation
import Store

/// When the lines of a piece of a log began. Many lines come at one time, so only changes are kept.
struct LineTimes: Equatable {
    /// A line that began at another time than the one before.
    struct Step: Equatable {
        /// Its number in the piece; what the piece begins with is 0.
        var line: Int
        /// Milliseconds after the piece's first byte.
        var after: Int64
    }

    /// When the first byte came, in milliseconds since 1970; `nil` when the log does not say.
    private(set) var first: Int64?
    private(set) var later: [Step] = []

    /// - Parameters:
    ///   - offset: where the bytes are in the log.
    ///   - chunks: of the log, from the first of the bytes on; what comes after the last one has its time.
    init(_ bytes: ArraySlice<UInt8>, at offset: Int64, _ chunks: [LogChunk]) {
        guard var chunk = chunks.first else { return }
        let first = Self.milliseconds(chunk.time)
        self.first = first
        var rest = chunks.dropFirst()
        var last = first
        var line = 0
        bytes.withUnsafeBytes { buffer in
            LineBreaks.forEach(buffer) { place in
                // A line that begins with the next piece is told of there.
                guard place + 1 < buffer.count else { return }
                line += 1
                let start = offset + Int64(place) + 1
                while chunk.end <= start, let next = rest.popFirst() { chunk = next }
                let time = Self.milliseconds(chunk.time)
                if time != last { later.append(Step(line: line, after: time - first)) }
                last = time
            }
        }
    }

    private static func milliseconds(_ date: Date) -> Int64 { Int64((date.timeIntervalSince1970 * 1000).rounded()) }
}
