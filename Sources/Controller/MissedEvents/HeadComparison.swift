import Git
import GitHub
import Logging
import Model
import Store

/// Compares a project's branches, tags and open pull requests with its builds.
struct HeadComparison: Sendable {
    let store: Store
    let client: GitHubClient
    let mirrors: ProjectMirrors
    let configuration: ControllerConfiguration
    let logger: Logger
    private let noticed = NoticedHeads()

    init(
        configuration: ControllerConfiguration, store: Store, client: GitHubClient, mirrors: ProjectMirrors,
        logger: Logger
    ) {
        self.configuration = configuration
        self.store = store
        self.client = client
        self.mirrors = mirrors
        self.logger = logger
    }

    /// Looks at every head that is not what it was at the last look, and builds those that nobody announced. One that is
    /// what it was may have been something else meanwhile, which ended its jobs. What is gone ends its jobs.
    ///
    /// - Returns: whether there are heads whose webhooks may still be under way: another look is worthwhile soon.
    func compare(_ project: ProjectRecord) async throws -> Bool {
        let mark = try await store.eventMark(project.id)
        let references = try await heads(of: project.repository)
        let heads = references.heads
        guard let seen = try await store.seenHeads(project.id) else {
            let unfinished = try await UnfinishedHeads(
                client: client, store: store, externalURL: configuration.externalURL
            ).find(project, heads, main: references.main)
            // What is not remembered looks changed at the next look, and is built then.
            try await store.saveHeads(project.id, seen: heads.filter { !unfinished.contains($0.key) })
            return !unfinished.isEmpty
        }
        let overtaken = try await store.overtakenHeads(project.id)
        let changed = heads.filter { seen[$0.key] != $0.value || overtaken.contains($0.key) }
        let gone = seen.keys.filter { heads[$0] == nil }.sorted()
        guard !changed.isEmpty || !gone.isEmpty else { return false }
        var source = HeadEvents(project: project, client: client, mirrors: mirrors)
        var settled: [String: String] = [:]
        var open: [String: String] = [:]
        for (ref, target) in changed.sorted(by: { $0.key < $1.key }) {
            let head = HeadEvents.Head(ref: GitRef(ref), target: target, last: seen[ref])
            if let lack = try await settle(head, among: heads, project, &source, seen: mark) {
                open[ref] = lack
            } else {
                settled[ref] = target
            }
        }
        var forgotten: [String] = []
        for ref in gone where try await isOver(GitRef(ref), project, seen: mark) { forgotten.append(ref) }
        if !settled.isEmpty || !forgotten.isEmpty {
            try await store.saveHeads(project.id, seen: settled, gone: forgotten)
        }
        for ref in gone where !forgotten.contains(ref) { open[ref] = Self.goneTarget }
        noticed.keep(project.id, open)
        return !open.isEmpty
    }

    /// What a ref that is gone leads to.
    private static let goneTarget = "nothing"

    /// Ends the jobs of a branch or tag that is gone, as its deletion's webhook would have done. Answers whether nothing
    /// remains to be done.
    ///
    /// - Parameter mark: of a moment before it was looked for: a push that brought it back since is not ended.
    private func isOver(_ ref: GitRef, _ project: ProjectRecord, seen mark: EventMark) async throws -> Bool {
        switch ref.kind {
        case .branch, .tag: break
        case .pullRequest, .other: return true
        }
        guard try await store.hasOpenBuilds(project.id, ref: ref) else { return true }
        guard noticed.age(project.id, ref.description, Self.goneTarget) >= configuration.missedEvents.patience,
            try await !store.hasPendingDeliveries(project.repository)
        else { return false }
        let count = try await store.cancelBuilds(
            BuildCancellation(
                projectID: project.id, .ref(ref), happenedAt: mark.eventAt,
                reason: "the \(ref.kindName) \(ref.shortName) was deleted"))
        if count > 0 {
            logger.notice(
                "a deletion's webhook was missed; found by comparing heads",
                metadata: ["project": "\(project.repository)", "ref": "\(ref)", "jobs": "\(count)"])
        }
        return true
    }

    /// The refs that hooks can ask for, with what they lead to.
    private func heads(of repository: RepositoryName) async throws -> (heads: [String: String], main: String?) {
        let references = try await mirrors.references(repository)
        let pairs = references.compactMap { reference -> (String, String)? in
            if case .other = GitRef(reference.name).kind { return nil }
            return (reference.name, reference.target)
        }
        let main = references.first { $0.name == "HEAD" }?.symbolicTarget
        return (Dictionary(pairs) { first, _ in first }, main)
    }

    /// Answers what the head still lacks, which a webhook may bring; `nil` when nothing remains to be done about it.
    private func settle(
        _ head: HeadEvents.Head, among heads: [String: String], _ project: ProjectRecord, _ source: inout HeadEvents,
        seen mark: EventMark
    ) async throws -> String? {
        guard let outline = try await source.outline(head) else { return nil }
        // A pull request's ref may lag behind its branch: each would end the jobs of the other one's commit in turn.
        guard outline.ref == head.ref || heads[outline.ref.description] == outline.commit else { return nil }
        let triggered = Triggered(event: outline, project: project, pages: configuration.pages(project.repository))
        let hooks = triggered.concerned
        guard !hooks.isEmpty else { return nil }
        let missing = try await store.missingJobs(
            project.id, ref: outline.ref, commit: outline.commit, hooks: head.isUnchanged ? [] : hooks)
        let overtaken = try await store.overtakenJobs(
            project.id, ref: outline.ref, commit: outline.commit, hooks: triggered.running, seen: mark)
        guard !missing.isEmpty || !overtaken.isEmpty else { return nil }
        // With the jobs, because an event of after the ref was read may have ended them: then the next look finds the ref
        // elsewhere.
        let lack = ([head.target] + overtaken.keys.sorted().map(String.init)).joined(separator: " ")
        guard noticed.age(project.id, head.ref.description, lack) >= configuration.missedEvents.patience,
            try await !store.hasPendingDeliveries(project.repository)
        else { return lack }
        let decision = try await decide(try await source.complete(outline), project)
        guard var build = decision.build else { return nil }
        build.seen = mark
        build.bringBack(overtaken, isAll: head.isUnchanged)
        let again = Set(overtaken.values).sorted().map(\.description).joined(separator: ", ")
        let sentence =
            "found by comparing heads: GitHub's webhook did not arrive. "
            + (again.isEmpty ? "" : "Runs again what had been ended: \(again). ") + decision.sentence
        if let made = try await store.createFoundBuild(
            build, decision: sentence, explanation: decision.explanation)
        {
            logger.notice(
                "a webhook was missed; found by comparing heads",
                metadata: [
                    "project": "\(project.repository)", "ref": "\(made.ref)", "commit": "\(made.commit)",
                    "number": "\(made.number)",
                ])
        }
        return nil
    }

    /// The rules of a delivery's event, those about paths included: what GitHub would have announced is decided in the
    /// same way.
    private func decide(_ event: TriggerEvent, _ project: ProjectRecord) async throws -> DeliveryDecider.Decision {
        let pulls = try await store.openPullRequests(of: event, in: project.id)
        switch DeliveryDecider(configuration: configuration).decide(event, project: project, pulls: pulls) {
        case .decided(let decision): return decision
        case .needsPaths(let triggered):
            return triggered.decision(try await PathFinder(mirrors: mirrors).changes(for: triggered))
        }
    }
}
