import Foundation
import Git
import GitHub
import Model
import Store

/// The events that GitHub would have sent for heads, made from the repository and the list of pull requests.
struct HeadEvents {
    /// A ref that leads somewhere else than at the last look, or whose commit has lost its jobs.
    struct Head {
        var ref: GitRef
        /// A commit, or a tag object.
        var target: String
        /// What it was then.
        var last: String?

        /// What it was before: that it is the same as then leaves out what happened meanwhile.
        var before: String? { isUnchanged ? nil : last }
        var isUnchanged: Bool { last == target }
    }

    let project: ProjectRecord
    let client: GitHubClient
    let mirrors: ProjectMirrors
    /// Read at the first pull request: many projects have none that changed.
    private var pulls: [Int: GitHubPullRequest]?

    init(project: ProjectRecord, client: GitHubClient, mirrors: ProjectMirrors) {
        self.project = project
        self.client = client
        self.mirrors = mirrors
    }

    /// The event as far as the hooks' rules look at it; `nil` when there is nothing to build.
    mutating func outline(_ head: Head) async throws -> TriggerEvent? {
        switch head.ref.kind {
        case .branch:
            return TriggerEvent(kind: .push, ref: head.ref, commit: head.target, before: head.before)
        case .tag:
            guard project.config.hooks.contains(where: { !($0.triggers.push?.tags ?? []).isEmpty }) else { return nil }
            // Fetched for the commit's sake: an annotated tag leads to an object of its own.
            guard let commit = try await mirror(with: head.target).resolve(head.target) else { return nil }
            return TriggerEvent(kind: .push, ref: head.ref, commit: commit)
        case .pullRequest(let number):
            guard project.config.hooks.contains(where: { $0.triggers.pullRequest != nil }),
                let pull = try await openPulls()[number]
            else { return nil }
            return Self.event(pull, head)
        case .other: return nil
        }
    }

    /// The event with the texts that skip words are looked for in.
    func complete(_ outline: TriggerEvent) async throws -> TriggerEvent {
        guard outline.kind == .push else { return outline }
        let commit = try await mirrors.mirror(project.repository, with: outline.commit, outline.ref)
            .commit(outline.commit)
        var event = outline
        event.message = String(commit.message.prefix(Self.maximumMessage))
        event.authorName = String(commit.author.name.prefix(200))
        event.authorEmail = String(commit.author.email.prefix(200))
        return event
    }

    private static let maximumMessage = 8000

    private mutating func openPulls() async throws -> [Int: GitHubPullRequest] {
        if let pulls { return pulls }
        let list = try await client.pulls("\(project.repository)")
        let found = Dictionary(list.map { ($0.number, $0) }) { first, _ in first }
        pulls = found
        return found
    }

    /// The ref says which commit it is: the list may be a moment older or younger.
    private static func event(_ pull: GitHubPullRequest, _ head: Head) -> TriggerEvent {
        let texts = [pull.title, pull.body ?? ""].filter { !$0.isEmpty }
        let author = pull.user?.login ?? "ghost"
        return TriggerEvent(
            kind: .pullRequest, ref: pull.isFromFork ? .pullRequest(pull.number) : .branch(pull.head.ref),
            commit: head.target, message: String(texts.joined(separator: "\n\n").prefix(maximumMessage)),
            authorName: author, authorLogin: pull.user.flatMap { AccountName($0.login) }, sender: author,
            pullRequest: pull.number, baseBranch: pull.base.ref,
            before: head.before,
            happenedAt: pull.updatedAt.map { Int64($0.timeIntervalSince1970) }, fromFork: pull.isFromFork)
    }

    private func mirror(with object: String) async throws -> GitMirror {
        let mirror = await mirrors.mirror(project.repository)
        // A mirror that does not exist yet cannot be asked.
        if let commit = try? await mirror.resolve(object), await mirror.contains(commit: commit) { return mirror }
        try await mirrors.fetch(project.repository)
        return mirror
    }
}
