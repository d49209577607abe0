import Git
import Model
import Runner

/// Finds what a commit's submodules are, and fetches them.
///
/// They are fetched from the same GitHub, without credentials: whoever may push to one project could otherwise name any
/// private repository that the server can read, and have a job print it. `.gitmodules` never says where or how something
/// is fetched, only which repository is meant.
struct Submodules: Sendable {
    var mirrors: ProjectMirrors
    /// Where GitHub serves git.
    var gitHubURL: String

    /// Submodules of submodules, and so on.
    static let mostLevels = 4
    /// Of all levels together.
    static let most = 64

    /// What a job says about them.
    struct Found: Sendable {
        var submodules: [JobSubmodule] = []
        var lines: [String] = []
    }

    /// Why a job cannot have its submodules.
    struct Trouble: Error, CustomStringConvertible {
        var description: String
    }

    /// - Throws: `Trouble`; `GitError` of the mirror itself; `CancellationError`.
    func find(_ repository: RepositoryName, commit: String, in mirror: GitMirror) async throws -> Found {
        var found = Found()
        try await add(repository, commit, mirror, below: "", level: 1, to: &found)
        return found
    }

    private func add(
        _ repository: RepositoryName, _ commit: String, _ mirror: GitMirror, below folder: String, level: Int,
        to found: inout Found
    ) async throws {
        guard let file = try await mirror.entry(commit: commit, path: ".gitmodules"), file.type == .blob,
            file.mode != "120000"
        else { return }
        let text = try await mirror.blob(file.object, limit: SubmoduleFile.mostBytes)
        for (path, address) in SubmoduleFile(text).addresses.sorted(by: { $0.key < $1.key }) {
            // A path that leads elsewhere is no path of a tree; one that is no submodule there has nothing to be filled.
            guard let entry = try? await mirror.entry(commit: commit, path: path), entry.type == .commit else {
                continue
            }
            let place = folder + String(decoding: entry.path, as: UTF8.self)
            guard
                let name = SubmoduleAddress.repository(address, in: repository, gitHubURL: gitHubURL)
            else {
                throw Trouble(
                    description:
                        "the submodule '\(shown(place))' is not a repository of \(gitHubURL): \(shown(address))")
            }
            guard level <= Self.mostLevels else {
                throw Trouble(description: "submodules are nested more than \(Self.mostLevels) deep: '\(shown(place))'")
            }
            guard found.submodules.count < Self.most else {
                throw Trouble(description: "there are more than \(Self.most) submodules")
            }
            let submodule = JobSubmodule(
                path: place, commit: entry.object, mirror: try await fetched(name, entry.object, at: place))
            found.submodules.append(submodule)
            found.lines.append("Submodule \(shown(place)): \(name) at \(entry.object.prefix(12))")
            try await add(
                name, entry.object, submodule.mirror, below: "\(place)/", level: level + 1, to: &found)
        }
    }

    private func fetched(_ name: RepositoryName, _ commit: String, at place: String) async throws -> GitMirror {
        let mirror = await mirrors.publicMirror(name)
        if await mirror.contains(commit: commit) { return mirror }
        do throws(GitError) {
            try await mirror.fetch()
        } catch {
            if error.kind == .cancelled { throw CancellationError() }
            throw Trouble(
                description: "the submodule '\(shown(place))' (\(name)) cannot be fetched: \(error.message); "
                    + "submodules are fetched without credentials, so private ones cannot be")
        }
        guard await mirror.contains(commit: commit) else {
            throw Trouble(
                description: "the submodule '\(shown(place))': \(name) has no commit \(commit) on any branch or tag")
        }
        return mirror
    }

    /// What a repository says, on one line of a log.
    private func shown(_ text: String) -> String { PlainLine(text, limit: 200).description }
}
