import HTTPTypes
import Hummingbird
import Model
import Store

/// The page that shows what is new in a job's log since the last green one; and the same for programs.
struct LogComparisonPage: Sendable {
    var renderer: PageRenderer
    var gitHubURL: String
    var externalURL: String

    /// The job whose log is looked at.
    struct Subject: Sendable {
        var project: ProjectRecord
        var build: BuildRecord
        var job: JobRecord
    }

    /// What was found.
    struct Found: Sendable {
        /// The job that it is compared with.
        var other: PassedJob
        /// What was compared.
        var section: ComparisonFinder.Section
        /// Whether somebody chose the other build.
        var isNamed: Bool
        var comparison: LogComparison
    }

    /// The differences.
    func response(_ subject: Subject, _ found: Found, for viewer: Viewer) async throws -> Response {
        let comparison = found.comparison
        let other = BuildFacts(build: found.other.build, project: subject.project, gitHubURL: gitHubURL)
        let rows = ComparisonRows(
            log: logURL(subject.project, subject.build, subject.job),
            oldLog: logURL(subject.project, found.other.build, found.other.job), oldBuild: found.other.build.number)
        var values = values(subject)
        values["other"] = other.values
        values["otherLogURL"] = rows.oldLog
        values["otherKind"] = found.isNamed ? "the log of" : "the last green log,"
        values["compared"] = Self.name(found.section)
        values["summary"] = ComparisonWords.summary(comparison)
        values["notes"] = ComparisonWords.notes(comparison)
        values["hunks"] = rows.hunks(comparison)
        values["hasHunks"] = !comparison.hunks.isEmpty
        return await page(subject, values, for: viewer)
    }

    /// That there is nothing to compare with.
    func response(_ subject: Subject, _ nothing: ComparisonFinder.Nothing, for viewer: Viewer) async throws -> Response
    {
        var values = values(subject)
        values["nothing"] = "\(nothing.message) \(nothing.wayOut)"
        return await page(subject, values, for: viewer)
    }

    /// That it cannot be done now.
    func response(_ subject: Subject, _ problem: APIProblem, for viewer: Viewer) async -> Response {
        var answer = await renderer.page(
            "problem",
            Page(
                title: "In a moment",
                values: [
                    "heading": "In a moment", "explanation": "\(problem.message) \(problem.wayOut)",
                    "code": Int(problem.status.code),
                    "retryURL":
                        "\(jobURL(subject.project, subject.build, subject.job))/log/compare?attempt=\(subject.job.attempt)",
                    "retryText": "Try again",
                ]), for: viewer, status: problem.status)
        if let seconds = problem.retryAfter { answer.headers[.retryAfter] = String(seconds) }
        return answer
    }

    /// The differences, for programs.
    func document(_ subject: Subject, _ found: Found) -> LogComparisonDocument {
        let address = PageAddress(externalURL: externalURL, repository: subject.project.repository)
        return LogComparisonDocument(
            subject, found,
            page: "\(address.build(subject.build.number))/jobs/\(subject.job.hook)/log/compare"
                + "?attempt=\(subject.job.attempt)&with=\(found.other.build.number)")
    }

    private func page(_ subject: Subject, _ values: PageValues, for viewer: Viewer) async -> Response {
        let (project, build, job) = (subject.project, subject.build, subject.job)
        let mark = StateMark(job, of: build)
        let url = jobURL(project, build, job)
        return await renderer.page(
            "compare",
            Page(
                title: "What is new · \(job.title) #\(build.number) · \(project.repository)",
                path: "\(url)/log/compare",
                crumbs: ProjectLinks.crumbs(
                    project, Page.Link(text: "#\(build.number)", url: ProjectLinks.url(project, build: build.number)),
                    Page.Link(text: job.title, url: "\(url)?attempt=\(job.attempt)")),
                tabs: ProjectLinks.tabs(project, current: nil), mark: mark, showsLog: true, settles: true,
                values: values), for: viewer)
    }

    private func values(_ subject: Subject) -> PageValues {
        [
            "state": StateMark(subject.job, of: subject.build), "jobTitle": subject.job.title,
            "reason": JobRows.reason(subject.job, nil),
            "build": BuildFacts(build: subject.build, project: subject.project, gitHubURL: gitHubURL).values,
            "logURL": logURL(subject.project, subject.build, subject.job), "attempt": subject.job.attempt,
            "nothing": nil, "other": nil, "otherLogURL": nil, "otherKind": nil, "compared": nil, "summary": nil,
            "notes": [String](), "hunks": nil, "hasHunks": false,
        ]
    }

    private func jobURL(_ project: ProjectRecord, _ build: BuildRecord, _ job: JobRecord) -> String {
        "\(ProjectLinks.url(project, build: build.number))/jobs/\(job.hook)"
    }

    private func logURL(_ project: ProjectRecord, _ build: BuildRecord, _ job: JobRecord) -> String {
        "\(jobURL(project, build, job))?attempt=\(job.attempt)"
    }

    private static func name(_ section: ComparisonFinder.Section) -> String {
        switch section {
        case .build: "what the build script printed"
        case .install: "what the install script printed"
        case .prepare: "what came before the scripts"
        }
    }
}
