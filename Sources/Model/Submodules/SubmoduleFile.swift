/// What `.gitmodules` says: which path comes from which address. Only these two keys are read, so nothing that the file
/// asks to be done (`update = !command`, an `include`) is even looked at.
public struct SubmoduleFile: Sendable, Hashable {
    /// More bytes are not a list of submodules any more.
    public static let mostBytes = 1 << 20

    /// The addresses by path, as written; of a path that is named twice the last one.
    public let addresses: [String: String]

    /// Reads the file; lines that are no configuration are passed over.
    public init(_ bytes: [UInt8]) {
        var sections: [String: (path: String?, url: String?)] = [:]
        var section: String?
        for line in String(decoding: bytes.prefix(Self.mostBytes), as: UTF8.self).split(whereSeparator: \.isNewline) {
            let line = line.drop { $0 == " " || $0 == "\t" }
            if line.hasPrefix("[") {
                section = Self.name(line)
                continue
            }
            guard let section, let equals = line.firstIndex(of: "=") else { continue }
            let key = line[..<equals].filter { $0 != " " && $0 != "\t" }.lowercased()
            guard let value = Self.value(line[line.index(after: equals)...]) else { continue }
            if key == "path" { sections[section, default: (nil, nil)].path = value }
            if key == "url" { sections[section, default: (nil, nil)].url = value }
        }
        var addresses: [String: String] = [:]
        for (_, entry) in sections.sorted(by: { $0.key < $1.key }) {
            if let path = entry.path, let url = entry.url { addresses[path] = url }
        }
        self.addresses = addresses
    }

    /// The name in `[submodule "name"]`.
    private static func name(_ line: Substring) -> String? {
        guard line.lowercased().hasPrefix("[submodule"), let open = line.firstIndex(of: "\""),
            let close = line.lastIndex(of: "\""), open < close
        else { return nil }
        return String(line[line.index(after: open)..<close])
    }

    /// A value without its quotes, escapes and comment; `nil` for one that git would not take.
    private static func value(_ text: Substring) -> String? {
        var (result, kept) = ("", 0)
        var isQuoted = false
        var rest = text.drop { $0 == " " || $0 == "\t" }.makeIterator()
        while let letter = rest.next() {
            switch letter {
            case "\"": isQuoted.toggle()
            case "\\":
                guard let next = rest.next(), next == "\"" || next == "\\" else { return nil }
                result.append(next)
            case "#" where !isQuoted, ";" where !isQuoted: return String(result.prefix(kept))
            default: result.append(letter)
            }
            // Blanks at the end do not count, unless they are quoted.
            if isQuoted || letter != " " && letter != "\t" { kept = result.count }
        }
        return isQuoted ? nil : String(result.prefix(kept))
    }
}
