import Config
import Git
import Logging
import Model
import ServiceLifecycle
import Store

/// Keeps for the pages where each setting of the applied revision stands, and who wrote it. To find the writers takes up to
/// seconds a file where the history is long, so in a large admin repository it is done only for what somebody looks at, one
/// file at a time: whoever needs the mirror meanwhile waits for one of them only.
struct ConfigHistory: Service {
    /// So many files are looked at before anybody asks.
    private static let fewFiles = 50
    /// Projects whose settings are in memory at once: those of a thousand take more than all else that the controller holds.
    private static let batch = 20

    let mirror: GitMirror
    let store: Store
    let logger: Logger

    func run() async throws {
        let failures = FailureCount()
        await PassLoop(topics: [.config, .configHistories], interval: .seconds(3600), changes: store.changes).run {
            do {
                try await pass()
                failures.reset()
                return nil
            } catch is CancellationError {
                return nil
            } catch {
                logger.warning("the history of the configuration cannot be read: \(error)")
                return Backoff().delay(after: failures.next())
            }
        }
    }

    /// One look at the applied revision. Does nothing for files that are as they were.
    func pass() async throws {
        guard let commit = try await store.appliedConfigRevision()?.commit, await mirror.contains(commit: commit)
        else { return }
        let known = try await store.knownConfigFiles()
        let tree = try await objects(commit)
        let changed = Set(tree.keys.filter(Self.isConfiguration)).union(known.keys).filter { known[$0] != tree[$0] }
        if !changed.isEmpty { try await saveSettings(commit, tree, known: known, changed) }
        for (path, object) in try await store.wantedConfigHistories() where tree[path] == object {
            try Task.checkCancellation()
            try await store.saveConfigHistory(path, object: object, try await history(of: path, commit))
        }
    }

    private func saveSettings(
        _ commit: String, _ tree: [String: String], known: [String: String], _ changed: Set<String>
    ) async throws {
        let source = try await AdminTree.read(mirror, commit: commit)
        let explainer = ConfigExplainer(source)
        // A change of the defaults, or of a script, may concern any project.
        let concernsAll = changed.contains { !$0.hasPrefix("projects/") }
        var projects: [(repository: RepositoryName, file: String)] = []
        let declared = ConfigReader.read(source.only { concernsAll || changed.contains($0) }).desired.projects
        for project in declared {
            // Two files that declare one repository are both refused, which only a look at all of them tells.
            if !concernsAll, try await store.project(project.repository)?.config.file != project.file { continue }
            projects.append((project.repository, project.file))
        }
        var files = changed
        for start in stride(from: 0, to: projects.count, by: Self.batch) {
            try Task.checkCancellation()
            let settings = projects[start..<min(start + Self.batch, projects.count)]
                .map { (repository: $0.repository, values: explainer.projectValues(file: $0.file)) }
            try await store.saveProjectSettings(settings, commit: commit)
            for project in settings { files.formUnion(project.values.flatMap(\.files)) }
        }
        let objects = Dictionary(uniqueKeysWithValues: files.compactMap { path in tree[path].map { (path, $0) } })
        let isSmall = tree.keys.count(where: Self.isConfiguration) <= Self.fewFiles
        // Last, because it says that all of it is done.
        try await store.saveConfigFiles(objects, areWanted: isSmall)
        try await store.removeConfigHistories(known.keys.filter { tree[$0] == nil })
    }

    /// The files of the tree, by path.
    private func objects(_ commit: String) async throws -> [String: String] {
        let entries = try await mirror.list(commit: commit, limit: AdminTree.maximumFiles)
        let pairs = entries.filter { $0.type == .blob }.map { (String(decoding: $0.path, as: UTF8.self), $0.object) }
        return Dictionary(pairs) { first, _ in first }
    }

    private static func isConfiguration(_ path: String) -> Bool {
        path == "kozmic.yaml" || path.hasPrefix("projects/") && (path.hasSuffix(".yaml") || path.hasSuffix(".yml"))
    }

    /// Empty for what is no file of lines, so that it is not looked at again and again.
    private func history(of path: String, _ commit: String) async throws -> FileHistory {
        do throws(GitError) {
            if let blame = try await mirror.blame(commit: commit, path: path) { return FileHistory(blame) }
        } catch {
            guard error.kind == .invalid else { throw error }
        }
        return FileHistory(parts: [], changes: [])
    }
}
