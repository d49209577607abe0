import Foundation

@testable import kozmic

/// What is in the engine.
extension World {
    /// The controller's name on labels.
    var instance: String {
        let data = FileManager.default.contents(atPath: "\(dataDirectory)/instance") ?? Data("none".utf8)
        return String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The Docker client on this world's engine.
    @discardableResult
    func docker(_ arguments: String...) async throws -> String {
        try await Shell.run("docker", arguments, environment: ["DOCKER_HOST": engine])
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// The containers of this world's jobs, whatever their state.
    func containers() async throws -> [String] { try await containers(with: "kozmic.job") }

    /// Those that wait for jobs, or hold what a job needs.
    private func berths() async throws -> [String] {
        try await containers(with: "kozmic.berth") + containers(with: "kozmic.keeper")
    }

    private func containers(with name: String) async throws -> [String] {
        try await docker("ps", "--all", "--quiet", "--filter", label, "--filter", "label=\(name)")
            .split(separator: "\n").map(String.init)
    }

    /// The names of the cached images of this world. One that was committed twice has lost its name to the second.
    func cachedImages() async throws -> [String] {
        try await docker("images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", label).split(separator: "\n")
            .map(String.init).filter { !$0.hasSuffix("<none>") }.sorted()
    }

    /// Containers, volumes, networks and work trees of this world's jobs, and templates of work trees, for which its
    /// repositories are too small. A controller that runs keeps places ready for jobs, and a network for them.
    func leftovers() async throws -> [String] {
        let volumes = try await docker("volume", "ls", "--quiet", "--filter", label)
        let networks = isServing ? "" : try await docker("network", "ls", "--quiet", "--filter", label)
        let waiting = try await berths()
        let trees = ["work", "work/trees"].flatMap {
            (try? FileManager.default.contentsOfDirectory(atPath: "\(dataDirectory)/\($0)")) ?? []
        }.filter { !["berths", "trees"].contains($0) }
        return try await containers() + (isServing && waiting.count <= 5 ? [] : waiting)
            + "\(volumes)\n\(networks)".split(separator: "\n").map(String.init) + trees
    }

    /// Waits until nothing of this world is left but cached images.
    func expectNoLeftovers() async throws {
        try await client.eventually("an engine without leftovers", within: .seconds(90)) {
            let leftovers = try await leftovers()
            if leftovers.isEmpty { return true }
            throw Shell.Failed(description: "\(leftovers)")
        }
    }

    /// Removes everything of this world from the engine; what cannot be removed does not keep the rest.
    func clearEngine() async {
        _ = try? await Shell.script(
            """
            remove() { sort --unique | xargs --no-run-if-empty docker "$@" || true; }
            docker ps --all --quiet --filter "$1" | remove rm --force --volumes
            docker volume ls --quiet --filter "$1" | remove volume rm --force
            docker network ls --quiet --filter "$1" | remove network rm
            docker images --quiet --filter "$1" | remove rmi --force
            """, [label], environment: ["DOCKER_HOST": engine])
    }

    private var engine: String { setup.directEngine ?? setup.engine }

    private var label: String { "label=kozmic.instance=\(instance)" }
}
