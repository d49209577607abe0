import Model
import Store

/// Since when a ref has been red, and between which two commits it became so.
struct BuildStory {
    private let project: ProjectRecord
    private let failed: BuildRecord
    /// The first one of the failed builds in a row.
    let first: BuildRecord
    /// The last one before them that passed.
    let passed: BuildRecord?

    /// `nil` for a build that did not fail, or that was of an old commit.
    init?(_ store: Store, _ build: BuildRecord, _ project: ProjectRecord) async throws {
        guard !build.isOffHead, build.state == .failure || build.state == .error else { return nil }
        try await self.init(store, saidBy: build, project)
    }

    private init?(_ store: Store, saidBy build: BuildRecord, _ project: ProjectRecord) async throws {
        let stretch = try await store.redStretch(endingWith: build)
        guard stretch.first.id != build.id || stretch.passed != nil else { return nil }
        self.project = project
        failed = build
        first = stretch.first
        passed = stretch.passed
    }

    /// The story of the default branch while it is red, whatever has begun since.
    static func main(_ store: Store, _ project: ProjectRecord) async throws -> BuildStory? {
        guard let ref = project.mainRef else { return nil }
        guard let verdict = try await store.newestVerdict(project.id, ref: ref), verdict.standing.isRed,
            let said = verdict.older == nil
                ? verdict : try await store.build(project.id, number: verdict.standing.number)
        else { return nil }
        return try await BuildStory(store, saidBy: said, project)
    }

    /// Whether this build is the one that it tells of.
    func isAbout(_ build: BuildRecord) -> Bool { failed.id == build.id }

    /// The same with the first red build even if it is the last one, too.
    func banner(_ gitHubURL: String) -> PageValues {
        var values = values(gitHubURL)
        values["first"] = BuildFacts(build: first, project: project, gitHubURL: gitHubURL).values
        return values
    }

    func values(_ gitHubURL: String) -> PageValues {
        [
            "ref": failed.ref.shortName,
            "first": first.id == failed.id
                ? nil : BuildFacts(build: first, project: project, gitHubURL: gitHubURL).values,
            "passed": passed.map { BuildFacts(build: $0, project: project, gitHubURL: gitHubURL).values },
            "compareURL": passed.map { "\(gitHubURL)/\(project.repository)/compare/\($0.commit)...\(first.commit)" },
        ]
    }
}
