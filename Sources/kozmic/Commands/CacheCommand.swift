import ArgumentParser
import Foundation
import Model
import Runner

/// `kozmic cache …`
struct CacheCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cache", abstract: "Cached images.",
        subcommands: [CacheKeyCommand.self, CacheExplainCommand.self])
}

/// `kozmic cache key PROJECT/HOOK --repo DIR --commit REV`
struct CacheKeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Print the key of a hook's cached image at a commit.")

    @OptionGroup var declared: DeclaredHook

    @Option(help: "The project's repository: a clone on this machine.")
    var repo: String

    @Option(help: "Any revision that git understands.")
    var commit = "HEAD"

    @Option(help: "The base image's id, sha256:…; default: the engine is asked.")
    var imageID: ImageID?

    @OptionGroup var engine: EngineOption

    @Flag(help: "Print the text that is hashed instead of its hash.")
    var text = false

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        try await attempt("kozmic cache key") {
            let key = try await self.key()
            if output == .json {
                try Print.json(["key": key.description, "text": String(decoding: key.text, as: UTF8.self)])
            } else if text {
                try Print.bytes(key.text)
            } else {
                print(key)
            }
        }
    }

    private func key() async throws -> CacheKey {
        let hook = try declared.find().hook
        guard hook.installScript != nil else {
            throw SettingProblem("\(declared.hook) has no install script, and so no cached image")
        }
        let clone = try await LocalClone.open(repo, commit: commit)
        let image = if let imageID { imageID.text } else { try await engine.imageID(hook.image) }
        let key = try await CacheKey(hook, commit: clone.commit, baseImage: image, mirror: clone.mirror)
        guard let key else { throw SettingProblem("\(declared.hook) has no cached image") }
        return key
    }
}
