import ArgumentParser
import DockerEngine
import Foundation
import Git
import Model
import Runner
import Store

/// `kozmic repro PROJECT/HOOK` and `kozmic repro PROJECT#BUILD/HOOK`
struct ReproCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repro", abstract: "Print the commands of git and docker that do a job by hand.",
        discussion: """
            A shell script for any machine with git and docker. With a build's number, the job is taken from the \
            server's database (--data-dir; also while the server runs), its repository from the server's mirror, unless \
            --repo names another one.
            """)

    @Argument(help: "OWNER/REPO/HOOK, as declared in the admin repository, or OWNER/REPO#BUILD/HOOK.")
    var job: String

    @Option(help: "The admin repository's work tree.")
    var config = "."

    @Option(help: "The project's repository: a clone on this machine; default: here, or the server's mirror.")
    var repo: String?

    @Option(help: "Any revision that git understands; default: HEAD.")
    var commit: String?

    @Option(help: "The server's data directory (KOZMIC_DATA_DIR; default: /var/lib/kozmic).")
    var dataDir: String?

    @OptionGroup var engine: EngineOption

    @Option(help: "text or json")
    var output = OutputFormat.text

    func validate() throws {
        if BuildAddress(argument: job) == nil {
            do {
                _ = try DeclaredHook.name(job)
            } catch {
                throw ValidationError(
                    "'\(job)' is neither OWNER/REPO/HOOK nor OWNER/REPO#BUILD/HOOK, such as acme/widget#3/tests")
            }
        } else if commit != nil {
            throw ValidationError("a build has its commit; leave --commit out")
        }
    }

    func run() async throws {
        try await attempt("kozmic repro") {
            let script = try await self.script()
            switch output {
            case .json: try Print.json(Document(script))
            case .text: print(script.text, terminator: "")
            }
        }
    }

    private struct Document: Encodable {
        var commit: String
        var ref: GitRef
        /// The base image's id, if it is known.
        var imageID: String?
        var cachedImage: String?
        /// The commands, for bash.
        var script: String

        init(_ script: ReproScript) {
            (commit, ref, self.script) = (script.job.commit, script.job.ref, script.text)
            (imageID, cachedImage) = (script.baseImage, script.cachedImage)
        }
    }

    private func script() async throws -> ReproScript {
        if let address = BuildAddress(argument: job) { return try await script(of: address) }
        let found = try DeclaredHook.find(job, in: config)
        let clone = try await LocalClone.open(repo ?? ".", commit: commit ?? "HEAD")
        let spec = JobSpec(
            instance: "repro", jobID: 0, attempt: 1, repository: found.repository, hook: found.hook, buildNumber: 0,
            buildURL: "", commit: clone.commit, ref: clone.ref, trusted: true)
        let image = try? await engine.imageID(found.hook.image)
        return try await script(spec, mirror: clone.mirror, source: clone.mirror.path, image: image)
    }

    private func script(of address: BuildAddress) async throws -> ReproScript {
        let folder = DataFolder.path(dataDir)
        try DataFolder.requireDatabase(folder)
        let found = try await Store.peek(
            dataDirectory: folder, repository: address.repository, number: address.number, hook: address.hook)
        guard let found else {
            throw SettingProblem("\(folder) knows no job \(job); name the server's folder with --data-dir")
        }
        let mirror = "\(folder)/mirrors/\(address.repository.key).git"
        let source = URL(filePath: repo ?? mirror).path
        let spec = JobSpec(
            instance: "repro", jobID: found.job.id, attempt: found.job.attempt, repository: address.repository,
            hook: found.job.config, buildNumber: found.build.number, buildURL: "", commit: found.build.commit,
            ref: found.build.ref, pullRequest: found.build.pullRequest, trusted: found.build.trusted)
        return try await script(
            spec, mirror: GitMirror(readingFrom: source), source: source, image: found.job.baseImageID,
            digest: found.job.baseImageDigest)
    }

    private func script(
        _ job: JobSpec, mirror: GitMirror, source: String, image: String?, digest: String? = nil
    ) async throws -> ReproScript {
        var cached: String?
        if let image, let key = try await CacheKey(job.hook, commit: job.commit, baseImage: image, mirror: mirror) {
            cached = CachedImageName.reference(job.repository, job.hook.id, key: key, trusted: job.trusted)
        }
        var tracked: [String] = []
        for path in job.hook.trackedFiles where try await mirror.entry(commit: job.commit, path: path) != nil {
            tracked.append(path)
        }
        var script = ReproScript(
            job: job, source: source, baseImage: image, digest: digest, cachedImage: cached, trackedFiles: tracked)
        if let address = ProcessInfo.processInfo.environment["KOZMIC_GITHUB_URL"], !address.isEmpty {
            script.gitHubURL = address
        }
        return script
    }
}
