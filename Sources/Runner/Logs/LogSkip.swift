/// Leaves out the bytes at the beginning of a container's output that are in the job's log already.
struct LogSkip: Sendable, Equatable {
    private var left: [LogSource: Int64]

    /// How many bytes of each stream to leave out.
    init(stdout: Int64 = 0, stderr: Int64 = 0) {
        left = [.stdout: max(0, stdout), .stderr: max(0, stderr)]
    }

    /// The part of the bytes that is new.
    mutating func rest(of bytes: [UInt8], from source: LogSource) -> [UInt8] {
        guard let skip = left[source], skip > 0 else { return bytes }
        let count = min(Int64(bytes.count), skip)
        left[source] = skip - count
        return Array(bytes.dropFirst(Int(count)))
    }
}
