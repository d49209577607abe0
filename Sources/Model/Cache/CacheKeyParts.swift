/// The text of a cache key taken apart again, so that two keys can be compared.
public struct CacheKeyParts: Sendable, Hashable {
    /// What a key is made of.
    public enum Part: Sendable, Hashable, Comparable {
        case image
        case user
        case variable(String)
        case installScript
        case trackedPath(String)
    }

    /// A part that two keys do not have in common.
    public struct Difference: Sendable, Hashable {
        /// Which part.
        public var part: Part
        /// What it was; `nil` when it was none.
        public var old: String?
        /// What it is; `nil` when it is none any more.
        public var new: String?
    }

    /// What each part is, as it stands in the text; a tracked path that the tree lacked is `missing`.
    public let values: [Part: String]

    /// - Parameter text: the text that is hashed. `nil` when it is none.
    public init?(_ text: String) {
        var lines = text.split(separator: "\n")[...]
        guard lines.popFirst() == "kozmic-cache 1" else { return nil }
        var values: [Part: String] = [:]
        for line in lines {
            if let tab = line.firstIndex(of: "\t") {
                values[.trackedPath(String(line[line.index(after: tab)...]))] = String(line[..<tab])
                continue
            }
            let words = line.split(separator: " ", maxSplits: 1).map(String.init)
            guard words.count == 2 else { return nil }
            switch words[0] {
            case "image": values[.image] = words[1]
            case "user": values[.user] = words[1]
            case "script": values[.installScript] = words[1]
            case "env":
                let parts = words[1].split(separator: " ").map(String.init)
                guard parts.count == 2 else { return nil }
                values[.variable(parts[0])] = parts[1]
            default: return nil
            }
        }
        self.values = values
    }

    /// The tracked paths that the tree lacked, sorted: a misspelt one is always among them.
    public var missingPaths: [String] {
        values.compactMap { part, value in
            guard case .trackedPath(let path) = part, value == "missing" else { return nil }
            return path
        }.sorted()
    }

    /// What differs from an older key, in the order of the text.
    public func differences(from old: CacheKeyParts) -> [Difference] {
        Set(values.keys).union(old.values.keys).sorted().compactMap { part in
            let difference = Difference(part: part, old: old.values[part], new: values[part])
            return difference.old == difference.new ? nil : difference
        }
    }
}
