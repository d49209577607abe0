/// One setting as it holds, where that is written, and what it won against.
public struct ExplainedValue: Sendable, Hashable, Codable {
    /// Which of the places a setting may stand in.
    public enum Level: String, Sendable, Hashable, Codable, CaseIterable {
        /// Nobody wrote it.
        case builtIn = "built in"
        /// `defaults:` of `kozmic.yaml`.
        case defaults
        /// `kozmic.yaml`, for the server itself.
        case server
        /// The project's file.
        case project
        /// A hook in the project's file.
        case hook
    }

    /// What would hold if a nearer one did not win.
    public struct Overridden: Sendable, Hashable, Codable {
        /// In YAML, on one line.
        public var value: String
        /// Where it stands.
        public var level: Level
        /// `nil` when it is built in.
        public var place: ConfigPlace?

        /// Memberwise.
        public init(value: String, level: Level, place: ConfigPlace? = nil) {
            self.value = value
            self.level = level
            self.place = place
        }
    }

    /// The keys that lead to it, with dots: `hooks.tests.timeout`.
    public var path: String
    /// In YAML, on one line, but a script as it is; `nil` when there is none.
    public var value: String?
    /// Where it stands.
    public var level: Level
    /// `nil` when it is built in.
    public var place: ConfigPlace?
    /// The file of a script that is kept in one.
    public var script: ConfigPlace?
    /// What it won against, the nearest first.
    public var overridden: [Overridden]

    /// Memberwise.
    public init(
        path: String, value: String?, level: Level, place: ConfigPlace? = nil, script: ConfigPlace? = nil,
        overridden: [Overridden] = []
    ) {
        self.path = path
        self.value = value
        self.level = level
        self.place = place
        self.script = script
        self.overridden = overridden
    }
}

/// A place in a file of the admin repository, and who wrote it last.
public struct ConfigPlace: Sendable, Hashable, Codable {
    /// Relative to the admin repository.
    public var file: String
    /// The line of the key, from 1.
    public var line: Int
    /// The key's first character, from 1.
    public var column: Int
    /// The last line of the value.
    public var lastLine: Int
    /// The newest commit that wrote one of the lines; `nil` when it is not known.
    public var change: ConfigChange?

    /// Memberwise.
    public init(file: String, line: Int, column: Int = 1, lastLine: Int? = nil, change: ConfigChange? = nil) {
        self.file = file
        self.line = line
        self.column = column
        self.lastLine = max(line, lastLine ?? line)
        self.change = change
    }
}
