/// What an event changed, for the rules about paths.
public enum ChangedPaths: Sendable, Hashable {
    /// Nobody can say, so everything counts as changed. Why, as the end of a sentence.
    case unknown(String)
    /// The paths that differ, and from what.
    case paths([String], base: String)

    /// Where to look for the changes of an event.
    public enum Base: Sendable, Hashable {
        /// The previous head of the ref, or what a merge group is merged onto.
        case commit(String)
        /// The commit at which a pull request left its base branch; `commit` is the base branch's at that time.
        case mergeBase(branch: String, commit: String?)
        /// There is nothing to compare with. Why, as the end of a sentence.
        case none(String)

        /// The rule for each kind of event.
        public init(_ event: TriggerEvent) {
            switch event.kind {
            case .push:
                if let base = MergeQueueBranch(event.ref)?.baseCommit {
                    self = .commit(base)
                } else if let before = event.before {
                    self = .commit(before)
                } else {
                    self = .none("\(event.ref.shortName) is new")
                }
            case .mergeGroup:
                let base = event.baseCommit ?? MergeQueueBranch(event.ref)?.baseCommit
                self = base.map { .commit($0) } ?? .none("nobody says what the merge group is merged onto")
            case .pullRequest:
                self = .mergeBase(branch: event.baseBranch ?? "", commit: event.baseCommit)
            case .schedule: self = .none("the schedule asks")
            case .manual: self = .none("somebody asks")
            }
        }
    }
}
