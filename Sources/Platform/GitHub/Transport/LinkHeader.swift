/// The addresses in a `Link` header (RFC 8288).
enum LinkHeader {
    /// The address with `rel="next"`; `nil` on the last page.
    static func next(in header: String) -> String? {
        var rest = header.prefix(16 << 10)
        while let open = rest.firstIndex(of: "<") {
            rest = rest[rest.index(after: open)...]
            guard let close = rest.firstIndex(of: ">") else { return nil }
            let url = String(rest[..<close])
            rest = rest[rest.index(after: close)...]
            // Up to the next address: commas may also stand inside of quoted parameters, `<` does not.
            let parameters = rest.prefix { $0 != "<" }
            for parameter in parameters.split(separator: ";") {
                let pair = parameter.split(separator: "=", maxSplits: 1).map {
                    $0.trimming { $0.isWhitespace || $0 == "," || $0 == "\"" }
                }
                guard pair.count == 2, pair[0].lowercased() == "rel" else { continue }
                if pair[1].lowercased().split(separator: " ").contains("next") { return url }
            }
        }
        return nil
    }
}

extension Substring {
    func trimming(_ isTrimmed: (Character) -> Bool) -> String {
        String(drop(while: isTrimmed).reversed().drop(while: isTrimmed).reversed())
    }
}
