/// A value in a YAML text, with the place where it stands.
///
/// What an alias stands for keeps the places of its anchor: a mistake in it is mended there.
public struct YAMLNode: Sendable, Hashable {
    /// What the node is.
    public var content: Content
    /// Its first character.
    public var start: YAMLPosition
    /// The place after its last character. A block collection ends where the next thing begins.
    public var end: YAMLPosition

    /// Memberwise.
    public init(_ content: Content, start: YAMLPosition = .start, end: YAMLPosition = .start) {
        self.content = content
        self.start = start
        self.end = end
    }

    /// The three kinds of nodes.
    public enum Content: Sendable, Hashable {
        /// A text, number, truth value or nothing.
        case scalar(YAMLScalar)
        /// A list.
        case sequence([YAMLNode])
        /// Keys with values, in the order of the text, each key once.
        case mapping([Entry])
    }

    /// A key with its value.
    public struct Entry: Sendable, Hashable {
        /// A scalar.
        public var key: YAMLNode
        /// Anything.
        public var value: YAMLNode

        /// Memberwise.
        public init(key: YAMLNode, value: YAMLNode) {
            self.key = key
            self.value = value
        }
    }

    /// The scalar, if it is one.
    public var scalar: YAMLScalar? { if case .scalar(let scalar) = content { scalar } else { nil } }
    /// The elements, if it is a list.
    public var elements: [YAMLNode]? { if case .sequence(let elements) = content { elements } else { nil } }
    /// The entries, if it is a mapping.
    public var entries: [Entry]? { if case .mapping(let entries) = content { entries } else { nil } }
    /// Whether it is `null`, `~` or nothing at all.
    public var isNull: Bool { scalar?.value == .null }

    /// The value of a key, compared as text; `nil` when there is none or the node is no mapping.
    public subscript(key: String) -> YAMLNode? {
        entries?.first { $0.key.scalar?.text == key }?.value
    }
}
