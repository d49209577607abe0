import Config
import Git
import Model

/// Explains the settings of an admin repository: their places, what they won against, and who wrote them.
public struct AdminExplainer: Sendable {
    /// What cannot be explained, and why.
    public struct Problem: Error, Sendable, CustomStringConvertible {
        /// One sentence.
        public let description: String
    }

    /// Everything that is wrong with the files.
    public let diagnostics: [Diagnostic]
    private let source: ConfigSource
    private let result: ConfigResult
    /// Where the history is, and the commit it is read up to; `nil` when there is none.
    private let history: (mirror: GitMirror, commit: String)?
    /// Whether the files may differ from those of the commit.
    private let isWorkTree: Bool

    init(source: ConfigSource, mirror: GitMirror, commit: String) {
        self.init(source: source, history: (mirror, commit), isWorkTree: false)
    }

    private init(source: ConfigSource, history: (GitMirror, String)?, isWorkTree: Bool) {
        self.source = source
        self.history = history
        self.isWorkTree = isWorkTree
        result = ConfigReader.read(source)
        diagnostics = result.diagnostics
    }

    /// For a work tree, changes that are not committed included. A folder that is no git repository has no history.
    ///
    /// - Throws: `ConfigSource.DirectoryError`, or `GitError` for a damaged repository.
    public static func folder(_ path: String) async throws -> AdminExplainer {
        let source = try ConfigSource.directory(path)
        let mirror = GitMirror(readingFrom: path)
        var head: String?
        do throws(GitError) {
            head = try await mirror.resolve("HEAD")
        } catch {
            guard error.kind == .notFound else { throw error }
        }
        return AdminExplainer(source: source, history: head.map { (mirror, $0) }, isWorkTree: true)
    }

    /// The settings of a project, or of the server for the name `kozmic.yaml`.
    ///
    /// - Parameter path: the keys that lead to one setting or to several, such as `hooks.tests`; `nil` for all.
    /// - Throws: `Problem`, `SettingPath.Unknown` or `GitError`.
    public func explain(_ name: String, path: String?) async throws -> [ExplainedValue] {
        let values = try SettingPath.select(try values(of: name), path: path)
        guard let history else { return values }
        var histories: [String: FileHistory] = [:]
        for file in Set(values.flatMap(\.files)) {
            let content: [UInt8]? = if isWorkTree, case .bytes(let bytes) = source.content(file) { bytes } else { nil }
            if let blame = try await history.mirror.blame(commit: history.commit, path: file, content: content) {
                histories[file] = FileHistory(blame)
            } else if isWorkTree {
                histories[file] = FileHistory(
                    parts: [.init(firstLine: 1, lineCount: .max / 2, change: 0)], changes: [.uncommitted])
            }
        }
        return values.map { value in value.dated { histories[$0] } }
    }

    private func values(of name: String) throws(Problem) -> [ExplainedValue] {
        let explainer = ConfigExplainer(source)
        guard name != "kozmic.yaml" else { return explainer.serverValues() }
        guard let repository = RepositoryName(name) else {
            throw Problem(description: "expected a project such as acme/widget or kozmic.yaml, found '\(name)'")
        }
        if let project = result.desired.project(repository) { return explainer.projectValues(file: project.file) }
        throw Problem(
            description: result.desired.broken.contains(repository)
                ? "the configuration of \(repository) has errors; mend them first"
                : "no project file declares \(repository)")
    }
}

extension FileHistory {
    /// What git says, in the words of the configuration.
    init(_ blame: GitBlame) {
        var changes: [ConfigChange] = []
        var indices: [String?: Int] = [:]
        let parts = blame.hunks.map { hunk in
            let index = indices[hunk.commit] ?? changes.count
            if indices[hunk.commit] == nil {
                indices[hunk.commit] = index
                changes.append(ConfigChange(hunk.commit.flatMap { blame.commits[$0] }))
            }
            return Part(firstLine: hunk.firstLine, lineCount: hunk.lineCount, change: index)
        }
        self.init(parts: parts, changes: changes)
    }
}

extension ConfigChange {
    fileprivate init(_ commit: GitCommit?) {
        guard let commit else {
            self = .uncommitted
            return
        }
        self.init(
            commit: commit.id, author: String(commit.author.name.prefix(200)), date: commit.author.date,
            subject: String(commit.summary.prefix(200)))
    }
}
