import ArgumentParser
import Curl
import DockerEngine
import Foundation

/// The Docker Engine that a command speaks to.
struct EngineOption: ParsableArguments {
    @Option(help: "The Docker Engine (DOCKER_HOST; default: unix:///var/run/docker.sock).")
    var dockerHost: String?

    /// Its address.
    var host: String {
        [dockerHost, ProcessInfo.processInfo.environment["DOCKER_HOST"]].compactMap(\.self).first { !$0.isEmpty }
            ?? "unix:///var/run/docker.sock"
    }

    /// What the environment says is judged where an engine is needed: not every command needs one every time.
    func validate() throws {
        if let dockerHost, !dockerHost.isEmpty { try Self.validate(dockerHost) }
    }

    /// - Throws: `ValidationError` when it is no address of an engine.
    static func validate(_ host: String) throws {
        do throws(SettingProblem) {
            try check(host)
        } catch {
            throw ValidationError(error.description)
        }
    }

    /// - Throws: `SettingProblem` when it is no address of an engine.
    static func check(_ host: String) throws(SettingProblem) {
        do throws(DockerError) {
            try DockerEngine.check(host: host)
        } catch {
            throw .usage("--docker-host (DOCKER_HOST): '\(host)': \(error.message)")
        }
    }

    /// Lends the engine.
    ///
    /// - Throws: `SettingProblem` when its address is none; what `body` throws.
    func with<Result>(_ body: (DockerEngine) async throws -> Result) async throws -> Result {
        try Self.check(host)
        let curl = CurlClient()
        do {
            let result = try await body(try DockerEngine(host: host, curl: curl))
            await curl.close()
            return result
        } catch {
            await curl.close()
            throw error
        }
    }

    /// The id of a base image that the engine holds.
    ///
    /// - Throws: `SettingProblem` when it holds none.
    func imageID(_ image: String) async throws -> String {
        guard let found = try await with({ try await $0.image(image) }) else {
            throw SettingProblem("the engine at \(host) has no image \(image); pull it, or give --image-id")
        }
        return found.id
    }
}
