import OpenSSL

/// What tells two versions of a page apart.
///
/// The words of relative times ("3 m ago") are another matter than the rest: a page's script counts them itself, so to it a
/// page that differs in nothing else is the same one. Without scripts it is not: the words would stay as they were.
struct PageTag {
    /// Of everything but those words. Forms' tokens are part of it; a session always has the same one.
    let state: String
    /// Of every byte.
    let whole: String

    init(_ page: [UInt8]) {
        let (rest, words) = Self.split(page)
        let hash = SHA256.hash(rest)
        state = Self.text(hash)
        whole = Self.text(SHA256.hash(hash + words))
    }

    /// For the header `ETag`.
    ///
    /// - Parameter coding: of the content: another one is another sequence of bytes.
    func header(_ coding: String? = nil) -> String { "\"\(state).\(whole)\(coding.map { ".\($0)" } ?? "")\"" }

    /// Whether one of the tags in a header `If-None-Match` is this version's: the whole tag, or of a weak one (`W/"…"`) the
    /// part before the point.
    func matches(_ header: String) -> Bool {
        header.split(separator: ",").contains { tag in
            let tag = tag.drop { $0 == " " }
            let isWeak = tag.hasPrefix("W/")
            let text = tag.dropFirst(isWeak ? 2 : 0).filter { $0 != "\"" && $0 != " " }
            if isWeak && text == state { return true }
            return text == "\(state).\(whole)" || text.hasPrefix("\(state).\(whole).")
        }
    }

    private static func text(_ hash: [UInt8]) -> String { String(Hex.encode(hash).prefix(24)) }

    /// The page without the words between `<time …>` or `<span data-since…>` and what follows, and those words.
    private static func split(_ page: [UInt8]) -> (rest: [UInt8], words: [UInt8]) {
        let marks = ["<time ", "<span data-since"].map { Array($0.utf8) }
        var (rest, words): ([UInt8], [UInt8]) = ([], [])
        rest.reserveCapacity(page.count)
        page.withUnsafeBytes { bytes in
            var start = 0
            var next = marks.map { ByteSearch.first($0, in: bytes, from: 0) }
            while let mark = next.compactMap(\.self).min(),
                let open = ByteSearch.first([UInt8(ascii: ">")], in: bytes, from: mark),
                let end = ByteSearch.first([UInt8(ascii: "<")], in: bytes, from: open)
            {
                rest.append(contentsOf: bytes[start...open])
                words.append(contentsOf: bytes[(open + 1)...end])
                start = end
                for index in marks.indices where next[index].map({ $0 < end }) ?? false {
                    next[index] = ByteSearch.first(marks[index], in: bytes, from: end)
                }
            }
            rest.append(contentsOf: bytes[start...])
        }
        return (rest, words)
    }
}
