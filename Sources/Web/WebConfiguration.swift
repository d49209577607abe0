import GitHub
import Model
import Store

/// What the web server needs to know.
public struct WebConfiguration: Sendable {
    /// The address to listen on.
    public var host: String
    /// The port to listen on; 0 for a free one.
    public var port: Int
    /// Where people and GitHub reach this server, without a slash at the end.
    public var externalURL: String
    /// Where GitHub serves pages, without a slash at the end; for links to commits.
    public var gitHubURL: String
    /// The admin repository, when it is on GitHub: it has a webhook of its own.
    public var adminRepository: RepositoryName?
    /// The key that webhook secrets are derived from.
    public var secretKey: SecretKey
    /// Former ones: GitHub may still sign with what was derived from them.
    public var oldSecretKeys: [SecretKey]
    /// The program's version, shown at the foot of each page.
    public var version: String

    /// Whether everybody who reaches this address may read everything, private projects included.
    public var showsPrivate: Bool

    /// The proxies that say for whom they ask, and are believed.
    public var proxies = TrustedProxies.loopback

    /// How people sign in; `nil` when they cannot.
    public var signIn: GitHubOAuth?

    /// Whose GitHub token it is; `nil` when the API takes no tokens.
    public var account: (@Sendable (GitHubToken) async throws(GitHubError) -> GitHubAccount)?

    /// Makes the build that somebody asks for by hand, who may; `nil` when this server cannot. It throws
    /// `ManualTriggerProblem` for what the sender can mend.
    public var startBuild: (@Sendable (ManualTrigger, ProjectRecord) async throws -> BuildRecord)?

    /// How commits are searched for that broke a job; `nil` when this server cannot.
    public var bisections: BisectionActions?

    /// How many requests of the API one caller may make.
    var callRate = CallLimits.Rate.requests
    /// How many unknown tokens may come from one address.
    var introductionRate = CallLimits.Rate.introductions

    /// Whether a network address is that of a running job, which is not served.
    public var isJobAddress: @Sendable (String) async -> Bool = { _ in false }
    /// What a job is answered, with status 403.
    public static let jobRefusal = "Jobs are not served here.\n"

    /// Memberwise.
    public init(
        host: String, port: Int, externalURL: String, gitHubURL: String, secretKey: SecretKey, version: String,
        adminRepository: RepositoryName? = nil, showsPrivate: Bool = false, signIn: GitHubOAuth? = nil,
        oldSecretKeys: [SecretKey] = []
    ) {
        self.host = host
        self.port = port
        self.externalURL = externalURL
        self.gitHubURL = gitHubURL
        self.secretKey = secretKey
        self.version = version
        self.adminRepository = adminRepository
        self.showsPrivate = showsPrivate
        self.signIn = signIn
        self.oldSecretKeys = oldSecretKeys
    }
}

/// One thing that the server needs in order to do its work.
public struct ReadinessCheck: Sendable, Hashable, Codable {
    /// A word.
    public var name: String
    /// Whether it is there.
    public var ok: Bool
    /// What is there, or what is wrong and what to do.
    public var detail: String

    /// Memberwise.
    public init(name: String, ok: Bool, detail: String) {
        self.name = name
        self.ok = ok
        self.detail = detail
    }
}
