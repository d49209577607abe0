/// Masks secrets in one stream of output, wherever its pieces begin and end.
///
/// Every byte of an occurrence becomes `*`, except line ends: the output keeps its length, so that the place up to which a
/// log is stored is the same in the engine's own copy of it, and a job can be continued after a crash.
struct SecretRedactor: Sendable {
    private let search: SecretSearch
    private var state: Int32 = 0
    /// The state of the search that passes over line ends.
    private var encodedState: Int32 = 0
    private var percents: PercentReader
    /// How many bytes of line ends were passed over since the last other byte.
    private var gap = 0
    /// Counts the bytes that end no line; those before a candidate may all be counted, only the order matters.
    private var encodedCount = 0
    /// Bytes that may belong to an occurrence that has not ended yet; those that are certain are masked already.
    private var held: [UInt8] = []
    /// Bytes read before `held`.
    private var released = 0
    /// The last masked stretch, so that nothing is masked over and over.
    private var masked = 0..<0
    /// The same of percent-encoding, whose occurrences may be found a little later than they end.
    private var maskedPercents = 0..<0
    /// The same of base64, by `encodedCount`, and where it ends in the stream.
    private var maskedEncoded = (stretch: 0..<0, end: 0)

    /// A line ends with one byte or two. With more of them between, as with nothing else, what has to be held would
    /// have no limit.
    private static let mostGap = 2
    /// A line that ends with one letter of base64 is shown at once: one in ten does, and its last letter would be seen
    /// only with the next line. It tells 6 bits, if it was a secret's.
    private static let shortestHeld = 2

    init(_ search: SecretSearch) {
        self.search = search
        percents = PercentReader(search.percentDecoded)
    }

    /// What can be shown after these bytes; the rest comes with the next ones.
    mutating func mask(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        var output = held.isEmpty ? bytes : held + bytes
        let before = held.count
        var place = 0
        // Not by way of `self`, which changes with each byte.
        let search = search
        while place < bytes.count {
            if state == 0, encodedState == 0, percents.isIdle {
                let candidate = search.firstCandidate(in: bytes, from: place)
                encodedCount += candidate - place
                place = candidate
                guard place < bytes.count else { break }
            }
            let byte = bytes[place]
            place += 1
            let end = released + before + place
            if byte == PercentReader.sign, percents.isIdle {
                percents.begin(search.decoded(state), at: end - 1, search.percentDecoded)
            }
            state = search.plain.next(state, byte)
            let length = search.plain.match(state)
            if length > 0 { masked = cover(end - length..<end, after: masked, in: &output) }
            if byte == PercentReader.sign || !percents.isIdle,
                let found = percents.read(byte, at: end - 1, search.percentDecoded)
            {
                maskedPercents = cover(found, after: maskedPercents, in: &output)
            }
            let encoded = encodedMatch(after: byte)
            if encoded > 0 { cover(encoded: encoded, endingAt: before + place, in: &output) }
        }
        let kept = max(
            search.plain.depth(state), encodedKept(output),
            percents.kept(at: released + output.count, search.percentDecoded))
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
        var output = held
        if let found = percents.settle(at: released + output.count, search.percentDecoded) {
            _ = cover(found, after: maskedPercents, in: &output)
        }
        released += output.count
        (held, state, encodedState, percents) = ([], 0, 0, PercentReader(search.percentDecoded))
        return output
    }

    /// - Returns: how many letters of base64 the longest occurrence has that ends with this byte; 0 without one.
    private mutating func encodedMatch(after byte: UInt8) -> Int {
        if SecretSearch.isLineEnd(byte) {
            gap += 1
            if gap > Self.mostGap { encodedState = 0 }
            return 0
        }
        gap = 0
        encodedCount += 1
        encodedState = search.encoded.next(encodedState, byte)
        return search.encoded.match(encodedState)
    }

    /// - Parameter last: what was masked before, by this function and for the same search.
    /// - Returns: what is masked now, as the next call needs it.
    private func cover(_ stretch: Range<Int>, after last: Range<Int>, in output: inout [UInt8]) -> Range<Int> {
        let continues = stretch.lowerBound >= last.lowerBound && stretch.lowerBound <= last.upperBound
        let fresh = continues ? last.upperBound..<stretch.upperBound : stretch
        for place in fresh where !SecretSearch.isLineEnd(output[place - released]) {
            output[place - released] = UInt8(ascii: "*")
        }
        return continues ? last.lowerBound..<stretch.upperBound : stretch
    }

    /// - Parameters:
    ///   - length: the letters to be masked, not counting line ends.
    ///   - end: in the output.
    private mutating func cover(encoded length: Int, endingAt end: Int, in output: inout [UInt8]) {
        let start = encodedCount - length
        let last = maskedEncoded
        let continues = start >= last.stretch.lowerBound && start <= last.stretch.upperBound
        // A letter that was shown at the end of its line is no longer there.
        let limit = continues ? max(0, last.end - released) : 0
        var (place, rest) = (end, length)
        while place > limit, rest > 0 {
            place -= 1
            if SecretSearch.isLineEnd(output[place]) { continue }
            output[place] = UInt8(ascii: "*")
            rest -= 1
        }
        maskedEncoded = ((continues ? last.stretch.lowerBound : start)..<encodedCount, released + end)
    }

    /// How many bytes at the end hold the letters that the search for base64 has found so far.
    private func encodedKept(_ output: [UInt8]) -> Int {
        var rest = search.encoded.depth(encodedState)
        if rest == 0 || gap > 0 && rest < Self.shortestHeld { return 0 }
        var place = output.count
        while place > 0, rest > 0 {
            place -= 1
            if !SecretSearch.isLineEnd(output[place]) { rest -= 1 }
        }
        return output.count - place
    }
}

/// The masks of a script's output streams.
struct OutputMask: Sendable {
    private var redactors: [LogSource: SecretRedactor] = [:]

    /// - Parameter secrets: values by variable name; without any, nothing is looked at.
    init(_ secrets: [String: String]) {
        guard !secrets.isEmpty else { return }
        let search = SecretSearch(SecretPatterns(secrets))
        for source in [LogSource.stdout, .stderr] { redactors[source] = SecretRedactor(search) }
    }

    /// What can be shown of a stream after these bytes.
    mutating func mask(_ bytes: [UInt8], _ source: LogSource) -> [UInt8] {
        redactors[source]?.mask(bytes) ?? bytes
    }

    /// What was held back of a stream that ended.
    mutating func finish(_ source: LogSource) -> [UInt8] { redactors[source]?.finish() ?? [] }
}
