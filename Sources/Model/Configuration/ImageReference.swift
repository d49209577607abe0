/// The name of an image in Docker's grammar: `[registry[:port]/]path[:tag][@digest]`.
public struct ImageReference: Sendable, Hashable, CustomStringConvertible {
    /// Why a text names no image.
    public struct Problem: Error, Sendable, Hashable, CustomStringConvertible {
        /// One sentence part, such as `the tag is not one that Docker takes`.
        public let description: String
    }

    /// As written.
    public let description: String
    /// Without tag and digest.
    public let name: String
    /// After the colon.
    public let tag: String?
    /// After the `@`, such as `sha256:…`.
    public let digest: String?

    /// Reads a reference.
    public init(_ text: String) throws(Problem) {
        description = text
        let atSigns = text.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
        digest = atSigns.count == 2 ? String(atSigns[1]) : nil
        var rest = atSigns.first ?? ""
        var tag: Substring?
        if let colon = rest.lastIndex(of: ":"), !rest[colon...].contains("/") {
            tag = rest[colon...].dropFirst()
            rest = rest[..<colon]
        }
        name = String(rest)
        self.tag = tag.map(String.init)
        guard !name.isEmpty else { throw Problem(description: "the name is empty") }
        guard name.utf8.count <= 255 else { throw Problem(description: "the name is longer than 255 characters") }
        try Self.check(name: name)
        if let tag, !Self.isTag(tag) { throw Problem(description: "the tag is not one that Docker takes") }
        if let digest, !Self.isDigest(digest) { throw Problem(description: "the digest is not sha256: and 64 digits") }
    }

    /// Whether Docker takes it between two slashes: words of lower-case letters and digits, with `.`, `_`, `__` or any
    /// number of `-` between them.
    public static func isComponent(_ text: some StringProtocol) -> Bool {
        func isWord(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte) }
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isWord(first), isWord(last) else { return false }
        return bytes.split(whereSeparator: isWord).allSatisfy { separator in
            separator.elementsEqual(".".utf8) || separator.elementsEqual("_".utf8)
                || separator.elementsEqual("__".utf8) || separator.allSatisfy { $0 == UInt8(ascii: "-") }
        }
    }

    private static func check(name: String) throws(Problem) {
        var parts = name.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count > 1, parts[0].contains(".") || parts[0].contains(":") || parts[0] == "localhost" {
            guard isHost(parts.removeFirst()) else { throw Problem(description: "the registry is not a host's name") }
        }
        for part in parts where !isComponent(part) {
            let isUpperCase = isComponent(part.lowercased())
            throw Problem(
                description: isUpperCase ? "names of images are lower case" : "the name is not one that Docker takes")
        }
    }

    private static func isHost(_ text: Substring) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let labels = parts.first?.split(separator: ".", omittingEmptySubsequences: false) ?? []
        let areLabels = labels.allSatisfy { label in
            !label.isEmpty && label.first != "-" && label.last != "-" && label.utf8.allSatisfy(isTagByte)
                && !label.contains("_")
        }
        guard areLabels, parts.count <= 2 else { return false }
        return parts.count == 1 || UInt16(parts[1]) != nil
    }

    private static func isTag(_ text: Substring) -> Bool {
        (1...128).contains(text.utf8.count) && text.first != "." && text.first != "-"
            && text.utf8.allSatisfy { isTagByte($0) || $0 == UInt8(ascii: ".") }
    }

    private static func isTagByte(_ byte: UInt8) -> Bool {
        (0x61...0x7A).contains(byte) || (0x41...0x5A).contains(byte) || (0x30...0x39).contains(byte)
            || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    private static func isDigest(_ text: String) -> Bool {
        text.hasPrefix("sha256:") && text.utf8.count == 71
            && text.utf8.dropFirst(7).allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}
