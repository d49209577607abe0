/// Collects the header lines that libcurl passes on, of which only the last block counts: informational responses, and
/// redirects that are followed, come before it, and trailers after the body.
struct HeaderReader {
    /// What all header lines of a transfer may take.
    static let maximumBytes = 256 << 10
    static let maximumLines = 1000

    enum Step: Equatable {
        /// Nothing to say yet.
        case more
        /// The block is complete and final.
        case head(ResponseHead)
        /// More than we keep, or not HTTP.
        case problem(String)
    }

    /// Whether a redirect may be followed: then its block is final only if no other one comes.
    let followsRedirects: Bool
    private var current: ResponseHead?
    private var redirect: ResponseHead?
    private var isFinal = false
    private var bytes = 0
    private var lines = 0

    init(followsRedirects: Bool) {
        self.followsRedirects = followsRedirects
    }

    /// Takes one line, with its line end.
    mutating func take(_ line: UnsafeRawBufferPointer) -> Step {
        bytes += line.count
        lines += 1
        guard bytes <= Self.maximumBytes, lines <= Self.maximumLines else {
            return .problem("the headers of the response are larger than \(Self.maximumBytes >> 10) KiB")
        }
        guard !isFinal else { return .more }
        let text = Self.trim(line)
        if text.starts(with: "HTTP/".utf8) {
            guard let status = Self.status(text) else { return .problem("the response has no status") }
            (current, redirect) = (ResponseHead(status: status), nil)
            return .more
        }
        guard current != nil else { return .more }
        return text.isEmpty ? endBlock() : add(text, isFolded: line.first.map(Self.isBlank) ?? false)
    }

    /// The redirect that was held back in case it is followed.
    mutating func releaseRedirect() -> ResponseHead? {
        guard let head = redirect else { return nil }
        (redirect, isFinal) = (nil, true)
        return head
    }

    private mutating func endBlock() -> Step {
        guard let head = current else { return .more }
        current = nil
        // Informational: the response itself is still to come.
        if (100..<200).contains(head.status) { return .more }
        if followsRedirects, [301, 302, 303, 307, 308].contains(head.status) {
            redirect = head
            return .more
        }
        isFinal = true
        return .head(head)
    }

    private mutating func add(_ text: Slice<UnsafeRawBufferPointer>, isFolded: Bool) -> Step {
        let string = String(decoding: text, as: UTF8.self)
        if isFolded {
            // The old way to break a long line.
            let last = (current?.headers.all.count ?? 0) - 1
            if last >= 0 { current?.headers.all[last].value += " \(string)" }
        } else if let colon = text.firstIndex(of: UInt8(ascii: ":")) {
            let header = CurlHeader(
                name: String(decoding: text[..<colon], as: UTF8.self),
                value: String(decoding: Self.trim(text[text.index(after: colon)...]), as: UTF8.self))
            current?.headers.all.append(header)
        }
        return .more
    }

    /// The number in `HTTP/1.1 200 OK`.
    private static func status(_ line: Slice<UnsafeRawBufferPointer>) -> Int? {
        let words = line.split(separator: UInt8(ascii: " "), maxSplits: 2)
        guard words.count > 1, words[1].count == 3 else { return nil }
        return Int(String(decoding: words[1], as: UTF8.self))
    }

    private static func trim(_ line: UnsafeRawBufferPointer) -> Slice<UnsafeRawBufferPointer> {
        trim(line[...])
    }

    private static func trim(_ line: Slice<UnsafeRawBufferPointer>) -> Slice<UnsafeRawBufferPointer> {
        var line = line
        while let last = line.last, isBlank(last) { line.removeLast() }
        while let first = line.first, isBlank(first) { line.removeFirst() }
        return line
    }

    private static func isBlank(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D
    }
}
