/// Why a delivery ran what it ran: the answer of each hook's rules, and where they are written.
public struct DeliveryExplanation: Sendable, Hashable, Codable {
    /// What one rule said.
    public struct Rule: Sendable, Hashable, Codable {
        /// Such as `on.push.branches` or `paths`.
        public var rule: String
        /// Whether the hook may run as far as this rule is concerned.
        public var holds: Bool
        /// One sentence.
        public var reason: String
        /// The file that holds the rule, relative to the admin repository, if it is known.
        public var file: String?
        /// The rule's line; a rule that nobody wrote stands where its hook does.
        public var line: Int?

        /// Memberwise.
        public init(rule: String, holds: Bool, reason: String, file: String? = nil, line: Int? = nil) {
            self.rule = rule
            self.holds = holds
            self.reason = reason
            self.file = file
            self.line = line
        }
    }

    /// What became of one hook.
    public struct Answer: Sendable, Hashable, Codable {
        /// A word for it.
        public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
            /// It has a job.
            case runs
            /// It need not run, and reports so.
            case skipped
            /// The event does not concern it.
            case no
        }

        /// The hook.
        public var hook: HookID
        /// The name that people see.
        public var title: String
        /// What became of it.
        public var outcome: Outcome
        /// In the order they were asked.
        public var rules: [Rule]

        /// - Parameter matches: the answers of the rules, in the order they were asked.
        public init(_ hook: Hook, _ outcome: Outcome, _ matches: [HookMatch]) {
            self.hook = hook.id
            title = hook.title
            self.outcome = outcome
            rules = matches.map { match in
                Rule(
                    rule: match.rule, holds: match.runs, reason: match.reason, file: hook.origin?.file,
                    line: hook.origin?.line(of: match.rule))
            }
        }
    }

    /// What happened, with the first line of the message only.
    public var event: TriggerEvent
    /// The commit of the admin repository whose rules were asked.
    public var configCommit: String
    /// One for each hook of the project; empty when none was asked.
    public var hooks: [Answer]

    /// Memberwise; cuts the event's message.
    public init(event: TriggerEvent, configCommit: String, hooks: [Answer] = []) {
        self.event = event
        self.event.message = String(
            (event.message.split(whereSeparator: \.isNewline).first ?? "").unicodeScalars.prefix(200).map(
                Character.init))
        self.configCommit = configCommit
        self.hooks = hooks
    }
}
