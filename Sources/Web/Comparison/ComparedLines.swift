import LineForms

/// The lines of a part of a log, as numbers that are the same for lines that count as the same.
struct ComparedLines: Sendable {
    var keys: [UInt64] = []
    /// The number of the first one in the log, from 1.
    var first = 1
    /// Of a long log the middle is left out: so many lines come before that,
    var head = 0
    /// and so many are left out.
    var omitted = 0

    /// The number in the log of the line at a place.
    func number(_ place: Int) -> Int { first + place + (place >= head ? omitted : 0) }
}

/// Bytes → the keys of their lines.
struct LineKeys {
    private(set) var keys: [UInt64] = []
    /// Keys that were dropped from the beginning.
    private(set) var dropped = 0
    /// Where the line begins that is not finished.
    private(set) var lineStart: Int64

    private var form = LineForm()
    private var rest: [UInt8] = []
    private var position: Int64
    /// Whether what comes belongs to a line that begins before it.
    private var isCut: Bool
    private let limit: Int

    /// - Parameters:
    ///   - start: where the first bytes are in the log.
    ///   - isCut: whether they may be the end of a line, which has no key then.
    ///   - limit: only so many of the last keys are kept.
    init(at start: Int64, isCut: Bool = false, keeping limit: Int = .max) {
        (lineStart, position) = (start, start)
        self.isCut = isCut
        self.limit = limit
    }

    /// Where the first line begins whose beginning is there; `nil` until it is known.
    private(set) var begin: Int64?

    /// Goes on over these bytes, which may be cut anywhere.
    mutating func feed(_ bytes: [UInt8]) {
        if begin == nil, !isCut { begin = position }
        bytes.withUnsafeBytes { buffer in
            var start = 0
            LineBreaks.forEach(buffer) { end in
                finish(UnsafeRawBufferPointer(rebasing: buffer[start..<end]))
                start = end + 1
                lineStart = position + Int64(start)
                if begin == nil { begin = lineStart }
            }
            add(UnsafeRawBufferPointer(rebasing: buffer[start...]))
        }
        position += Int64(bytes.count)
    }

    /// The last line may lack its line break.
    mutating func end() {
        if position > lineStart { finish(UnsafeRawBufferPointer(start: nil, count: 0)) }
    }

    private mutating func finish(_ line: UnsafeRawBufferPointer) {
        guard !isCut else {
            isCut = false
            rest.removeAll(keepingCapacity: true)
            return
        }
        if rest.isEmpty, line.count <= LineForm.lengthLimit {
            form.read(line)
        } else {
            add(line)
            rest.withUnsafeBytes { form.read($0) }
            rest.removeAll(keepingCapacity: true)
        }
        keys.append(form.key)
        // Not for each one: what is removed at the beginning moves the rest.
        if keys.count / 2 >= limit {
            dropped += keys.count - limit
            keys.removeFirst(keys.count - limit)
        }
    }

    /// Keeps the beginning of a line, or of what was written over it last.
    private mutating func add(_ bytes: UnsafeRawBufferPointer) {
        var bytes = bytes[...]
        if let over = LineForm.overwriting(bytes) {
            rest.removeAll(keepingCapacity: true)
            bytes = bytes[over...]
        }
        rest += bytes.prefix(max(0, LineForm.lengthLimit - rest.count))
    }

    /// The last keys, and how many lines came before them.
    var last: (keys: ArraySlice<UInt64>, dropped: Int) {
        let surplus = max(0, keys.count - limit)
        return (keys[surplus...], dropped + surplus)
    }
}
