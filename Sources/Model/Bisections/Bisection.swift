/// The search for the commit that broke a hook, between a commit that it passed and one that it fails.
///
/// A value of what is known: whoever searches asks for the next step, does it, and asks again with what it showed.
public struct Bisection: Sendable, Hashable {
    /// One of the commits that may have done it.
    public struct Commit: Sendable, Hashable, Codable, Identifiable {
        /// The commit.
        public var id: String
        /// The commits before it, whether they are candidates or not.
        public var parents: [String]
        /// The first line of its message.
        public var title: String
        /// Who wrote it, as the commit says.
        public var author: String

        /// Memberwise.
        public init(id: String, parents: [String], title: String, author: String) {
            self.id = id
            self.parents = parents
            self.title = title
            self.author = author
        }
    }

    /// What is known of a commit.
    public enum Verdict: String, Sendable, Hashable, CaseIterable {
        /// It passed, so what it is made of did not break the hook.
        case good
        /// It failed.
        case bad
        /// It was tried and said nothing, or may not be tried.
        case untestable
    }

    /// More candidates are not searched.
    public static let mostCandidates = 1_000

    /// The commit that passed.
    public var good: String
    /// Whether it has to pass once more, because it did with another configuration of the hook.
    public var needsProof: Bool
    /// Those reachable from the bad commit and not from the good one, each before its parents. The first is the bad commit.
    public var candidates: [Commit]
    /// What is known of the candidates and of the good commit.
    public var verdicts: [String: Verdict]

    /// Memberwise.
    public init(good: String, needsProof: Bool, candidates: [Commit], verdicts: [String: Verdict] = [:]) {
        self.good = good
        self.needsProof = needsProof
        self.candidates = candidates
        self.verdicts = verdicts
    }
}

/// What a bisection does next, or came to.
public enum BisectionStep: Sendable, Hashable {
    /// Build this commit.
    case probe(String)
    /// This commit broke it: it failed, and all its parents among the candidates passed.
    case found(String)
    /// One of these did it, newest first; none but the first can be tested.
    case narrowed([String])
    /// The commit that passed fails with the configuration of today: no commit did it.
    case elsewhere
    /// The commit that passed cannot be tested with the configuration of today, so nothing is known.
    case unproven
    /// The commit that failed passes by now.
    case passes
}

/// Where a bisection stands.
public enum BisectionState: String, Sendable, Hashable, Codable, CaseIterable {
    /// It goes on.
    case running
    /// It names the commit.
    case found
    /// It names a few commits, all but one of which cannot be tested.
    case narrowed
    /// No commit did it: the hook's configuration, its image or the world changed.
    case elsewhere
    /// It ended without an answer; its reason says why.
    case stopped

    /// Whether it has ended.
    public var isFinished: Bool { self != .running }
}
