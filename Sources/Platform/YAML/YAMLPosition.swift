/// A place in a text. Lines and columns count from 1, columns count characters (Unicode scalars), not bytes.
public struct YAMLPosition: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// From 1.
    public var line: Int
    /// From 1.
    public var column: Int

    /// Memberwise.
    public init(line: Int, column: Int) {
        self.line = line
        self.column = column
    }

    /// The first character.
    public static let start = YAMLPosition(line: 1, column: 1)

    /// In the order of the text.
    public static func < (left: Self, right: Self) -> Bool { (left.line, left.column) < (right.line, right.column) }

    /// `line:column`
    public var description: String { "\(line):\(column)" }
}

/// What is wrong with a text, and where.
public struct YAMLError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Where.
    public var position: YAMLPosition
    /// What, in one sentence.
    public var message: String

    /// Memberwise.
    public init(_ position: YAMLPosition, _ message: String) {
        self.position = position
        self.message = message
    }

    /// `line:column: message`
    public var description: String { "\(position): \(message)" }
}

/// What a text may demand of the reader.
public struct YAMLLimits: Sendable, Hashable {
    /// Size of the text.
    public var bytes: Int
    /// How deep collections may be nested.
    public var depth: Int
    /// How many nodes the tree may have, each alias counted with everything that it stands for.
    public var nodes: Int
    /// How many mistakes are reported.
    public var errors: Int

    /// The defaults are far above what a person writes.
    public init(bytes: Int = 1 << 20, depth: Int = 64, nodes: Int = 100_000, errors: Int = 100) {
        self.bytes = bytes
        self.depth = depth
        self.nodes = nodes
        self.errors = errors
    }
}
