import ArgumentParser
import Config
import Curl
import DockerEngine
import Foundation
import Git
import Model

/// `kozmic cache …`
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Cached images.", subcommands: [CacheKeyCommand.self])
}

/// `kozmic cache key PROJECT/HOOK --repo DIR --commit REV`
struct CacheKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Print the key of a hook's cached image at a commit.")

    @Argument(help: "OWNER/REPO/HOOK, as declared in the admin repository.")
    var hook: String

    @Option(help: "The project's repository: a clone on this machine.")
    var repo: String

    @Option(help: "Any revision that git understands.")
    var commit = "HEAD"

    @Option(help: "The admin repository's work tree.")
    var config = "."

    @Option(help: "The base image's id, sha256:…; default: the engine is asked.")
    var imageID: String?

    @Option(help: "The Docker Engine (DOCKER_HOST; default: unix:///var/run/docker.sock).")
    var dockerHost: String?

    @Flag(help: "Print the text that is hashed instead of its hash.")
    var text = false

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        let hook = try declaredHook()
        guard let script = hook.installScript else { throw ValidationError("\(self.hook) has no install script") }
        let key = try await key(of: hook, script: script)
        if text {
            FileHandle.standardOutput.write(Data(key.text))
        } else if output == .json {
            try Print.json(["key": key.description, "text": String(decoding: key.text, as: UTF8.self)])
        } else {
            print(key)
        }
    }

    private func declaredHook() throws -> Hook {
        let parts = hook.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, let name = RepositoryName("\(parts[0])/\(parts[1])"), let id = HookID(parts[2]) else {
            throw ValidationError("'\(hook)' is not OWNER/REPO/HOOK")
        }
        let result = ConfigReader.read(try ConfigSource.directory(config))
        guard let project = result.desired.project(name) else {
            let mistakes = result.diagnostics.filter { $0.severity == .error }.map(\.description)
            throw ValidationError((["\(name) is not declared in \(config)"] + mistakes).joined(separator: "\n"))
        }
        guard let hook = project.hook(id) else { throw ValidationError("\(name) has no hook '\(id)'") }
        return hook
    }

    private func key(of hook: Hook, script: String) async throws -> CacheKey {
        // A clone that somebody works in: it is looked at and nothing else.
        let repository = GitMirror(readingFrom: repo)
        guard let id = try await repository.resolve(commit) else {
            throw ValidationError("\(repo) has no commit '\(commit)'")
        }
        var tracked: [CacheKey.TrackedPath] = []
        for path in hook.trackedFiles {
            let entry = try await repository.entry(commit: id, path: path).map {
                CacheKey.Entry(mode: $0.mode, type: $0.type.rawValue, object: $0.object)
            }
            tracked.append(CacheKey.TrackedPath(path: Array(path.utf8), entry: entry))
        }
        return CacheKey(
            imageID: try await baseImageID(hook.image), user: hook.user, environment: hook.environment,
            installScript: script, tracked: tracked)
    }

    private func baseImageID(_ image: String) async throws -> String {
        if let imageID { return imageID }
        let host =
            dockerHost ?? ProcessInfo.processInfo.environment["DOCKER_HOST"] ?? "unix:///var/run/docker.sock"
        let curl = CurlClient()
        let found: DockerImage?
        do {
            found = try await DockerEngine(host: host, curl: curl).image(image)
        } catch {
            await curl.close()
            throw error
        }
        await curl.close()
        guard let found else {
            throw ValidationError("the engine at \(host) has no image \(image); pull it, or give --image-id")
        }
        return found.id
    }
}
