import Foundation
import Git
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

/// Against a real `sshd`, with the keys that the stand-in for GitHub was given.
@Suite(
    "Deploy keys over SSH", .enabled(if: SSHServer.isThere, "there is no sshd, ssh-keygen or python3"),
    .timeLimit(.minutes(10)))
struct DeployKeySSHTests {
    @Test("a mirror fetches a private repository with the deploy key; a new key reads before the old one is deleted")
    func fetch() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-ssh-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try SSHServer(folder: folder)
        let knownHosts = try server.knownHosts()
        try await GitHubWorld.with(sshAddress: server.address) { world in
            try await server.start(gitHub: world.configuration.gitHubURL)
            let repository = try #require(RepositoryName("guild/gear"))
            let id = try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")[0].id
            func pass() async throws -> ReconcileResult {
                try await world.reconcile("guild/gear", knownHosts: knownHosts)
            }
            #expect(try await pass().condition.status == .ready)
            let first = try #require(try await world.client.deployKeys("guild/gear").first)

            // The configuration has no token, so the address over HTTP opens nothing.
            let keys = DeployKeyRemote(
                store: world.store, secretKey: world.configuration.secretKey, knownHosts: { knownHosts })
            let mirrors = ProjectMirrors(configuration: world.configuration) { try await keys.remote($0) }
            let one = try await world.commit("guild/gear", "one")
            var mirror = try await mirrors.mirror(repository, with: one, .branch("main"))
            #expect(await mirror.contains(commit: one))
            let old = try #require(try await keys.remote(repository))
            #expect(old.url == "\(server.address)/guild/gear.git")

            // The server does not know the new key yet, as GitHub may need a moment: the old one stays, and reads.
            try server.refuse(true)
            _ = try await world.store.rotate(RotationRequest(id: "r", kind: .deployKeys), adminRepository: nil)
            let stuck = try await pass()
            #expect(stuck.condition.status == .reconciling)
            #expect(stuck.condition.reason?.contains("git cannot read with it: ") == true)
            #expect(try await world.client.deployKeys("guild/gear").count == 2)
            let two = try await world.commit("guild/gear", "two")
            mirror = try await mirrors.mirror(repository, with: two, .branch("main"))
            #expect(await mirror.contains(commit: two))

            try server.refuse(false)
            #expect(try await pass().condition.status == .ready)
            let left = try await world.client.deployKeys("guild/gear")
            #expect(left.count == 1 && left.first?.id != first.id)
            #expect(try await world.store.reconcileRecord(id)?.deployKey?.generation == 2)
            let three = try await world.commit("guild/gear", "three")
            mirror = try await mirrors.mirror(repository, with: three, .branch("main"))
            #expect(await mirror.contains(commit: three))

            let shut = await #expect(throws: GitError.self) {
                _ = try await GitMirror(path: "\(folder)/old.git", remote: old).remoteReferences()
            }
            #expect(shut?.kind == .authentication, "\(String(describing: shut))")
        }
    }

    @Test("a server whose key nobody confirmed gets no key: the rotation says what to do, and the old key stays")
    func unknownHost() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "kozmic-ssh-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try SSHServer(folder: folder)
        try await GitHubWorld.with(sshAddress: server.address) { world in
            try await server.start(gitHub: world.configuration.gitHubURL)
            try await world.declare([GitHubWorld.project("guild/gear")], commit: "c1")
            _ = try await world.reconcile("guild/gear")
            _ = try await world.store.rotate(RotationRequest(id: "r", kind: .deployKeys), adminRepository: nil)
            let result = try await world.reconcile("guild/gear", knownHosts: "")
            #expect(result.condition.status == .stalled)
            #expect(result.condition.reason?.contains("add the line: ") == true, "\(result.condition)")
            #expect(try await world.client.deployKeys("guild/gear").count == 2)
        }
    }
}

extension GitHubWorld {
    /// A commit on the main branch.
    fileprivate func commit(_ repository: String, _ message: String) async throws -> String {
        struct Commit: Decodable { var sha: String }
        let answer = try await control(
            "POST", "repos/\(repository)/commits",
            ["message": message, "files": [message: message] as [String: any Sendable]])
        return try JSONDecoder().decode(Commit.self, from: answer).sha
    }
}
