import Foundation
import GitHub
import Model
import Synchronization
import Testing

@testable import Controller

@Suite("What a pass costs")
struct QuotaTests {
    @Test("nothing when nothing changed: every read is a 304, also after a restart")
    func noChange() async throws {
        try await GitHubWorld.with { world in
            var names = ["guild/gear", "guild/widget"]
            for number in 0..<10 {
                try await world.control("POST", "repos", ["owner": "guild", "name": "part\(number)"])
                names.append("guild/part\(number)")
            }
            let projects = try names.map { name in
                try GitHubWorld.project(name) { $0.permissions.collaborators = ["alice": .push] }
            }
            try await world.declare(projects, commit: "c1")
            let archive = Archive()
            let client = world.client(archive: archive)
            for name in names { try await world.reconcile(name, client: client) }
            for name in names { try await world.reconcile(name, client: client) }
            for client in [client, world.client(archive: archive)] {
                try await world.control("DELETE", "requests")
                for name in names { try await world.reconcile(name, client: client) }
                let answer = try await world.control("GET", "requests")
                let log = try JSONSerialization.jsonObject(with: answer) as? [String: Any]
                let requests = log?["requests"] as? [[String: Any]] ?? []
                #expect(requests.count >= names.count * 3)
                let costly = requests.filter { $0["status"] as? Int != 304 || $0["counted"] as? Bool != false }
                #expect(costly.isEmpty, "\(costly.map { "\($0["method"] ?? "") \($0["path"] ?? "")" })")
            }
        }
    }
}

/// An archive in memory.
private final class Archive: GitHubArchive {
    private let answers = Mutex<[String: GitHubArchivedAnswer]>([:])

    func answer(for key: String) async -> GitHubArchivedAnswer? { answers.withLock { $0[key] } }
    func keep(_ answer: GitHubArchivedAnswer, for key: String) async { answers.withLock { $0[key] = answer } }
}
