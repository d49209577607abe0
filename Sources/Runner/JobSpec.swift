import Model

/// One attempt of a job, with everything that its containers need to know.
public struct JobSpec: Sendable, CustomStringConvertible, CustomDebugStringConvertible {
    /// Which controller the containers belong to: the label `kozmic.instance`.
    public var instance: String
    /// The job's number in the store.
    public var jobID: Int64
    /// From 1; a rerun is the next attempt.
    public var attempt: Int
    /// The project.
    public var repository: RepositoryName
    /// What to run.
    public var hook: Hook
    /// The build's number in its project.
    public var buildNumber: Int
    /// The build's page.
    public var buildURL: String
    /// The commit that is built, 40 hexadecimal digits.
    public var commit: String
    /// The ref that the commit was seen on.
    public var ref: GitRef
    /// The number of the pull request, if the build is one's.
    public var pullRequest: Int?
    /// Whether the ref may have secrets and write images that other trusted builds read.
    public var trusted: Bool
    /// Opened secrets by variable name, for the build script only; empty for untrusted refs.
    public var secrets: [String: String]
    /// Whether nobody has begun with this attempt: then nothing of it is on the engine.
    public var isNew = false
    /// What is checked out with the work tree of the build script.
    public var submodules: [JobSubmodule] = []

    /// Memberwise.
    public init(
        instance: String, jobID: Int64, attempt: Int, repository: RepositoryName, hook: Hook, buildNumber: Int,
        buildURL: String, commit: String, ref: GitRef, pullRequest: Int? = nil, trusted: Bool,
        secrets: [String: String] = [:]
    ) {
        self.instance = instance
        self.jobID = jobID
        self.attempt = attempt
        self.repository = repository
        self.hook = hook
        self.buildNumber = buildNumber
        self.buildURL = buildURL
        self.commit = commit
        self.ref = ref
        self.pullRequest = pullRequest
        self.trusted = trusted
        self.secrets = secrets
    }

    /// Names the attempt and nothing that could be secret.
    public var description: String { "job \(jobID) attempt \(attempt): \(repository) \(hook.id)" }
    public var debugDescription: String { description }
}

/// What containers and volumes are known by.
public struct JobAttempt: Sendable, Hashable {
    /// The job's number in the store.
    public var jobID: Int64
    /// From 1.
    public var attempt: Int

    /// Memberwise.
    public init(jobID: Int64, attempt: Int) {
        self.jobID = jobID
        self.attempt = attempt
    }
}
