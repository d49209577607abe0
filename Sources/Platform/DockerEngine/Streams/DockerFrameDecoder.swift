/// Takes the frames of a container's output apart: 8 bytes of header (stream, three zeros, length) before each payload.
///
/// Chunks may be cut anywhere. Consecutive frames of one stream within a chunk come out as one: the log driver makes
/// a frame of every line, and a large log has millions of them.
struct DockerFrameDecoder: Sendable {
    /// The engine writes 32 KiB at a time, or a line of a log. Nothing is stored by this length: a larger one only
    /// shows that what we read is not a header.
    static let longestFrame = 64 << 20
    /// What the engine itself has to say, at most.
    private static let longestComplaint = 64 << 10

    private enum Place {
        case header
        case payload(DockerFrame.Stream, left: Int)
        case complaint(left: Int)
    }

    private var place = Place.header
    private var header: [UInt8] = []
    private var complaint: [UInt8] = []

    /// The frames, or pieces of frames, in a chunk. After an error the decoder is of no more use.
    mutating func append(_ chunk: [UInt8]) throws(DockerError) -> [DockerFrame] {
        var frames: [DockerFrame] = []
        var position = 0
        while position < chunk.count {
            switch place {
            case .header:
                // Whole in this chunk, as nearly all are: no need to collect it.
                if header.isEmpty, chunk.count - position >= 8 {
                    try begin(chunk[position..<position + 8])
                    position += 8
                } else {
                    let part = chunk[position...].prefix(8 - header.count)
                    header += part
                    position += part.count
                    guard header.count == 8 else { break }
                    try begin(header[...])
                    header.removeAll(keepingCapacity: true)
                }
            case .payload(let stream, let left):
                let piece = chunk[position...].prefix(left)
                if let last = frames.indices.last, frames[last].stream == stream {
                    frames[last].bytes += piece
                } else {
                    // Mostly the rest of the chunk is of the same stream.
                    var bytes: [UInt8] = []
                    bytes.reserveCapacity(chunk.count - position)
                    bytes += piece
                    frames.append(DockerFrame(stream, bytes))
                }
                position += piece.count
                place = piece.count == left ? .header : .payload(stream, left: left - piece.count)
            case .complaint(let left):
                let piece = chunk[position...].prefix(left)
                complaint += piece
                position += piece.count
                guard piece.count == left else {
                    place = .complaint(left: left - piece.count)
                    break
                }
                throw DockerError(.stream, String(decoding: complaint, as: UTF8.self))
            }
        }
        return frames
    }

    /// Call at the end of the stream.
    func finish() throws(DockerError) {
        if case .header = place, header.isEmpty { return }
        throw DockerError(.transport, "the container's output broke off in the middle of a frame")
    }

    private mutating func begin(_ header: ArraySlice<UInt8>) throws(DockerError) {
        let first = header.startIndex
        let length = header[(first + 4)...].reduce(0) { $0 << 8 | Int($1) }
        let padding = header[first + 1] | header[first + 2] | header[first + 3]
        guard padding == 0, length <= Self.longestFrame else { throw Self.outOfStep }
        switch header[first] {
        case 3:
            guard length <= Self.longestComplaint else { throw Self.outOfStep }
            place = .complaint(left: length)
            if length == 0 { throw DockerError(.stream, "the engine reported an error without saying which") }
        case let number:
            guard let stream = DockerFrame.Stream(rawValue: number) else { throw Self.outOfStep }
            place = length == 0 ? .header : .payload(stream, left: length)
        }
    }

    private static let outOfStep = DockerError(
        .stream, "the container's output is not in frames; a container with a terminal (tty) has none")
}
