/// Patterns for branch names, tag names, image names and paths.
///
/// `*` matches within one component, `**` across components (`**/` at the beginning of a component also matches
/// nothing), `?` one character other than `/`. Everything else is literal; the whole text must match.
public struct Glob: Sendable, Hashable {
    /// The pattern as written.
    public let pattern: String
    private let steps: [Step]

    /// What one place of the pattern takes.
    private enum Step: Hashable {
        case literal(Unicode.Scalar)
        /// `?`
        case one
        /// `*`
        case part
        /// `**`
        case all
        /// Before the `**` of `**/`: the next step may be left out.
        case optional
        /// `**/`, at least the slash.
        case folders
    }

    /// Any text is a pattern.
    public init(_ pattern: String) {
        self.pattern = pattern
        var steps: [Step] = []
        var rest = Array(pattern.unicodeScalars)[...]
        var beginsComponent = true
        while let scalar = rest.popFirst() {
            switch scalar {
            case "*" where rest.first == "*":
                rest.removeFirst()
                if beginsComponent, rest.first == "/" {
                    rest.removeFirst()
                    steps += [.optional, .folders]
                    continue
                }
                steps.append(.all)
            case "*": steps.append(.part)
            case "?": steps.append(.one)
            default: steps.append(.literal(scalar))
            }
            beginsComponent = scalar == "/"
        }
        self.steps = steps
    }

    /// Whether the whole text matches. Time is at most pattern length × text length, whatever the pattern.
    public func matches(_ text: String) -> Bool {
        // The places in the pattern that the text read so far can reach, walked in lockstep: no backtracking.
        var reached = [Bool](repeating: false, count: steps.count + 1)
        reached[0] = true
        skip(&reached)
        for scalar in text.unicodeScalars {
            var next = [Bool](repeating: false, count: steps.count + 1)
            var alive = false
            for (place, step) in steps.enumerated() where reached[place] {
                let (stays, advances) = Self.take(scalar, step)
                if stays { next[place] = true }
                if advances { next[place + 1] = true }
                alive = alive || stays || advances
            }
            guard alive else { return false }
            skip(&next)
            reached = next
        }
        return reached[steps.count]
    }

    private static func take(_ scalar: Unicode.Scalar, _ step: Step) -> (stays: Bool, advances: Bool) {
        switch step {
        case .literal(let wanted): (false, scalar == wanted)
        case .one: (false, scalar != "/")
        case .part: (scalar != "/", false)
        case .all: (true, false)
        case .optional: (false, false)
        case .folders: (true, scalar == "/")
        }
    }

    /// Adds the places that are reached without reading.
    private func skip(_ reached: inout [Bool]) {
        for (place, step) in steps.enumerated() where reached[place] {
            switch step {
            case .part, .all: reached[place + 1] = true
            case .optional:
                reached[place + 1] = true
                reached[place + 2] = true
            case .literal, .one, .folders: break
            }
        }
    }
}
