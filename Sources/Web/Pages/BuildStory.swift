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

    /// How far back it looks.
    private static let limit = 100

    /// `nil` for a build that did not fail, or that was of an old commit.
    init?(_ store: Store, _ build: BuildRecord, _ project: ProjectRecord) async throws {
        guard !build.isOffHead, build.state == .failure || build.state == .error else { return nil }
        var first = build
        var passed: BuildRecord?
        for past in try await store.verdicts(project.id, ref: build.ref, before: build.number, limit: Self.limit) {
            switch past.state {
            case .failure, .error: first = past
            case .success: passed = past
            case .queued, .running, .cancelled: continue
            }
            if passed != nil { break }
        }
        guard first.id != build.id || passed != nil else { return nil }
        self.project = project
        failed = build
        self.first = first
        self.passed = passed
    }

    /// The story of the default branch while it is red, whatever has begun since.
    static func main(_ store: Store, _ project: ProjectRecord) async throws -> BuildStory? {
        guard let ref = project.mainRef else { return nil }
        let verdict = try await store.verdicts(project.id, ref: ref, limit: limit).first { build in
            [.success, .failure, .error].contains(build.state)
        }
        guard let verdict, let standing = try await store.standings(of: [verdict]).first else { return nil }
        return try await BuildStory(store, standing.build, project)
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
