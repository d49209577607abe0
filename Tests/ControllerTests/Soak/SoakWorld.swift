import Foundation
import GitHub
import GitHubSimulator
import Logging
import Model
import SeededRandom
import Store
import Testing

@testable import Controller

/// A stand-in for GitHub with some repositories and the admin repository, the two services that make GitHub agree with
/// it, and what somebody who knows the promises would expect to find.
final class SoakWorld {
    let world: GitHubWorld
    var random: SeededGenerator
    var model = SoakModel()
    var repositories: [SoakRepository] = []
    /// What was done, for the failure's sake.
    var history: [String] = []
    private var sync: ConfigSync
    private var loop: ReconcileLoop
    private var renames = 0

    static let people = ["alice", "bob", "carol"]
    private static let external = "https://ci.example.org"

    init(_ world: GitHubWorld, seed: UInt64, repositories count: Int) async throws {
        self.world = world
        random = SeededGenerator(seed: seed)
        sync = Self.sync(world)
        loop = Self.loop(world)
        for login in ["bob", "carol", "mallory"] { try await world.control("POST", "users", ["login": login]) }
        try await world.control("POST", "users", ["login": "octocat", "token": Self.octocat])
        try await world.control(
            "POST", "orgs", ["login": "guild", "owners": ["kozmic", "octocat"], "members": ["alice"]])
        for team in ["Core", "Docs"] { try await world.control("POST", "orgs/guild/teams", ["name": team]) }
        try await world.control("POST", "repos", ["owner": "guild", "name": "config", "files": ["README": "x"]])
        for number in 0..<count { repositories.append(try await makeRepository("r\(number)")) }
    }

    private static let octocat = "ghp_octocat"

    private static var logger: Logger {
        var logger = Logger(label: "soak")
        logger.logLevel = .critical
        return logger
    }

    private static func sync(_ world: GitHubWorld) -> ConfigSync {
        ConfigSync(configuration: world.configuration, store: world.store, logger: logger)
    }

    private static func loop(_ world: GitHubWorld, _ logger: Logger = logger) -> ReconcileLoop {
        ReconcileLoop(configuration: world.configuration, store: world.store, client: world.client, logger: logger)
    }

    private func makeRepository(_ name: String) async throws -> SoakRepository {
        let repository = SoakRepository(name: name, isPrivate: Bool.random(using: &random))
        try await world.control("POST", "repos", ["owner": "guild", "name": name, "private": repository.isPrivate])
        return repository
    }

    // MARK: The services

    /// Both services look once, whatever GitHub does meanwhile.
    func pass() async {
        if await sync.pass() { model.read(wasHeld: await isHeld()) }
        _ = await loop.pass()
    }

    /// The process begins anew and GitHub is well: from here on everything has to be as declared, and stay so.
    func settle() async throws {
        try await world.control("DELETE", "faults")
        for user in ["kozmic", "octocat"] {
            try await world.control("PUT", "quota", ["user": user, "remaining": 5000])
        }
        sync = Self.sync(world)
        #expect(await sync.pass())
        model.read(wasHeld: await isHeld())
        loop = Self.loop(world)
        _ = await loop.pass()
        try await agree()
        try await verify()
        _ = try await world.newWrites()
        let words = OperationWords()
        _ = await Self.loop(world, words.logger).pass()
        let writes = try await world.newWrites()
        #expect(writes == [], "\(words.all)\n\(told)")
    }

    private func isHeld() async -> Bool { (try? await world.store.latestConfigRevision())?.error != nil }

    /// Somebody reads what is held because projects became authoritative, and says that it is meant.
    private func agree() async throws {
        for _ in 0..<4 {
            let waiting = try await world.store.activeProjects().compactMap(\.condition.reason)
                .filter { $0.contains("became authoritative") }
            let held = try await world.store.latestConfigRevision()?.error
            guard !waiting.isEmpty || held?.contains("people and teams") == true else { return }
            let numbers = (waiting + [held ?? ""]).compactMap { text in
                text.firstMatch(of: /'Kozmic-Allow-Prune: (\d+)'/).map { String($0.1) }
            }
            var edits: [String: any Sendable] = ["README": "\(history.count)"]
            if model.areSettingsBroken || !model.hasSettingsFile {
                (model.areSettingsBroken, model.hasSettingsFile) = (false, true)
                edits["kozmic.yaml"] = "version: 1\n"
            }
            let message = "Agree\n\n" + numbers.map { "Kozmic-Allow-Prune: \($0)\n" }.joined()
            model.messages.append(message)
            history.append("commit: \(message.replacing("\n", with: " "))")
            try await world.control(
                "POST", "repos/guild/config/commits", ["branch": "main", "message": message, "files": edits])
            #expect(await sync.pass())
            model.read(wasHeld: await isHeld())
            _ = await loop.pass()
        }
    }

    var told: String { history.suffix(12).joined(separator: "\n") }

    // MARK: What there should be

    private func verify() async throws {
        let revision = try #require(try await world.store.latestConfigRevision())
        #expect((revision.error != nil) == model.isHeld, "\(revision.error ?? "not held")\n\(told)")
        let active = try await world.store.activeProjects()
        #expect(active.map(\.repository.name) == model.applied.keys.sorted(), "\(told)")
        for project in active where !isSecondName(project.repository.name) {
            #expect(
                project.condition.status == .ready,
                "\(project.repository): \(project.condition.reason ?? "")\n\(told)")
        }
        for position in repositories.indices {
            let repository = repositories[position]
            let declared =
                model.applied[repository.name]
                ?? model.applied.values.first { repository.names.contains($0.name) }
            try await verifyHooks(repositories[position], declared)
            try await verifyKeys(repositories[position], declared)
            try await verifyPeople(&repositories[position], declared)
        }
        model.wereAuthoritative = []
    }

    /// While a broken file keeps everything from being removed, a repository may be declared under its old name, too. The
    /// name that it has counts.
    private func isSecondName(_ name: String) -> Bool {
        guard let repository = repositories.first(where: { $0.names.contains(name) }) else { return false }
        return repository.name != name && model.applied[repository.name] != nil
    }

    private func verifyHooks(_ repository: SoakRepository, _ declared: SoakProject?) async throws {
        let hooks = try await list("repos/guild/\(repository.name)/hooks")
        let ids = Set(hooks.compactMap { $0["id"] as? Int64 })
        #expect(repository.foreignHooks.isSubset(of: ids), "\(repository.name): webhooks of others\n\(told)")
        let prefix = "\(Self.external)/_hooks/"
        let ours = hooks.filter { ($0["url"] as? String)?.hasPrefix(prefix) == true }.map { hook in
            let url = (hook["url"] as? String ?? "").dropFirst(prefix.count)
            let events = (hook["events"] as? [String] ?? []).sorted()
            let secret = hook["secret_sha256"] as? String ?? ""
            return "\(url) \(events) \(hook["active"] as? Bool ?? false) \(hook["content_type"] ?? "") \(secret)"
        }
        var wanted: [String] = []
        if let declared, let name = RepositoryName(declared.repository) {
            // One webhook of a project also hears what tells of roles; which one is the work of time.
            let listener = hooks.first { ($0["events"] as? [String])?.contains("member") == true }
                .flatMap { $0["url"] as? String }?.split(separator: "/").last.map(String.init)
            #expect(
                declared.hooks.isEmpty || listener.map { declared.hooks[$0] != nil } == true,
                "\(repository.name): nobody listens\n\(told)")
            for (hook, declaredEvents) in declared.hooks {
                let events =
                    declaredEvents + (hook == listener ? ["member", "public", "repository", "team_add"] : [])
                let id = try #require(HookID(hook))
                let secret = world.configuration.secretKey.webhookSecretFingerprint(name, id)
                wanted.append("\(declared.repository)/\(hook) \(events.sorted()) true json \(secret)")
            }
        }
        #expect(ours.sorted() == wanted.sorted(), "\(repository.name)\n\(told)")
    }

    private func verifyKeys(_ repository: SoakRepository, _ declared: SoakProject?) async throws {
        let keys = try await list("repos/guild/\(repository.name)/keys")
        let ids = Set(keys.compactMap { $0["id"] as? Int64 })
        #expect(repository.foreignKeys.isSubset(of: ids), "\(repository.name): keys of others\n\(told)")
        let ours = keys.filter { ($0["title"] as? String)?.hasPrefix("Kozmic ") == true }
        let isWanted =
            declared.map { $0.deployKey == "always" || $0.deployKey == "auto" && repository.isPrivate } ?? false
        #expect(ours.count == (isWanted ? 1 : 0), "\(repository.name): \(ours)\n\(told)")
        guard isWanted, let declared, let name = RepositoryName(declared.repository) else { return }
        let project = try #require(try await world.store.project(name))
        let held = try #require(try await world.store.reconcileRecord(project.id)?.deployKey)
        let key = ours.first?["key"] as? String ?? ""
        #expect(held.publicKey.hasPrefix(key) && ours.first?["read_only"] as? Bool == true, "\(told)")
    }

    private func verifyPeople(_ repository: inout SoakRepository, _ declared: SoakProject?) async throws {
        let path = "/repos/guild/\(repository.name)"
        let direct = try await rest("GET", "\(path)/collaborators?affiliation=direct")
        var levels = Self.levels(direct) { ($0["login"] as? String, $0["role_name"] as? String) }
        let invited = try await rest("GET", "\(path)/invitations")
        levels.merge(
            Self.levels(invited) {
                ($0["invitee"] as? [String: Any])?["login"] as? String
            } level: {
                $0["permissions"] as? String
            }
        ) { first, _ in first }
        let teams = Self.levels(try await rest("GET", "\(path)/teams")) {
            $0["slug"] as? String
        } level: {
            $0["permission"] as? String
        }
        let hasMallory = levels.removeValue(forKey: "mallory") != nil
        if declared?.isAuthoritative == true {
            #expect(levels == declared?.collaborators && teams == declared?.teams, "\(repository.name)\n\(told)")
            #expect(!hasMallory, "\(repository.name)\n\(told)")
        } else if model.wereAuthoritative.isDisjoint(with: repository.names) {
            #expect(hasMallory == repository.hasMallory, "\(repository.name): mallory\n\(told)")
        }
        repository.hasMallory = hasMallory
        for (login, level) in declared?.collaborators ?? [:] {
            #expect(levels[login] == level, "\(repository.name): \(login)\n\(told)")
        }
        for (slug, level) in declared?.teams ?? [:] {
            #expect(teams[slug] == level, "\(repository.name): \(slug)\n\(told)")
        }
    }

    private static func levels(
        _ list: [[String: Any]], name: ([String: Any]) -> String?, level: ([String: Any]) -> String?
    ) -> [String: String] {
        var levels: [String: String] = [:]
        for item in list {
            guard let name = name(item), let level = level(item) else { continue }
            levels[name] = ["read": "pull", "write": "push"][level] ?? level
        }
        return levels
    }

    private static func levels(
        _ list: [[String: Any]], _ pair: ([String: Any]) -> (String?, String?)
    ) -> [String: String] {
        levels(list, name: { pair($0).0 }, level: { pair($0).1 })
    }

    // MARK: Requests

    func list(_ path: String) async throws -> [[String: Any]] {
        let data = try await world.control("GET", path)
        return try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
    }

    /// What a person with admin rights does by hand. Answers a list, or the one thing.
    @discardableResult
    func rest(_ method: String, _ path: String, _ body: [String: any Sendable]? = nil) async throws -> [[String: Any]] {
        let data = try await world.rest(method, path, token: Self.octocat, body)
        guard !data.isEmpty else { return [] }
        let json = try JSONSerialization.jsonObject(with: data)
        return json as? [[String: Any]] ?? (json as? [String: Any]).map { [$0] } ?? []
    }

    /// Another name for a repository, which nobody had before.
    func newName() -> String {
        renames += 1
        return "n\(renames)"
    }
}
