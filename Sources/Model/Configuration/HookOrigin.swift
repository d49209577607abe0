/// Where the rules of a hook are written, for sentences that name one of them.
public struct HookOrigin: Sendable, Hashable, Codable {
    /// The file, relative to the admin repository.
    public var file: String
    /// The line of the hook's id.
    public var line: Int
    /// The line of each rule that is written: `on`, `on.push`, `on.pull_request`, `on.schedule`, `paths`,
    /// `fork_pull_requests`.
    public var rules: [String: Int]

    /// Memberwise.
    public init(file: String, line: Int, rules: [String: Int] = [:]) {
        self.file = file
        self.line = line
        self.rules = rules
    }

    /// `file:line` of a rule such as `on.push.branches`; what is not written itself stands where its parent does.
    public func place(of rule: String) -> String { "\(file):\(line(of: rule))" }

    /// The line alone.
    public func line(of rule: String) -> Int {
        var name = rule[...]
        while true {
            if let line = rules[String(name)] { return line }
            guard let dot = name.lastIndex(of: ".") else { return line }
            name = name[..<dot]
        }
    }
}
