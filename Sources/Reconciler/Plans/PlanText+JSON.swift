import Model

extension PlanText {
    /// A plan for programs, to be encoded as JSON.
    public struct Document: Sendable, Hashable, Codable {
        /// The project's repository.
        public var repository: RepositoryName
        /// In the order of the plan.
        public var changes: [Entry]
        /// Sentences.
        public var problems: [String]

        /// A change, and whether nobody asked for it.
        public struct Entry: Sendable, Hashable, Codable {
            /// `create`, `update` or `delete`.
            public var action: Change.Action
            /// Such as `webhook`.
            public var kind: String
            /// Which one.
            public var name: String
            /// GitHub's number.
            public var id: Int64?
            /// Old and new values.
            public var fields: [FieldChange]
            /// Whether it repairs a difference that nobody asked for.
            public var isDrift: Bool
            /// Whether that is not done, but only reported.
            public var isReported: Bool
        }
    }

    /// The document of a plan.
    public static func document(
        _ plan: Plan, drift: Set<Operation> = [], reported: Set<Operation> = []
    ) -> Document {
        Document(
            repository: plan.repository,
            changes: plan.operations.map { operation in
                let change = operation.change
                return Document.Entry(
                    action: change.action, kind: change.kind, name: change.name, id: change.id,
                    fields: change.fields, isDrift: drift.contains(operation), isReported: reported.contains(operation))
            }, problems: plan.problems.map(\.description))
    }
}
