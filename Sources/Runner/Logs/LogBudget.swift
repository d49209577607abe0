/// Keeps a job's log within its limit: the beginning as it comes, of the rest only the end, and how much lies between.
struct LogBudget: Sendable {
    /// A piece of output and the stream that it came through.
    struct Piece: Sendable, Equatable {
        var section: LogSection
        var source: LogSource
        var bytes: [UInt8]
    }

    private var room: Int64
    private let tailLimit: Int64
    private var tail: [Piece] = []
    /// Those before are not needed any more. They are taken away now and then, because that moves all the others.
    private var first = 0
    private var tailCount: Int64 = 0
    private(set) var leftOut: Int64 = 0

    /// Whether whatever comes is left out.
    var isOver: Bool { room == 0 && tailLimit == 0 }

    /// - Parameters:
    ///   - limit: bytes of script output that the log may hold.
    ///   - stored: bytes of script output that it holds already.
    init(limit: Int64, stored: Int64) {
        let limit = max(0, limit)
        // A full log was finished by an earlier process: its end is there, and nothing more is kept.
        tailLimit = stored >= limit ? 0 : min(limit / 2, 256 << 10)
        room = max(0, limit - tailLimit - stored)
    }

    /// Takes output and gives back what goes into the log now.
    mutating func admit(_ piece: Piece) -> Piece? {
        let now = min(room, Int64(piece.bytes.count))
        room -= now
        guard now < piece.bytes.count else { return piece }
        keep(Piece(section: piece.section, source: piece.source, bytes: Array(piece.bytes.dropFirst(Int(now)))))
        return now == 0
            ? nil : Piece(section: piece.section, source: piece.source, bytes: Array(piece.bytes.prefix(Int(now))))
    }

    /// The script ended: gives back the last bytes, which fit into the limit.
    mutating func finish() -> [Piece] {
        defer {
            room = max(0, room + tailLimit - tailCount)
            tail = []
            first = 0
            tailCount = 0
            leftOut = 0
        }
        return Array(tail[first...])
    }

    private mutating func keep(_ piece: Piece) {
        tail.append(piece)
        tailCount += Int64(piece.bytes.count)
        while tailCount > tailLimit {
            let dropped = min(tailCount - tailLimit, Int64(tail[first].bytes.count))
            if dropped == tail[first].bytes.count {
                tail[first].bytes = []
                first += 1
            } else {
                tail[first].bytes.removeFirst(Int(dropped))
            }
            tailCount -= dropped
            leftOut += dropped
        }
        if first > tail.count / 2 {
            tail.removeFirst(first)
            first = 0
        }
    }
}
