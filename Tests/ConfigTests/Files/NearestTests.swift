import Model
import Testing

@testable import Config

/// What a hook says is what it runs with, and not only what is shown.
@Suite("A hook's own forks, statuses and drift")
struct NearestTests {
    private static let project = """
        repository: acme/widget
        fork_pull_requests: always
        status: jobs
        hooks:
          guarded:
            image: debian
            fork_pull_requests: never
            status: both
            drift: report
            bisect: auto
            build_script: "#!/bin/sh"
          open:
            image: debian
            build_script: "#!/bin/sh"
        """

    @Test("The nearest wins, and is what is explained")
    func nearest() throws {
        let files = ["projects/w.yaml": Self.project]
        #expect(Admin.project(Self.project) == [])
        let project = try #require(Admin.read(files).desired.projects.first)
        let (guarded, open) = (project.hooks[0].settings, project.hooks[1].settings)
        #expect(guarded.forkPullRequests == .never && guarded.status == .both && guarded.drift == .report)
        #expect(open.forkPullRequests == .always && open.status == .jobs && open.drift == .heal)
        #expect(guarded.bisect == .auto && open.bisect == .never)
        #expect(project.settings == open)

        let explainer = ConfigExplainer(ConfigSource(files: files.mapValues { Array($0.utf8) }))
        let explained = explainer.projectValues(file: "projects/w.yaml")
        func words(_ path: String) -> String? {
            explained.first { $0.path == path }.map { "\($0.value ?? "-") \($0.level.rawValue)" }
        }
        #expect(words("hooks.guarded.fork_pull_requests") == "never hook")
        #expect(words("hooks.open.fork_pull_requests") == "always project")
        #expect(words("hooks.guarded.bisect") == "auto hook")
        // A sentence about the rule leads to it.
        #expect(project.hooks[0].origin?.line(of: "fork_pull_requests") == 7)
    }
}
