/// Patterns for branch names, tag names, image names and paths.
///
/// `*` matches within one component, `**` across components (`**/` also matches nothing), `?` one character other than
/// `/`. Everything else is literal; the whole text must match.
public struct Glob: Sendable, Hashable {
    /// The pattern as written.
    public let pattern: String
    private let bytes: [UInt8]

    /// Any text is a pattern.
    public init(_ pattern: String) {
        self.pattern = pattern
        bytes = Array(pattern.utf8)
    }

    /// Whether the whole text matches. Time is at most pattern length × text length, whatever the pattern.
    public func matches(_ text: String) -> Bool {
        let text = Array(text.utf8)
        var reachable = Set([0])  // positions in the pattern that the text read so far can reach
        close(&reachable)
        for byte in text {
            var next: Set<Int> = []
            for position in reachable where position < bytes.count {
                switch bytes[position] {
                case UInt8(ascii: "*"):
                    if isDouble(position) || byte != UInt8(ascii: "/") { next.insert(position) }
                case UInt8(ascii: "?"):
                    if byte != UInt8(ascii: "/") { next.insert(position + 1) }
                case byte:
                    next.insert(position + 1)
                default: break
                }
            }
            close(&next)
            if next.isEmpty { return false }
            reachable = next
        }
        return reachable.contains(bytes.count)
    }

    private func isDouble(_ position: Int) -> Bool {
        position + 1 < bytes.count && bytes[position + 1] == UInt8(ascii: "*")
    }

    /// Adds the positions that are reached without reading: a star may match nothing.
    private func close(_ positions: inout Set<Int>) {
        var work = Array(positions)
        while let position = work.popLast() {
            guard position < bytes.count, bytes[position] == UInt8(ascii: "*") else { continue }
            var after = [position + (isDouble(position) ? 2 : 1)]
            let atStart = position == 0 || bytes[position - 1] == UInt8(ascii: "/")
            if isDouble(position), atStart, position + 2 < bytes.count, bytes[position + 2] == UInt8(ascii: "/") {
                after.append(position + 3)
            }
            for target in after where positions.insert(target).inserted { work.append(target) }
        }
    }
}
