import Config
import Git
import Model

/// A part of a hook's declaration in a work tree of an admin repository, and who wrote it.
struct DeclaredPart {
    /// The work tree.
    var config: String
    /// The project's file, relative to it.
    var file: String
    /// The setting, such as `hooks.tests.install_script`.
    var path: String

    /// Who wrote it.
    enum Author {
        /// The last commit of the file that it stands in: a script's own file, or the project's.
        case commit(GitCommit)
        /// Nobody yet: the work tree has it otherwise than its HEAD.
        case uncommitted
    }

    /// - Returns: `nil` for a folder that is no repository, or a file that git does not have.
    func author() async -> Author? {
        let mirror = GitMirror(readingFrom: config)
        guard let source = try? ConfigSource.directory(config), let head = try? await mirror.resolve("HEAD") else {
            return nil
        }
        let now = value(in: source)
        var committed = await content(file, head, mirror).map { [file: $0] } ?? [:]
        if let script = now?.script?.file { committed[script] = await content(script, head, mirror) }
        let then = value(in: ConfigSource(files: committed))
        guard now?.value == then?.value, isSame(now?.script?.file, source, committed) else { return .uncommitted }
        let place = now?.script?.file ?? file
        guard let id = try? await mirror.commits(changing: place, upTo: head, since: nil, most: 1).first,
            let commit = try? await mirror.commit(id)
        else { return nil }
        return .commit(commit)
    }

    private func value(in source: ConfigSource) -> ExplainedValue? {
        ConfigExplainer(source).projectValues(file: file).first { $0.path == path }
    }

    private func isSame(_ script: String?, _ source: ConfigSource, _ committed: [String: [UInt8]]) -> Bool {
        guard let script else { return true }
        guard case .bytes(let bytes) = source.content(script) else { return false }
        return bytes == committed[script]
    }

    private func content(_ path: String, _ commit: String, _ mirror: GitMirror) async -> [UInt8]? {
        guard let entry = try? await mirror.entry(commit: commit, path: path), entry.type == .blob else { return nil }
        return try? await mirror.blob(entry.object, limit: ConfigSource.maximumFileBytes)
    }
}
