/// Masks secrets in one stream of output, wherever its pieces begin and end.
///
/// Every byte of an occurrence becomes `*`, except line ends: the output keeps its length, so that the place up to which a
/// log is stored is the same in the engine's own copy of it, and a job can be continued after a crash.
struct SecretRedactor: Sendable {
    private let automaton: SecretAutomaton
    private var state: Int32 = 0
    /// Bytes that may belong to an occurrence that has not ended yet; those that are certain are masked already.
    private var held: [UInt8] = []
    /// Bytes read before `held`.
    private var released = 0
    /// The last masked stretch, so that nothing is masked over and over.
    private var masked = 0..<0

    init(_ automaton: SecretAutomaton) { self.automaton = automaton }

    /// What can be shown after these bytes; the rest comes with the next ones.
    mutating func mask(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        var output = held.isEmpty ? bytes : held + bytes
        let before = held.count
        var place = 0
        while place < bytes.count {
            if state == 0 {
                place = automaton.firstCandidate(in: bytes, from: place)
                guard place < bytes.count else { break }
            }
            state = automaton.next(state, bytes[place])
            place += 1
            let length = automaton.match(state)
            if length > 0 { cover(length, endingAt: released + before + place, in: &output) }
        }
        let kept = automaton.depth(state)
        released += output.count - kept
        guard kept > 0 else {
            held = []
            return output
        }
        held = Array(output.suffix(kept))
        output.removeLast(kept)
        return output
    }

    /// The output ended: what was held back was no secret.
    mutating func finish() -> [UInt8] {
        defer { (held, state) = ([], 0) }
        released += held.count
        return held
    }

    private mutating func cover(_ length: Int, endingAt end: Int, in output: inout [UInt8]) {
        let start = end - length
        let continues = start >= masked.lowerBound && start <= masked.upperBound
        let fresh = continues ? masked.upperBound..<end : start..<end
        for place in fresh where output[place - released] != UInt8(ascii: "\n") && output[place - released] != 13 {
            output[place - released] = UInt8(ascii: "*")
        }
        masked = continues ? masked.lowerBound..<end : fresh
    }
}

/// The masks of a script's output streams.
struct OutputMask: Sendable {
    private var redactors: [LogSource: SecretRedactor] = [:]

    /// - Parameter secrets: values by variable name; without any, nothing is looked at.
    init(_ secrets: [String: String]) {
        guard !secrets.isEmpty else { return }
        let automaton = SecretAutomaton(SecretPatterns(secrets).all)
        for source in [LogSource.stdout, .stderr] { redactors[source] = SecretRedactor(automaton) }
    }

    /// What can be shown of a stream after these bytes.
    mutating func mask(_ bytes: [UInt8], _ source: LogSource) -> [UInt8] {
        redactors[source]?.mask(bytes) ?? bytes
    }

    /// What was held back of a stream that ended.
    mutating func finish(_ source: LogSource) -> [UInt8] { redactors[source]?.finish() ?? [] }
}
