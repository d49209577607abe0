/// What happened in a repository, in our own words: the part of a delivery that decides about builds.
public struct TriggerEvent: Sendable, Hashable, Codable {
    /// What kind of event.
    public enum Kind: String, Sendable, Hashable, Codable {
        case push
        case pullRequest = "pull_request"
        case mergeGroup = "merge_group"
        case schedule
        case manual
    }

    /// What kind of event.
    public var kind: Kind
    /// The ref that is built. A pull request from a branch of the same repository has the branch's ref, so that push
    /// and pull_request make one build; one from a fork has `refs/pull/<number>/head`.
    public var ref: GitRef
    /// The commit that is built, 40 hexadecimal digits.
    public var commit: String
    /// The first line and body of the head commit's message (or, for a pull request, its title and body).
    public var message: String
    /// Display name of the author.
    public var authorName: String
    /// The author's address, if known.
    public var authorEmail: String?
    /// The author's account, when GitHub knows whose the commit is.
    public var authorLogin: AccountName?
    /// The GitHub login of whoever caused the event.
    public var sender: String?
    /// The number of the pull request, if it is one.
    public var pullRequest: Int?
    /// The base branch of a pull request or of a merge group.
    public var baseBranch: String?
    /// The commit that the base branch of a pull request had at that time, or that a merge group is merged onto.
    public var baseCommit: String?
    /// The previous head of the ref, when there was one.
    public var before: String?
    /// When it happened by GitHub's clock, in seconds since 1970, if GitHub says so. A delivery may come days later than
    /// others that happened after it. Never a time by our clock, which orders no events of GitHub's: `nil` for what is
    /// scheduled or started by hand.
    public var happenedAt: Int64?
    /// Whether the commit comes from a repository other than the project's own.
    public var fromFork: Bool

    /// Memberwise.
    public init(
        kind: Kind, ref: GitRef, commit: String, message: String = "", authorName: String = "",
        authorEmail: String? = nil, authorLogin: AccountName? = nil, sender: String? = nil, pullRequest: Int? = nil,
        baseBranch: String? = nil, baseCommit: String? = nil, before: String? = nil, happenedAt: Int64? = nil,
        fromFork: Bool = false
    ) {
        self.kind = kind
        self.ref = ref
        self.commit = commit
        self.message = message
        self.authorName = authorName
        self.authorEmail = authorEmail
        self.authorLogin = authorLogin
        self.sender = sender
        self.pullRequest = pullRequest
        self.baseBranch = baseBranch
        self.baseCommit = baseCommit
        self.before = before
        self.happenedAt = happenedAt
        self.fromFork = fromFork
    }

    /// Words in a message (or a pull request's title or body) that ask for no build.
    public static let skipWords = ["[ci skip]", "[skip ci]", "skip_ci", "ci_skip"]

    /// The skip word that the message holds, in any case of letters. None counts where somebody asks for a verdict: a merge
    /// queue merges what it is told is well, and its message quotes those of the commits; a schedule or a person wants the
    /// job to run.
    public var skipWord: String? {
        switch kind {
        case .mergeGroup, .schedule, .manual: nil
        case .push: MergeQueueBranch(ref) == nil ? Self.skipWord(in: message) : nil
        case .pullRequest: Self.skipWord(in: message)
        }
    }

    /// What people call the text that holds the skip word.
    public var skipPlace: String {
        guard kind == .pullRequest else { return "the message" }
        let title = message.prefix { !$0.isNewline }
        return Self.skipWord(in: String(title)) == nil ? "the pull request's description" : "the pull request's title"
    }

    /// The skip word that a text holds, in any case of letters. One inside of a longer word, such as `is_skip_ci_enabled`,
    /// asks for nothing.
    public static func skipWord(in text: String) -> String? {
        let text = text.lowercased()
        return skipWords.first { word in text.ranges(of: word).contains { stands(alone: $0, text) } }
    }

    /// Whether no letter, digit or underscore makes more of the word; brackets are borders of their own.
    private static func stands(alone range: Range<String.Index>, _ text: String) -> Bool {
        guard text[range].first != "[" else { return true }
        func isInWord(_ character: Character) -> Bool {
            character == "_" || character.isLetter || character.isNumber
        }
        if let before = text[..<range.lowerBound].last, isInWord(before) { return false }
        return !(text[range.upperBound...].first.map(isInWord) ?? false)
    }
}
