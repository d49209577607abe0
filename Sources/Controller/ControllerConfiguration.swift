import Git
import Model
import OpenSSL

/// What the services of the controller need to know about the world around them.
public struct ControllerConfiguration: Sendable {
    /// Where mirrors, work trees, the database and the logs live.
    public var dataDirectory: String
    /// The admin repository, and how to reach it.
    public var adminRepository: GitRemote
    /// The branch that is read; `nil` for the one that the remote's HEAD names.
    public var adminBranch: String?
    /// Where people and GitHub reach this server, without a slash at the end.
    public var externalURL: String
    /// Where GitHub serves git and pages, such as `https://github.com`.
    public var gitHubURL: String
    /// How the projects' repositories are fetched.
    public var gitCredentials: GitCredentials
    /// More certificates to trust, a PEM file.
    public var caFile: String?
    /// When GitHub is asked what was missed.
    public var missedEvents: MissedEventsTiming
    /// How many jobs run at once.
    public var maximumJobs: Int
    /// When the engine's disk is fuller than this (from 0 to 1), cached images go; `nil`: however full it is, they stay.
    public var cacheDiskHigh: Double?
    /// Whether a job of a hook with `reuse: tree` may take an earlier job's verdict.
    public var reusesVerdicts = true
    /// How many failed jobs' containers are kept at once, for hooks with `keep_failed`.
    public var mostKeptJobs = 10
    /// How mail is sent; `nil` when none is.
    public var mail: MailSettings?
    /// The time between two full passes over the admin repository and GitHub; each is jittered by a tenth.
    public var syncInterval: Duration
    /// The key that webhook secrets are derived from.
    public var secretKey: SecretKey
    /// Older ones, with which sealed secrets are still opened.
    public var oldSecretKeys: [SecretKey]
    /// The name of this controller on labels, so that several can share an engine.
    public var instance: String

    /// Memberwise.
    public init(
        dataDirectory: String, adminRepository: GitRemote, adminBranch: String?, externalURL: String,
        gitHubURL: String, gitCredentials: GitCredentials, caFile: String? = nil, maximumJobs: Int,
        syncInterval: Duration, secretKey: SecretKey, oldSecretKeys: [SecretKey] = [], instance: String
    ) {
        self.dataDirectory = dataDirectory
        self.adminRepository = adminRepository
        self.adminBranch = adminBranch
        self.externalURL = externalURL
        self.gitHubURL = gitHubURL
        self.gitCredentials = gitCredentials
        self.caFile = caFile
        missedEvents = MissedEventsTiming(heads: syncInterval)
        self.maximumJobs = maximumJobs
        self.syncInterval = syncInterval
        self.secretKey = secretKey
        self.oldSecretKeys = oldSecretKeys
        self.instance = instance
    }

    /// What sealed secrets are opened with.
    func openingKeys() throws(CryptoError) -> OpeningKeys { try OpeningKeys(secretKey, old: oldSecretKeys) }

    /// The addresses of a project's pages.
    func pages(_ repository: RepositoryName) -> PageAddress {
        PageAddress(externalURL: externalURL, repository: repository)
    }
}
