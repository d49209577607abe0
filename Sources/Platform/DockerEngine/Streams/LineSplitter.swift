/// Cuts a stream of JSON values, one a line, into lines; chunks may be cut anywhere.
struct LineSplitter: Sendable {
    /// Bytes of a line at most.
    private let limit: Int
    private var rest: [UInt8] = []

    init(limit: Int = 1 << 20) { self.limit = limit }

    /// The lines that a chunk completes, blank ones left out.
    mutating func append(_ chunk: [UInt8]) throws(DockerError) -> [[UInt8]] {
        var lines: [[UInt8]] = []
        var begin = 0
        while let end = chunk[begin...].firstIndex(of: UInt8(ascii: "\n")) {
            try extend(chunk[begin..<end])
            if let line = finish() { lines.append(line) }
            begin = end + 1
        }
        try extend(chunk[begin...])
        return lines
    }

    /// What is left after the last line end, if anything.
    mutating func finish() -> [UInt8]? {
        defer { rest.removeAll(keepingCapacity: true) }
        let isBlank = rest.allSatisfy { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: " ") }
        return isBlank ? nil : rest
    }

    private mutating func extend(_ piece: ArraySlice<UInt8>) throws(DockerError) {
        guard rest.count + piece.count <= limit else {
            throw DockerError(.tooLarge(limit), "the engine wrote a line of more than \(limit) bytes")
        }
        rest += piece
    }
}
