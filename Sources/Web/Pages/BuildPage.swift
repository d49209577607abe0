import Foundation
import Hummingbird
import Model
import Store

/// `…/builds/<number>`: what broke? The failed job comes first, with the end of its log in place.
struct BuildPage: Sendable {
    var store: Store
    var lookup: PageLookup
    var renderer: PageRenderer
    var logs: LogExcerpts
    var gitHubURL: String
    var links: AdminLinks

    func add(to router: Router<WebContext>) {
        router.get("{owner}/{repo}/builds/{number}") { _, context in
            let project = try await lookup.project(context)
            return try await response(
                try await lookup.build(context, of: project), of: project, tab: nil, for: context.viewer)
        }
    }

    /// - Parameter tab: the tab that the page stands for.
    func response(
        _ build: BuildRecord, of project: ProjectRecord, tab: ProjectLinks.Tab?, for viewer: Viewer
    ) async throws -> Response {
        let facts = BuildFacts(build: build, project: project, gitHubURL: gitHubURL)
        let mark = StateMark(build)
        let jobs = try await store.jobs(build.id).sorted(by: Self.isMoreInteresting)
        let places = try await store.queuePlaces(jobs.filter { $0.state == .queued }.map(\.id))
        let rows = JobRows(build: build, url: facts.url, logs: logs, places: places)
        var jobValues: [PageValues] = []
        for job in jobs { jobValues.append(try await rows.values(job)) }
        let story = try await BuildStory(store, build, project)
        let siblings = try await store.siblings(of: build)
        var values: PageValues = [
            "body": facts.body, "created": Moment.html(build.createdAt),
            "configCommit": String(build.configCommit.prefix(7)), "configURL": links.commit(build.configCommit),
            "jobs": jobValues,
            "story": story?.values(gitHubURL), "redMain": try await redMain(tab, build, project),
            "hasSiblings": !siblings.isEmpty, "siblings": siblings.map { sibling(project, $0) },
            "usually": mark.isOpen ? try await usually(build) : nil,
            "successor": build.successor(jobs).map { Self.successor(project, $0) },
            "isRetired": !project.isActive, "isUntrusted": !build.trusted,
        ]
        values.merge(facts.values)
        values["avatarURL"] = try await store.avatarURLs([build], of: project)[build.id]
        let mayAct = lookup.policy.mayManage(project, viewer) && project.isActive
        let canRerun = !mark.isOpen && jobs.contains { [.failure, .error, .cancelled].contains($0.state) }
        values["rerunURL"] = mayAct && canRerun ? "\(facts.url)/rerun" : nil
        values["rerunText"] = "Rerun what failed"
        values["approveURL"] = mayAct && build.awaitsApproval ? "\(facts.url)/approve" : nil
        values["approveCommit"] = build.commit
        values["awaitsApproval"] = build.awaitsApproval
        let held = jobs.filter { $0.awaitsApproval(in: build) }
        values["heldJobs"] =
            held.count == jobs.count
            ? nil : held.map(\.title).joined(separator: ", ") + (held.count == 1 ? " waits" : " wait")
        values["approvedBy"] = build.approvedBy
        values["cancelURL"] = mayAct && mark.isOpen ? "\(facts.url)/cancel" : nil
        let link = Page.Link(text: "#\(build.number)", url: facts.url)
        return await renderer.page(
            "build",
            Page(
                title: "\(mark.word) · #\(build.number) \(facts.subject) · \(project.repository)",
                path: tab == nil ? facts.url : ProjectLinks.url(project),
                description: facts.sentence,
                crumbs: ProjectLinks.crumbs(project, link), tabs: ProjectLinks.tabs(project, current: tab),
                mark: mark, showsLog: true, settles: tab == nil, values: values), for: viewer)
    }

    /// The link to the build that took another one's place.
    static func successor(_ project: ProjectRecord, _ number: Int) -> PageValues {
        ["number": number, "url": ProjectLinks.url(project, build: number)]
    }

    private func sibling(_ project: ProjectRecord, _ build: BuildRecord) -> PageValues {
        [
            "ref": build.ref.shortName, "state": StateMark(build), "number": build.number,
            "url": ProjectLinks.url(project, build: build.number),
        ]
    }

    /// On the page that stands for the project: the default branch is red, and it is not this build that says so.
    private func redMain(
        _ tab: ProjectLinks.Tab?, _ build: BuildRecord, _ project: ProjectRecord
    ) async throws -> PageValues? {
        guard tab == .latest, let story = try await BuildStory.main(store, project), !story.isAbout(build) else {
            return nil
        }
        return story.banner(gitHubURL)
    }

    /// The middle one of the durations of the last successful builds.
    private func usually(_ build: BuildRecord) async throws -> String? {
        let seconds = try await store.builds(build.projectID, limit: 30)
            .compactMap { past -> TimeInterval? in
                guard past.state == .success, let start = past.startedAt, let end = past.finishedAt else { return nil }
                return end.timeIntervalSince(start)
            }
            .prefix(9).sorted()
        return seconds.isEmpty ? nil : Moment.text(seconds[seconds.count / 2])
    }

    /// Failures first, then what still runs, then the rest, each by name.
    private static func isMoreInteresting(_ left: JobRecord, _ right: JobRecord) -> Bool {
        func rank(_ state: JobState) -> Int {
            switch state {
            case .failure: 0
            case .error: 1
            case .running: 2
            case .queued: 3
            case .cancelled: 4
            case .success, .skipped: 5
            }
        }
        return (rank(left.state), left.hook) < (rank(right.state), right.hook)
    }
}
