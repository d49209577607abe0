import Hummingbird
import Model
import Store

/// `…/branches`: where? The latest build of each branch and tag, and the open pull requests.
struct BranchesPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var gitHubURL: String
    /// Makes a build by hand; without it there is no form for that.
    var startBuild: (@Sendable (ManualTrigger, ProjectRecord) async throws -> BuildRecord)?

    /// More of either are left to the history.
    private static let limit = 200

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/branches") { _, context in
            try await response(try await lookup.project(context), for: context.viewer)
        }
        addRunForm(to: router)
    }

    /// - Parameter refused: what somebody asked to run, and why it does not.
    func response(
        _ project: ProjectRecord, for viewer: Viewer, refused: RefusedRun? = nil
    ) async throws -> Response {
        let refs = try await store.refOverview(project.id, limit: Self.limit)
        let pulls = try await store.openPullRequests(project.id, limit: Self.limit)
        let there = refs.filter(\.exists)
        let groups = [
            group("Branches", there.filter { Self.name($0, isTag: false) != nil }, project),
            group("Tags", there.filter { Self.name($0, isTag: true) != nil }, project),
        ].compactMap(\.self)
        let isCut = refs.count == Self.limit || pulls.count == Self.limit
        var values: PageValues = [
            "redMain": try await BuildStory.main(store, project)?.banner(gitHubURL),
            "isEmpty": groups.isEmpty && pulls.isEmpty, "hasPulls": !pulls.isEmpty,
            "pulls": pulls.map { self.values($0, project) }, "groups": groups,
            "more": isCut ? "These are the newest \(Self.limit); the history has the others." : nil,
        ]
        values.merge(runValues(project, viewer, refused))
        return await renderer.page(
            "branches",
            Page(
                title: "Branches and pull requests of \(project.repository)",
                crumbs: ProjectLinks.crumbs(
                    project, Page.Link(text: "branches", url: "\(ProjectLinks.url(project))/branches")),
                tabs: ProjectLinks.tabs(project, current: .branches),
                mark: refs.first { $0.latest.ref == project.mainRef }.map { StateMark($0.latest.standing.state) },
                // What says why nothing was started stands at the address of the history.
                refreshURL: refused == nil ? nil : "\(ProjectLinks.url(project))/branches",
                values: values), for: viewer, status: refused?.status ?? .ok)
    }

    private func group(_ heading: String, _ refs: [RefOverview], _ project: ProjectRecord) -> PageValues? {
        guard !refs.isEmpty else { return nil }
        let main = project.mainRef
        // The default branch is what everybody asks for.
        let sorted = refs.filter { $0.latest.ref == main } + refs.filter { $0.latest.ref != main }
        return [
            "heading": heading,
            "refs": sorted.map { overview -> PageValues in
                let build = overview.latest
                var values = BuildFacts(build: build, project: project, gitHubURL: gitHubURL).values
                values["latestURL"] = "\(ProjectLinks.url(project))?ref=\(ProjectLinks.query(build.ref))"
                values["isDefault"] = build.ref == main
                if let standing = build.older {
                    // The build that says how the branch is.
                    values["state"] = StateMark(standing.state)
                    values["number"] = standing.number
                    values["url"] = ProjectLinks.url(project, build: standing.number)
                }
                return values
            },
        ]
    }

    private func values(_ pull: PullRequestOverview, _ project: ProjectRecord) -> PageValues {
        let page = "\(gitHubURL)/\(project.repository)/pull/\(pull.number)"
        return [
            "state": StateMark(refOf: pull.latest), "older": StandingValues.older(pull.latest, of: project),
            "pull": pull.number,
            "title": pull.title.isEmpty ? "(no title)" : pull.title, "login": pull.author, "base": pull.base,
            "opened": Moment.html(pull.openedAt), "ref": pull.ref.shortName,
            "refURL": ProjectLinks.history(project, of: pull.ref), "gitHubURL": page,
            "pageURL": pull.latest.map { ProjectLinks.url(project, build: $0.number) } ?? page,
            "latest": pull.latest.map { BuildFacts(build: $0, project: project, gitHubURL: gitHubURL).values },
        ]
    }

    private static func name(_ overview: RefOverview, isTag: Bool) -> String? {
        switch overview.latest.ref.kind {
        case .branch(let name): isTag ? nil : name
        case .tag(let name): isTag ? name : nil
        case .pullRequest, .other: nil
        }
    }
}

extension ProjectRecord {
    /// The default branch's ref, once GitHub said which one that is.
    var mainRef: GitRef? { defaultBranch.map { .branch($0) } }
}
