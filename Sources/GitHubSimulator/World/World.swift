import Foundation

/// Everything the stand-in knows: accounts, repositories, deliveries, and what it was told to spoil.
///
/// What needs no git is done in one step of the actor, so of two requests that race exactly one wins. What moves
/// references holds the repository's lock for as long as git runs.
actor World {
    /// How many deliveries and requests are remembered.
    static let memory = 20_000

    let git: GitRunner
    /// What addresses for git over SSH begin with.
    let sshPrefix: String
    private let outgoing: AsyncStream<OutgoingDelivery>.Continuation

    var root = "http://127.0.0.1"
    var accounts: [String: Account] = [:]
    /// Token to lower-case login.
    var tokens: [String: String] = [:]
    /// What those of them may do that have not all scopes.
    var tokenScopes: [String: [String]] = [:]
    /// Those of them that see only what everybody sees, and whom they belong to.
    var publicTokens: Set<String> = []
    /// By client id.
    var oauthApps: [String: OAuthApp] = [:]
    var oauthCodes: [String: OAuthCode] = [:]
    /// The lower-case login of whoever sits in front of the browser; `nil` for somebody who declines.
    var browserLogin: String?
    var apps: [Int64: AppRegistration] = [:]
    var installationTokens: [String: InstallationToken] = [:]
    var repositories: [Int64: Repository] = [:]
    /// Lower-case full name to number.
    var names: [String: Int64] = [:]
    /// The same for names that a repository had before.
    var formerNames: [String: Int64] = [:]
    var deliveries: [Delivery] = []
    /// Deliveries that are queued or under way.
    var underWay = 0
    var faults: [Fault] = []
    var requests: [RecordedRequest] = []
    /// By lower-case login, the empty one for requests without a token.
    var quotas: [String: Quota] = [:]

    private var lastID: Int64 = 4_294_968_000
    private var lastFault = 0
    private var lastRequest = 0

    init(git: GitRunner, outgoing: AsyncStream<OutgoingDelivery>.Continuation, sshAddress: String? = nil) {
        self.git = git
        sshPrefix = sshAddress.map { "\($0)/" } ?? "git@github.com:"
        self.outgoing = outgoing
    }

    /// A number that no other thing has: an id of the wrong kind is never right by chance.
    func nextID() -> Int64 {
        lastID += 1
        return lastID
    }

    func nextFaultID() -> Int {
        lastFault += 1
        return lastFault
    }

    func nextRequestID() -> Int {
        lastRequest += 1
        return lastRequest
    }

    var lastRequestID: Int { lastRequest }

    func setAddress(_ root: String) { self.root = root }

    /// The addresses that webhooks name.
    var addresses: Addresses { Addresses(root: root) }

    func send(_ delivery: OutgoingDelivery) {
        underWay += 1
        outgoing.yield(delivery)
    }

    /// Forgets everything. Deliveries that are under way still end.
    func reset() throws {
        accounts = [:]
        tokens = [:]
        publicTokens = []
        tokenScopes = [:]
        oauthApps = [:]
        oauthCodes = [:]
        browserLogin = nil
        apps = [:]
        installationTokens = [:]
        repositories = [:]
        names = [:]
        formerNames = [:]
        deliveries = []
        faults = []
        requests = []
        quotas = [:]
        try git.prepare()
    }
}
