/// The events that make a job of a hook; `nil` means that the event does not.
public struct Triggers: Sendable, Hashable, Codable {
    /// Pushes to branches and tags.
    public var push: Push?
    /// Pull requests that were opened, reopened, updated or made ready for review.
    public var pullRequest: PullRequest?
    /// Groups of a merge queue.
    public var mergeGroup: MergeGroup?
    /// Five cron fields, in UTC.
    public var schedule: String?

    /// The default of a hook that says nothing: push to any branch, and any pull request.
    public init() {
        push = Push()
        pullRequest = PullRequest()
    }

    /// Memberwise.
    public init(push: Push?, pullRequest: PullRequest?, schedule: String? = nil, mergeGroup: MergeGroup? = nil) {
        self.mergeGroup = mergeGroup
        self.push = push
        self.pullRequest = pullRequest
        self.schedule = schedule
    }

    /// Which pushes count.
    public struct Push: Sendable, Hashable, Codable {
        /// Globs of branch names; empty means none, `["**"]` any.
        public var branches: [String]
        /// Globs of tag names; empty means none.
        public var tags: [String]
        /// By default any branch and no tag.
        public init(branches: [String] = ["**"], tags: [String] = []) {
            self.branches = branches
            self.tags = tags
        }

        /// Whether a glob means this branch, and not just any: then each commit that is pushed there is to have its
        /// verdict, whatever becomes of a pull request from it.
        public func names(_ ref: GitRef) -> Bool {
            guard case .branch(let name) = ref.kind else { return false }
            return branches.contains { glob in
                !glob.allSatisfy { $0 == "*" || $0 == "/" } && Glob(glob).matches(name)
            }
        }
    }

    /// Which pull requests count.
    public struct PullRequest: Sendable, Hashable, Codable {
        /// Globs of the base branch's name.
        public var branches: [String]
        /// By default any base branch.
        public init(branches: [String] = ["**"]) { self.branches = branches }
    }

    /// Which merge groups count.
    public struct MergeGroup: Sendable, Hashable, Codable {
        /// Globs of the base branch's name.
        public var branches: [String]
        /// By default any base branch.
        public init(branches: [String] = ["**"]) { self.branches = branches }
    }

    /// The webhook events that GitHub must send for these triggers, sorted. A hook owns exactly one webhook, so a
    /// hook that only runs on a schedule still has one: `push`, by which a changed branch becomes known.
    public var webhookEvents: [String] {
        var events: [String] = []
        if pullRequest != nil { events.append("pull_request") }
        if mergeGroup != nil { events.append("merge_group") }
        if push != nil || events.isEmpty { events.append("push") }
        return events.sorted()
    }
}
