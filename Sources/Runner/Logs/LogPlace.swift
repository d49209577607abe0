/// Looks in a container's output, read from the engine's own copy, for the place up to which the job's log has it.
///
/// The copy has all of the output, so counting is enough; but an engine throws the beginning away when the copy becomes
/// too large. So what stands before the place has to be the end of what the log has; if it is not, that end is looked for.
struct LogPlace: Sendable {
    /// So many bytes of an output are compared.
    static let mostCompared = 1 << 10

    private let count: Int64
    private let end: [UInt8]
    private let search: SecretAutomaton
    private var state: Int32 = 0
    private var read: Int64 = 0
    /// The bytes before the place where it should be.
    private var before: OutputEnd
    private var found: Int64?

    /// - Parameters:
    ///   - count: the bytes of this output that the log has.
    ///   - end: the last of them; none where they are not known, and then only the count is relied on.
    init(count: Int64, end: [UInt8]) {
        self.count = max(0, count)
        self.end = Array(end.suffix(Int(min(self.count, Int64(Self.mostCompared)))))
        search = SecretAutomaton([self.end])
        before = OutputEnd(self.end.count)
    }

    /// Whether nothing more has to be read.
    var isKnown: Bool { end.isEmpty || isAsCounted }

    /// How many bytes of the copy are in the log; `nil` when the copy begins after them.
    var answer: Int64? { isKnown ? count : found }

    /// Takes the next bytes of the copy.
    mutating func look(at bytes: [UInt8]) {
        guard !end.isEmpty, read < count else { return }
        let looked = bytes.prefix(Int(min(Int64(bytes.count), count - read)))
        if found == nil {
            for (index, byte) in looked.enumerated() {
                state = search.next(state, byte)
                guard search.match(state) > 0 else { continue }
                found = read + Int64(index) + 1
                break
            }
        }
        read += Int64(looked.count)
        before.add(looked)
    }

    /// What masks a byte may see it a moment later in another piece, and mask it then.
    private var isAsCounted: Bool {
        let mask = UInt8(ascii: "*")
        return read == count && before.bytes.count == end.count
            && zip(before.bytes, end).allSatisfy { $0 == $1 || $0 == mask || $1 == mask }
    }
}
