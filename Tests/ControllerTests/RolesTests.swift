import Foundation
import GitHub
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("Roles follow GitHub")
struct RolesTests {
    private func service(_ world: GitHubWorld) -> Roles {
        Roles(
            configuration: world.configuration, store: world.store, client: world.client,
            logger: Logger(label: "roles"))
    }

    /// Logins and levels, by login.
    private func roles(_ world: GitHubWorld, _ id: Int64) async throws -> [String] {
        try await world.store.roles(id).map { "\($0.login) \($0.level.rawValue)" }
    }

    @Test("collaborators, teams, members and owners of the organization have their roles; so do the admin readers")
    func everybody() async throws {
        try await GitHubWorld.with { world in
            for login in ["tess", "mel"] { try await world.control("POST", "users", ["login": login]) }
            try await world.control(
                "POST", "orgs", ["login": "guild", "owners": ["kozmic", "octocat"], "members": ["mel", "tess"]])
            try await world.control("POST", "repos", ["owner": "guild", "name": "config", "private": true])
            try await world.control("PUT", "repos/guild/gear/collaborators/alice", ["permission": "push"])
            let project = try await world.declare([try GitHubWorld.project("guild/gear")], commit: "c1")[0]
            let roles = service(world)
            _ = await roles.pass()
            // Nobody knows yet which repository it is.
            #expect(try await self.roles(world, project.id) == [])
            try await world.reconcile("guild/gear")
            _ = await roles.pass()
            let expected = ["alice push", "kozmic admin", "mel pull", "octocat admin", "tess pull"]
            #expect(try await self.roles(world, project.id) == expected)
            let session = [UInt8](repeating: 3, count: 32)
            let octocat = try #require(try await world.store.roles(project.id).first { $0.login == "octocat" })
            try await world.store.signIn(
                PersonRecord(id: octocat.personID, login: "octocat", sealedToken: nil, checkedAt: Date()),
                session: session)
            let admin = world.configuration.adminRepositoryName
            #expect(try await world.store.session(session, adminRepository: admin)?.readsAdminRepository == true)
            let other = RepositoryName("guild/gear")
            #expect(try await world.store.session(session, adminRepository: other)?.readsAdminRepository == false)

            // Nothing is due: nothing is asked.
            try await world.control("DELETE", "requests")
            _ = await roles.pass()
            let asked = try await world.control("GET", "requests")
            #expect(String(decoding: asked, as: UTF8.self).contains("\"requests\":[]"))
        }
    }

    @Test("an event, a wish, a repository that is gone, and trouble that passes")
    func changes() async throws {
        try await GitHubWorld.with { world in
            let project = try await world.declare([try GitHubWorld.project("guild/widget")], commit: "c1")[0]
            try await world.reconcile("guild/widget")
            let roles = service(world)
            _ = await roles.pass()
            #expect(try await self.roles(world, project.id) == ["kozmic admin", "octocat admin"])
            let hooks = try await world.client.hooks("guild/widget")
            #expect(
                hooks.map { $0.events.sorted() } == [
                    ["member", "public", "pull_request", "push", "repository", "team_add"]
                ])

            try await world.control("PUT", "repos/guild/widget/collaborators/alice", ["permission": "pull"])
            _ = await roles.pass()
            #expect(try await self.roles(world, project.id).count == 2)
            let name = try #require(RepositoryName("guild/widget"))
            let delivery = NewDelivery(
                repository: name, hook: try #require(HookID("tests")), guid: "g1", event: "member",
                payload: Array(#"{"action":"added"}"#.utf8))
            _ = try await world.store.inbox.store(delivery)
            let intake = DeliveryIntake(
                configuration: world.configuration, store: world.store,
                mirrors: ProjectMirrors(configuration: world.configuration))
            await intake.workOff(name)
            let decided = try #require(try await world.store.deliveries(limit: 1).first)
            #expect(
                decided.state == .done && decided.decision == "somebody's access changed; it is read from GitHub again")
            _ = await roles.pass()
            #expect(try await self.roles(world, project.id).contains("alice pull"))

            // Trouble that passes takes nobody's role.
            try await world.control(
                "POST", "faults",
                [
                    "target": "request", "action": "status", "status": 500, "path": "/repositories/*/collaborators",
                    "times": -1,
                ])
            try await world.store.wantRoles(.project(project.id))
            let again = try #require(await roles.pass())
            #expect(again >= .milliseconds(100) && again < .seconds(10))
            #expect(try await self.roles(world, project.id).count == 3)
            #expect(try await world.store.roleReading(.project(project.id)).problem?.isEmpty == false)
            try await world.control("DELETE", "faults")

            // What is gone cannot be judged.
            try await world.control("DELETE", "repos/guild/widget")
            try await world.store.wantRoles(.project(project.id))
            let fresh = service(world)
            _ = await fresh.pass()
            #expect(try await self.roles(world, project.id) == [])

            // A project that is no longer declared, whose repository became private.
            let gear = try await world.declare([try GitHubWorld.project("guild/gear")], commit: "c2")[0]
            try await world.reconcile("guild/gear")
            try await world.store.setGitHubFacts(
                gear.id, githubID: try #require(try await world.store.project(id: gear.id)?.githubID), isPrivate: false,
                defaultBranch: "main")
            try await world.declare([], commit: "c3")
            try await world.store.wantRoles(.project(gear.id))
            _ = await fresh.pass()
            #expect(try await world.store.project(id: gear.id)?.isPrivate == true)
        }
    }

    @Test("what an organization's or an app's webhook tells is read again: of one repository, or of all of the owner's")
    func accountEvents() async throws {
        try await GitHubWorld.with { world in
            try await world.control("POST", "orgs", ["login": "league", "owners": ["kozmic"]])
            try await world.control("POST", "repos", ["owner": "league", "name": "widget"])
            let projects = try ["guild/gear", "guild/widget", "league/widget"].map { try GitHubWorld.project($0) }
            let records = try await world.declare(projects, commit: "c1")
            for project in projects { _ = try await world.reconcile("\(project.repository)") }
            _ = await service(world).pass()
            _ = try await world.store.takeWantedSyncs()
            let intake = DeliveryIntake(
                configuration: world.configuration, store: world.store,
                mirrors: ProjectMirrors(configuration: world.configuration))
            var count = 0
            /// Which projects' roles are wanted, and which are to be compared, after an event that is filed there.
            func after(_ event: String, _ filing: String) async throws -> (roles: [String], syncs: [Int64]) {
                let name = try #require(RepositoryName(filing))
                let before = try await world.store.roleTargets().map(\.reading.wanted)
                count += 1
                _ = try await world.store.inbox.store(
                    NewDelivery(
                        repository: name, hook: .account, guid: "g\(count)", event: event, payload: Array("{}".utf8)))
                await intake.workOff(name)
                #expect(try await world.store.deliveries(limit: 1).first?.state == .done)
                let targets = try await world.store.roleTargets()
                let changed = zip(targets, before).filter { $0.reading.wanted > $1 }.map { "\($0.0.repository)" }
                return (changed, try await world.store.takeWantedSyncs())
            }
            #expect(try await after("membership", "guild/_events").roles == ["guild/gear", "guild/widget"])
            #expect(try await after("team", "LEAGUE/_events").roles == ["league/widget"])
            #expect(try await after("team_add", "guild/gear").roles == ["guild/gear"])
            let other = try await after("member", "guild/other")
            #expect(other.roles.isEmpty && other.syncs.isEmpty)
            let decision = try await world.store.deliveries(limit: 1).first?.decision
            #expect(decision == "guild/other is not declared in the admin repository")
            let shown = try await after("public", "guild/widget")
            #expect(shown.roles == ["guild/widget"] && shown.syncs == [records[1].id])
            #expect(try await after("installation", "league/_events").syncs == [records[2].id])
            let admin = try await world.store.roleReading(.adminRepository).wanted
            _ = try await after("organization", "guild/_events")
            #expect(try await world.store.roleReading(.adminRepository).wanted == admin + 1)
        }
    }

    @Test("somebody whose token GitHub no longer accepts is signed out; a name that changed is learnt")
    func signInChecks() async throws {
        try await GitHubWorld.with { world in
            let answer = try await world.control("POST", "users", ["login": "mona", "token": "gho_mona"])
            let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
            let id = try #require(object?["id"] as? Int64)
            let key = world.configuration.secretKey
            let hash = [UInt8](repeating: 5, count: 32)
            try await world.store.signIn(
                PersonRecord(
                    id: id, login: "mona-once", sealedToken: try SignInToken.seal("gho_mona", person: id, key: key),
                    checkedAt: Date(timeIntervalSince1970: 1)), session: hash)
            let checks = SignInChecks(
                secretKey: key, store: world.store, client: world.client, logger: Logger(label: "checks"))
            await checks.pass(before: Date())
            #expect(try await world.store.session(hash, adminRepository: nil)?.login == "mona")
            #expect(try await world.store.peopleToCheck(before: Date(timeIntervalSinceNow: -60)).isEmpty)

            try await world.control(
                "POST", "faults", ["target": "request", "action": "status", "status": 502, "path": "/user"])
            await checks.pass(before: .distantFuture)
            #expect(try await world.store.session(hash, adminRepository: nil) != nil)
            try await world.control("DELETE", "faults")
            try await world.control("DELETE", "tokens/gho_mona")
            await checks.pass(before: .distantFuture)
            #expect(try await world.store.session(hash, adminRepository: nil) == nil)
        }
    }

    @Test("a wish to compare a project makes it due at once, once")
    func wishes() async throws {
        try await GitHubWorld.with { world in
            let project = try await world.declare([try GitHubWorld.project("guild/gear")], commit: "c1")[0]
            let loop = ReconcileLoop(
                configuration: world.configuration, store: world.store, client: world.client,
                logger: Logger(label: "reconcile"))
            _ = await loop.pass()
            try await world.control("DELETE", "requests")
            _ = await loop.pass()
            func requests() async throws -> Int {
                let answer = try await world.control("GET", "requests")
                let object = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
                return (object?["requests"] as? [Any])?.count ?? -1
            }
            #expect(try await requests() == 0)
            try await world.store.wantSync(project.id)
            _ = await loop.pass()
            let looked = try await requests()
            #expect(looked > 0)
            _ = await loop.pass()
            #expect(try await requests() == looked)
        }
    }
}
