/// A parsed text: the tree as far as it could be understood, and everything that is wrong with it.
///
/// ```swift
/// let document = YAMLDocument.parse(bytes)
/// guard document.errors.isEmpty, let root = document.root else { … }
/// ```
public struct YAMLDocument: Sendable, Hashable {
    /// The tree; `nil` when the text holds no document (only comments, or nothing). When there are errors it holds what
    /// stands before the first one that stopped the reader, so that a caller may still learn what the text is about.
    public var root: YAMLNode?
    /// In the order of the text; empty when the text is good.
    public var errors: [YAMLError]
    /// Whether one of the errors stopped the reader: what the tree lacks may stand further on.
    public var isCut: Bool

    /// Memberwise.
    public init(root: YAMLNode?, errors: [YAMLError], isCut: Bool = false) {
        self.root = root
        self.errors = errors
        self.isCut = isCut
    }

    /// Reads a text of exactly one document, or of none.
    ///
    /// Rejected, each at its place: bytes that are not UTF-8, control characters, tabs as indentation, keys that repeat
    /// (compared as text) or are no scalars, merge keys, a second document, tags outside of the core schema, and
    /// whatever is beyond the limits. Never throws, never recurses deeper than `limits.depth`.
    public static func parse(_ bytes: [UInt8], limits: YAMLLimits = YAMLLimits()) -> YAMLDocument {
        guard bytes.count <= limits.bytes else {
            return YAMLDocument(
                root: nil, errors: [YAMLError(.start, "the file has \(bytes.count) bytes, more than \(limits.bytes)")])
        }
        if let error = TextCheck.firstProblem(in: bytes) { return YAMLDocument(root: nil, errors: [error]) }
        let text = bytes.starts(with: TextCheck.byteOrderMark) ? Array(bytes.dropFirst(3)) : bytes
        return text.withUnsafeBufferPointer { buffer in
            var builder = TreeBuilder(limits: limits)
            var isCut = false
            do throws(YAMLError) {
                let events = try EventReader(buffer)
                while let event = try events.next() { try builder.add(event) }
            } catch {
                builder.errors.append(error)
                isCut = true
            }
            var document = builder.finish()
            document.isCut = isCut
            return document
        }
    }

    /// The same for a text in memory.
    public static func parse(_ text: String, limits: YAMLLimits = YAMLLimits()) -> YAMLDocument {
        parse(Array(text.utf8), limits: limits)
    }
}
