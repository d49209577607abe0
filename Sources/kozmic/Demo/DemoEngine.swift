import Curl
import DockerEngine
import Foundation
import Subprocess

/// The Docker Engine of the demo: the one that answers, or one of its own.
struct DemoEngine: Sendable {
    /// For `DOCKER_HOST`.
    var host: String
    /// `nil` when somebody else's engine is used.
    var child: ChildProcess?

    /// - Parameters:
    ///   - wanted: what the user asked for, if anything.
    ///   - folder: where an engine of our own keeps its things.
    static func find(wanted: String?, folder: String, curl: CurlClient) async -> DemoEngine {
        let host = wanted ?? "unix:///var/run/docker.sock"
        if await answers(host, curl) { return DemoEngine(host: host) }
        let socket = "unix://\(folder)/docker.sock"
        let child = ChildProcess(
            name: "the Docker Engine", executable: "dockerd",
            arguments: [
                "--data-root", "\(folder)/engine", "--exec-root", "\(folder)/engine-run", "--pidfile",
                "\(folder)/engine.pid", "--host", socket,
            ], logFile: "\(folder)/engine.log", grace: .seconds(20))
        return DemoEngine(host: socket, child: child)
    }

    /// Whether an engine answers there.
    static func answers(_ host: String, _ curl: CurlClient) async -> Bool {
        guard let engine = try? DockerEngine(host: host, curl: curl) else { return false }
        return (try? await engine.version()) != nil
    }

    /// Removes what a controller left in the engine: cached images, and what a job that was cut off used.
    ///
    /// - Parameter dataDirectory: of the controller, which must have ended.
    func clear(dataDirectory: String, curl: CurlClient) async {
        guard let data = FileManager.default.contents(atPath: "\(dataDirectory)/instance"),
            let engine = try? DockerEngine(host: host, curl: curl)
        else { return }
        let name = String(decoding: data, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        let mine: [String: String?] = ["kozmic.instance": name]
        for container in (try? await engine.containers(labels: mine)) ?? [] {
            try? await engine.remove(container.id, force: true, volumes: true)
        }
        for volume in (try? await engine.volumes(labels: mine)) ?? [] { try? await engine.removeVolume(volume.name) }
        for network in (try? await engine.networks(labels: mine)) ?? [] { try? await engine.removeNetwork(network.id) }
        for image in (try? await engine.images(labels: mine)) ?? [] {
            try? await engine.removeImage(image.id, force: true)
        }
    }

    /// Makes the base image of the examples if the engine has none. The script that does it is in `examples/base-images`;
    /// it keeps the root file system in the user's cache.
    ///
    /// - Throws: `SettingProblem` with what the script printed last.
    func makeBaseImage(_ image: String, folder: String, curl: CurlClient) async throws {
        if try await DockerEngine(host: host, curl: curl).image(image) != nil { return }
        let script = "\(folder)/make-base-image.sh"
        let written = FileManager.default.createFile(
            atPath: script, contents: Data(PackageResources.make_base_image_sh),
            attributes: [.posixPermissions: 0o755])
        guard written else { throw SettingProblem("\(script) cannot be written") }
        let result = try await Subprocess.run(
            .name("bash"), arguments: ["-c", "exec \"$0\" 2>&1", script],
            environment: .inherit.updating(["DOCKER_HOST": host]), output: .string(limit: 1 << 20))
        guard result.terminationStatus.isSuccess else {
            throw SettingProblem("the base image could not be made:\n\(result.standardOutput.suffix(2000))")
        }
    }
}
