import Git
import Model

/// Finds out which branch or tag somebody means, and which commit of it.
///
/// The mirror holds the heads of pull requests too, strangers' among them, and what is built by hand sees secrets: so a
/// commit counts only when one of the repository's own branches or tags leads to it.
struct RefFinder: Sendable {
    /// What a name stands for.
    struct Found: Sendable, Hashable {
        /// A branch or a tag.
        var ref: GitRef
        /// Its head, or a commit in its history.
        var commit: String
        /// Whether it is one in its history.
        var isOffHead = false
    }

    var repository: RepositoryName
    var mirror: GitMirror
    /// In how many branches and tags a commit is looked for.
    var mostRefs = 200
    /// For how long: a comparison in a large history takes a second.
    var patience: Duration = .seconds(20)

    /// A branch, else a tag, else a commit of that name.
    ///
    /// - Parameters:
    ///   - name: as people write it, or a full name.
    ///   - main: the default branch, in which a commit is looked for first.
    /// - Throws: `ManualTriggerProblem`, `GitError`.
    func find(_ name: String, main: GitRef?) async throws -> Found {
        let references = try await mirror.references()
        let targets = Dictionary(references.map { ($0.name, $0.target) }) { first, _ in first }
        let isFull = name.hasPrefix("refs/")
        if isFull, !Self.isOwn(name) {
            guard case .pullRequest = GitRef(name).kind else { throw unknown(name) }
            throw untrusted("\(name) is a pull request's.")
        }
        // Looked up by its whole name, because git reads more than names: `main~3`, `main:path`, `@{yesterday}`.
        for full in isFull ? [name] : ["refs/heads/\(name)", "refs/tags/\(name)"] {
            guard let target = targets[full] else { continue }
            guard let commit = try await mirror.resolve(target) else {
                throw ManualTriggerProblem(
                    .unknownRef, "\(full) leads to no commit.", wayOut: "Name a branch, or a tag of a commit.")
            }
            return Found(ref: GitRef(full), commit: commit)
        }
        if name.hasPrefix("#"), Int(name.dropFirst()) != nil { throw untrusted("\(name) is a pull request.") }
        guard let commit = try await commit(name) else { throw unknown(name) }
        return try await holder(of: commit, in: references, main: main)
    }

    private static func isOwn(_ name: String) -> Bool { name.hasPrefix("refs/heads/") || name.hasPrefix("refs/tags/") }

    /// The commit with an id that begins so.
    private func commit(_ name: String) async throws -> String? {
        guard (7...40).contains(name.utf8.count), name.allSatisfy({ $0.isASCII && $0.isHexDigit }) else { return nil }
        do {
            return try await mirror.resolve(name.lowercased())
        } catch {
            // Several objects begin so.
            guard error.kind == .invalid || error.kind == .other else { throw error }
            return nil
        }
    }

    /// The branch or tag whose build it is: the default branch if the commit is in it, else one whose head it is, else one
    /// that holds it.
    private func holder(of commit: String, in references: [GitReference], main: GitRef?) async throws -> Found {
        // Branches stand before tags.
        let own = references.filter { Self.isOwn($0.name) }
        let first = own.filter { $0.name == main?.description }
        let heads = own.filter { $0.target == commit }
        let deadline = ContinuousClock.now + patience
        var looked = 0
        for reference in first + heads + own {
            guard looked < mostRefs, .now < deadline else {
                throw ManualTriggerProblem(
                    .unknownRef, "The commit \(commit) is in none of the \(looked) branches and tags that were tried.",
                    wayOut: "Name the branch that it is the head of.")
            }
            looked += 1
            guard let tip = try await mirror.resolve(reference.target) else { continue }
            if try await mirror.mergeBase(tip, commit) == commit {
                return Found(ref: GitRef(reference.name), commit: commit, isOffHead: tip != commit)
            }
        }
        throw untrusted("The commit \(commit) is in no branch or tag of \(repository).")
    }

    private func unknown(_ name: String) -> ManualTriggerProblem {
        ManualTriggerProblem(
            .unknownRef, "\(repository) has no branch, tag or commit '\(name)'.",
            wayOut: "Push it first, or name another one; of a commit give at least 7 digits.")
    }

    private func untrusted(_ message: String) -> ManualTriggerProblem {
        ManualTriggerProblem(
            .untrustedRef, "\(message) What is built by hand sees secrets, so it has to be the repository's own.",
            wayOut: "Rerun or approve the pull request's build, or push its commit to a branch.")
    }
}
