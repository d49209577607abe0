import Foundation
import Git
import Logging
import Model
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("Work is proportional to the change")
    struct ProportionTests {
        /// Enough to tell some from all.
        private static let count = 300

        @Test("a new revision asks GitHub only about projects whose effective configuration changed; the interval, all")
        func requests() async throws {
            try await GitHubWorld.with { world in
                try await Self.populate(world)
                var logger = Logger(label: "proportion")
                logger.logLevel = .critical
                let sync = ConfigSync(configuration: world.configuration, store: world.store, logger: logger)
                let loop = ReconcileLoop(
                    configuration: world.configuration, store: world.store, client: world.client, logger: logger)
                func touched() async throws -> (projects: Set<String>, requests: Int) {
                    try await world.control("DELETE", "requests")
                    #expect(await sync.pass())
                    _ = await loop.pass()
                    return try await Self.touched(world)
                }
                #expect(try await touched().projects.count == Self.count)
                #expect(try await touched().projects.isEmpty, "nothing new")

                try await Self.commit(world, ["projects/p7.yaml": Self.project(7, events: "pull_request")])
                let one = try await touched()
                #expect(one.projects == ["p7"] && one.requests <= 5, "\(one)")

                // Two of them inherit the time limit; three run the same script.
                try await Self.commit(world, ["kozmic.yaml": "version: 1\ndefaults: {timeout: 30m}\n"])
                let two = try await touched()
                #expect(two.projects == ["p1", "p2"] && two.requests <= 10, "\(two)")
                try await Self.commit(world, ["scripts/shared.sh": "#!/bin/sh\nexit 1\n"])
                #expect(try await touched().projects == ["p3", "p4", "p5"])
                try await Self.commit(world, ["docs/README.md": "nothing to read"])
                #expect(try await touched().projects.isEmpty)

                try await world.control("DELETE", "requests")
                var hurried = world.configuration
                hurried.syncInterval = .zero
                let full = ReconcileLoop(
                    configuration: hurried, store: world.store, client: world.client, logger: logger)
                for _ in 1...2 {
                    _ = await full.pass()
                    #expect(try await Self.touched(world).projects.count == Self.count)
                    #expect(try await world.newWrites() == [])
                }
            }
        }

        private static func project(_ number: Int, events: String = "push") -> String {
            """
            repository: guild/p\(number)
            \((1...2).contains(number) ? "" : "timeout: 5m")
            hooks:
              tests:
                on: {\(events): {branches: [main]}}
                image: debian
                build_script: \((3...5).contains(number) ? "{file: scripts/shared.sh}" : "'#!/bin/sh'")

            """
        }

        private static func populate(_ world: GitHubWorld) async throws {
            var files = ["kozmic.yaml": "version: 1\n", "scripts/shared.sh": "#!/bin/sh\n"]
            for number in 0..<count { files["projects/p\(number).yaml"] = project(number) }
            try await world.control("POST", "repos", ["owner": "guild", "name": "config", "files": files])
            for number in 0..<count {
                try await world.control("POST", "repos", ["owner": "guild", "name": "p\(number)"])
            }
        }

        private static func commit(_ world: GitHubWorld, _ files: [String: String]) async throws {
            try await world.control(
                "POST", "repos/guild/config/commits", ["branch": "main", "message": "Change", "files": files])
        }

        /// The projects that REST was asked about, and how many requests that took.
        private static func touched(_ world: GitHubWorld) async throws -> (projects: Set<String>, requests: Int) {
            let repositories = try JSONDecoder().decode(
                [Repository].self, from: try await world.control("GET", "repos"))
            let names = Dictionary(repositories.map { ("\($0.id)", $0.name) }) { first, _ in first }
            let log = try JSONDecoder().decode(Log.self, from: try await world.control("GET", "requests"))
            let paths = log.requests.filter { $0.kind == "rest" }.map { $0.path.split(separator: "/") }
            let touched = paths.compactMap { path -> String? in
                guard let first = path.first else { return nil }
                if first == "repositories", path.count > 1 { return names[String(path[1])] }
                return first == "repos" && path.count > 2 ? String(path[2]) : nil
            }
            return (Set(touched), paths.count)
        }

        private struct Log: Decodable { var requests: [Request] }

        private struct Request: Decodable {
            var kind: String
            var path: String
        }

        private struct Repository: Decodable {
            var id: Int64
            var name: String
        }
    }
}
