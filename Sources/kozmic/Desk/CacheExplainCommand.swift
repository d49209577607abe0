import ArgumentParser
import Foundation
import Git
import Model
import Runner

/// `kozmic cache explain PROJECT/HOOK --repo DIR`
struct CacheExplainCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain", abstract: "Say which part of a cached image's key moved.",
        discussion: """
            Compares the key at a commit with that of the newest cached image that the engine holds, which says itself \
            what its key was made of, unless the engine holds the image of that very key; with --since, with the key at an \
            older commit instead. For a tracked path, the commits are named that changed it; for the rest, the last \
            commit in the admin repository of the script's own file or of the project's, or that it is not committed.

            Exit status: 0 the keys are equal, 2 they differ, 1 errors.
            """)

    @OptionGroup var declared: DeclaredHook

    @Option(help: "The project's repository: a clone on this machine.")
    var repo: String

    @Option(help: "Any revision that git understands.")
    var commit = "HEAD"

    @Option(help: "An older revision to compare with, instead of the newest cached image.")
    var since: String?

    @Option(help: "The base image's id, sha256:…; default: the engine is asked.")
    var imageID: ImageID?

    @OptionGroup var engine: EngineOption

    @Option(help: "text or json")
    var output = OutputFormat.text

    func run() async throws {
        let report = try await attempt("kozmic cache explain") {
            let found = try declared.find()
            guard found.hook.installScript != nil else {
                throw SettingProblem("\(declared.hook) has no install script, and so no cached image")
            }
            return try await self.report(found)
        }
        if output == .json { try Print.json(report) } else { report.print() }
        if !report.changes.isEmpty { throw ExitCode(2) }
    }

    private func report(_ found: DeclaredHook.Found) async throws -> CacheReport {
        let clone = try await LocalClone.open(repo, commit: commit)
        let image = if let imageID { imageID.text } else { try await engine.imageID(found.hook.image) }
        let new = try await key(found.hook, clone, image)
        let old: (parts: CacheKeyParts, commit: String?, name: String)
        if let since {
            let older = try await LocalClone.open(repo, commit: since)
            old = (try await key(found.hook, older, image).parts, older.commit, "commit \(older.commit.prefix(10))")
        } else {
            let records = try await engine.with {
                try await CachedImageRecord.all(found.repository, found.hook.id, on: $0)
            }
            let known = records.filter { $0.image.isTrusted && $0.parts != nil }
            // Another branch may have made a newer one.
            guard let newest = known.first(where: { $0.image.key == new.key }) ?? known.first, let parts = newest.parts
            else {
                throw SettingProblem(
                    "the engine at \(engine.host) holds no cached image of \(declared.hook); compare commits with --since"
                )
            }
            old = (parts, newest.commit, newest.image.reference)
        }
        var report = CacheReport(hook: declared.hook, commit: clone.commit, key: new.key, comparedWith: old.name)
        report.missing = new.parts.missingPaths
        for difference in new.parts.differences(from: old.parts) {
            var change = CacheReport.Change(difference)
            switch difference.part {
            case .trackedPath(let path): change.commits = try await Self.blame(path, clone, since: old.commit)
            case .image: break
            case .user: await declare("user", found, &change)
            case .variable(let name): await declare("env.\(name)", found, &change)
            case .installScript: await declare("install_script", found, &change)
            }
            report.changes.append(change)
        }
        return report
    }

    private func key(
        _ hook: Hook, _ clone: LocalClone, _ image: String
    ) async throws -> (key: String, parts: CacheKeyParts) {
        let key = try await CacheKey(hook, commit: clone.commit, baseImage: image, mirror: clone.mirror)
        guard let key, let parts = CacheKeyParts(String(decoding: key.text, as: UTF8.self)) else {
            throw SettingProblem("\(declared.hook) has no cached image")
        }
        return (key.description, parts)
    }

    /// The commits that changed a path since another commit; one that the clone lacks is no limit.
    private static func blame(_ path: String, _ clone: LocalClone, since: String?) async throws -> [CacheReport.Commit]
    {
        var start: String?
        if let since, await clone.mirror.contains(commit: since) { start = since }
        let ids = try await clone.mirror.commits(
            changing: path, upTo: clone.commit, since: start, most: start == nil ? 1 : 5)
        return try await commits(ids, in: clone.mirror)
    }

    /// Adds who wrote a part of the hook in the admin repository.
    private func declare(_ key: String, _ found: DeclaredHook.Found, _ change: inout CacheReport.Change) async {
        guard !found.file.isEmpty else { return }
        let part = DeclaredPart(config: declared.config, file: found.file, path: "hooks.\(found.hook.id).\(key)")
        switch await part.author() {
        case .commit(let commit): change.commits = [CacheReport.Commit(commit)]
        case .uncommitted: change.isUncommitted = true
        case nil: break
        }
    }

    private static func commits(_ ids: [String], in mirror: GitMirror) async throws -> [CacheReport.Commit] {
        var commits: [CacheReport.Commit] = []
        for id in ids { commits.append(CacheReport.Commit(try await mirror.commit(id))) }
        return commits
    }
}
