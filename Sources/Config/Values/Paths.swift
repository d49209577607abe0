import Model

/// A pattern for names of branches or tags, of images, or for paths.
struct GlobText: TextKind {
    enum Use { case branches, tags, images, paths }
    var use: Use

    var isFree: Bool { true }
    var expected: String { "a pattern" }
    var plural: String { "texts" }
    var maximumBytes: Int { 512 }

    /// What no name of a branch or tag can have, see git-check-ref-format(1).
    private static let impossible = [" ", "~", "^", ":", "\\", "[", "..", "@{", "//"]

    func parse(_ text: String) throws(Mistake) -> String {
        guard !text.isEmpty else { throw Mistake("an empty pattern, which matches nothing") }
        guard text.hasNoControlCharacters else { throw Mistake("a control character in a pattern") }
        switch use {
        case .branches, .tags:
            guard !text.hasPrefix("refs/") else {
                throw Mistake("\(quoted(text)): write the name without refs/\(use == .tags ? "tags" : "heads")/")
            }
            guard !text.hasPrefix("!") else { throw Mistake("\(quoted(text)): patterns cannot be negated") }
            // A hook that never runs is worse than an error.
            if let part = Self.impossible.first(where: text.contains) {
                throw Mistake(
                    "\(quoted(text)): no \(use == .tags ? "tag" : "branch") has \(quoted(part)) in its name; patterns "
                        + "know *, ** and ? only")
            }
            guard !text.hasPrefix("/"), !text.hasSuffix("/") else {
                throw Mistake("\(quoted(text)): no name begins or ends with /; '**' is anything, with slashes")
            }
        case .paths:
            guard let path = PathPattern.normalise(text) else {
                throw Mistake("\(quoted(text)) leaves the repository; paths are relative to its root")
            }
            guard !text.hasPrefix("!") else { throw Mistake("\(quoted(text)): patterns cannot be negated") }
            return path
        case .images: break
        }
        return text
    }
}

/// A path in the project's repository, in its one form.
struct TrackedPathText: TextKind {
    var isFree: Bool { true }
    var expected: String { "a path" }
    var plural: String { "paths" }
    var maximumBytes: Int { 4096 }

    func parse(_ text: String) throws(Mistake) -> String {
        do {
            return try TrackedPath.normalise(text)
        } catch {
            switch error {
            case .leavesRepository:
                throw Mistake("\(quoted(text)) leaves the repository; paths are relative to its root")
            case .controlCharacter: throw Mistake("a control character in a path")
            case .empty: throw Mistake("an empty path; '.' is the whole repository")
            }
        }
    }
}

/// A Docker image. The list of allowed ones is looked at by the caller.
struct ImageText: TextKind {
    var expected: String { "an image such as debian:bookworm" }
    var plural: String { "images" }

    func parse(_ text: String) throws(Mistake) -> String {
        do {
            return try ImageReference(text).description
        } catch {
            throw Mistake("\(quoted(text)) is not an image's name: \(error)")
        }
    }
}
