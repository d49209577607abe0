import HTTPTypes
import Hummingbird
import Model
import Store

/// `/`: is it green? `?q=` filters by name, `?sort=state` puts what failed first, `?page=` goes on.
struct ProjectsPage: Sendable {
    var overview: StoreCache<[ProjectOverview]>
    var lookup: PageLookup
    var renderer: PageRenderer
    var gitHubURL: String
    /// The page as others saw it a moment ago.
    private let cache = PageCache()

    private static let pageLength = 200

    func add(to router: Router<WebContext>) {
        router.get("/") { request, context in
            let viewer = context.viewer
            let (overviews, generation) = try await overview.valueWithGeneration()
            let trouble = await renderer.showsSyncTrouble(to: viewer)
            return try await cache.page("\(viewer.key) \(trouble) \(request.uri)", generation) {
                try await response(request, overviews, viewer)
            }
        }
    }

    private func response(
        _ request: Request, _ overviews: [ProjectOverview], _ viewer: Viewer
    ) async throws -> Response {
        let all = overviews.filter {
            $0.project.isActive && lookup.policy.mayRead($0.project, viewer)
        }
        let query = request.uri.queryParameters
        let filter = String(query["q"].map { Self.form($0) } ?? "").prefix(200)
        let byState = query["sort"] == "state"
        let key = filter.lowercased()
        var found = key.isEmpty ? all : all.filter { $0.project.repository.key.contains(key) }
        let last = max(1, (found.count + Self.pageLength - 1) / Self.pageLength)
        let number = min(max(1, query["page"].flatMap { Int($0) } ?? 1), last)
        if byState { found = Self.failingFirst(found) }
        let shown = found.dropFirst((number - 1) * Self.pageLength).prefix(Self.pageLength)
        let hasMore = number < last
        func address(sort: Bool, page: Int = 1) -> String {
            let parts = [
                filter.isEmpty ? nil : "q=\(ProjectLinks.encode(String(filter)))", sort ? "sort=state" : nil,
                page > 1 ? "page=\(page)" : nil,
            ]
            return "/?" + parts.compactMap { $0 }.joined(separator: "&")
        }
        return await renderer.page(
            "projects",
            Page(
                title: Self.title(all), path: "/", description: Self.description(all), mark: Self.worst(all),
                values: [
                    "isEmpty": all.isEmpty, "hasProjects": !all.isEmpty, "filter": String(filter),
                    "byState": byState, "nameURL": address(sort: false), "stateURL": address(sort: true),
                    "nothingFound": !all.isEmpty && shown.isEmpty, "counts": Self.counts(all),
                    "groups": byState ? [group(nil, Array(shown))] : groups(Array(shown)),
                    "moreURL": hasMore ? address(sort: byState, page: number + 1) : nil,
                ]), for: viewer)
    }

    /// Forms write a space as `+`.
    private static func form(_ text: Substring) -> String { String(text).replacing("+", with: " ") }

    private func groups(_ overviews: [ProjectOverview]) -> [PageValues] {
        var groups: [(owner: String, members: [ProjectOverview])] = []
        for overview in overviews {
            let owner = overview.project.repository.owner
            if groups.last?.owner.lowercased() == owner.lowercased() {
                groups[groups.count - 1].members.append(overview)
            } else {
                groups.append((owner, [overview]))
            }
        }
        return groups.map { group(groups.count > 1 ? $0.owner : nil, $0.members) }
    }

    private func group(_ owner: String?, _ overviews: [ProjectOverview]) -> PageValues {
        ["owner": owner, "projects": overviews.map(row)]
    }

    private func row(_ overview: ProjectOverview) -> PageValues {
        let project = overview.project
        return [
            "owner": project.repository.owner, "name": project.repository.name, "url": ProjectLinks.url(project),
            "state": StateMark(refOf: overview.latest), "older": StandingValues.older(overview.latest, of: project),
            "bars": Sparkline.html(overview),
            "latest": overview.latest.map { BuildFacts(build: $0, project: project, gitHubURL: gitHubURL).values },
            "red": Self.redMain(overview).map { verdict -> PageValues in
                ["ref": project.defaultBranch, "url": ProjectLinks.url(project, build: verdict.number)]
            },
        ]
    }

    /// The latest verdict on the default branch, if that is red and another one than the build that the row tells of.
    private static func redMain(_ overview: ProjectOverview) -> RefStanding? {
        overview.mainVerdict.flatMap { $0.isRed && $0.latest != overview.latest?.number ? $0 : nil }
    }

    private static func counts(_ all: [ProjectOverview]) -> [PageValues] {
        let states = all.map { StateMark(refOf: $0.latest) }
        let names = ["failure", "error", "running", "queued", "waiting", "success", "cancelled", "unknown"]
        return names.compactMap { name in
            guard let mark = states.first(where: { $0.name == name }) else { return nil }
            return ["state": mark, "count": states.count { $0.name == name }, "text": mark.word.lowercased()]
        }
    }

    /// `2 failed, 1 error · Projects`: a tab in the background shows nothing else.
    private static func title(_ all: [ProjectOverview]) -> String {
        let bad: [(BuildState, String)] = [(.failure, "failed"), (.error, "error")]
        let counts = bad.compactMap { state, word -> String? in
            let count = all.count { $0.latest?.standing.state == state }
            return count == 0 ? nil : "\(count) \(word)"
        }
        return counts.isEmpty ? "Projects" : "\(counts.joined(separator: ", ")) · Projects"
    }

    /// For whoever was sent the address; of what the viewer may see, as all the rest.
    private static func description(_ all: [ProjectOverview]) -> String {
        let states = all.map { StateMark(refOf: $0.latest).word.lowercased() }
        let counts = Dictionary(grouping: states) { $0 }.map { "\($1.count) \($0)" }.sorted()
        return "\(Count.text(all.count, "project"))\(counts.isEmpty ? "" : ": \(counts.joined(separator: ", "))")"
    }

    private static func worst(_ all: [ProjectOverview]) -> StateMark? {
        all.min { rank($0) < rank($1) }.map { StateMark(refOf: $0.latest) }
    }

    private static func failingFirst(_ all: [ProjectOverview]) -> [ProjectOverview] {
        all.sorted { (rank($0), $0.project.repository) < (rank($1), $1.project.repository) }
    }

    private static func rank(_ overview: ProjectOverview) -> Int {
        switch overview.latest?.standing.state {
        case .failure: 0
        case .error: 1
        case .running: 2
        case .queued: 3
        case .cancelled: 4
        case .success: 5
        case nil: 6
        }
    }
}
