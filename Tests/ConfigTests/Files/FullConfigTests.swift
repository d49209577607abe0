import Model
import Testing

@testable import Config

@Suite("Every key has its value")
struct FullConfigTests {
    static let settings = """
        version: 1
        defaults:
          timeout: 30m
          stall_timeout: 10m
          cancel_grace: 5s
          resources: {cpus: 1.5, memory: 1GiB, pids: 512}
          cached_images: 4
          status: both
          drift: report
          fork_pull_requests: never
          log_limit: 512MiB
          pull: 2h
          bisect: auto
        prune: {max_fraction: 0.5}
        retention: {days: 30, builds: 100, keep_last_success: false}
        notify: {email: {on: [failure, fixed], to: [author, team@example.org]}}
        allowed_images: [kozmic/*, 'debian:*']
        allowed_signers: ['ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIACNaAp+s839yU+0MtJaXahUWqQj9fQ6Lp/nu18AuejC octocat']

        """

    static let project = """
        repository: acme/widget
        owner: octocat
        permissions:
          authoritative: true
          collaborators: {hubot: push, Mona: admin}
          teams: {core: maintain}
        deploy_key: always
        notify: {email: {to: [ops@example.org]}}
        timeout: 40m
        hooks:
          tests:
            title: Tests (Debian, Python 3)
            on:
              push: {branches: [main, 'release/*'], tags: ['v*']}
              pull_request: {branches: [main]}
              schedule: '0 4 * * *'
            paths: [src/**, tests/**]
            image: kozmic/debian:bookworm
            user: 1000
            install_script: |
              #!/bin/bash
              set -e
            tracked_files: [./requirements.txt, a//b/, requirements.txt]
            build_script: {file: scripts/test.sh}
            env: {LANG: C.UTF-8, N: 012, YES: true}
            secrets: {PYPI_TOKEN: 'SEALED'}
            concurrency: {group: deploy, limit: 2, on_new: cancel}
            timeout: 20m
            refresh: 14d
            reuse: tree
            keep_failed: 1h
            submodules: true
            sudo: false
            standby: never
            resources: {memory: 3GiB}

        """

    static func files() throws -> [String: String] {
        [
            "kozmic.yaml": settings,
            "projects/acme/widget.yml": project.replacing("SEALED", with: try Admin.sealed("PYPI_TOKEN")),
            "scripts/test.sh": "#!/bin/sh\ntrue\n",
        ]
    }

    @Test("Of a hook")
    func hook() throws {
        let result = try Admin.read(Self.files())
        #expect(!result.hasErrors, "\(result.diagnostics)")
        let project = try #require(result.desired.projects.first)
        #expect(project.file == "projects/acme/widget.yml" && project.owner == "octocat")
        #expect(project.permissions.authoritative && project.permissions.teams == ["core": .maintain])
        #expect(project.permissions.collaborators == ["hubot": .push, "Mona": .admin])
        #expect(project.deployKey == .always && project.settings.timeoutSeconds == 2400)
        #expect(project.mail == MailRules(on: [.failure, .fixed], to: ["ops@example.org"]))

        let hook = try #require(project.hooks.first)
        var expected = Hook(
            id: try #require(HookID("tests")), title: "Tests (Debian, Python 3)",
            triggers: Triggers(
                push: .init(branches: ["main", "release/*"], tags: ["v*"]), pullRequest: .init(branches: ["main"]),
                schedule: "0 4 * * *"),
            image: "kozmic/debian:bookworm", buildScript: "#!/bin/sh\ntrue\n")
        expected.paths = ["src/**", "tests/**"]
        expected.user = "1000"
        expected.installScript = "#!/bin/bash\nset -e\n"
        expected.trackedFiles = ["a/b", "requirements.txt"]
        expected.environment = ["LANG": "C.UTF-8", "N": "012", "YES": "true"]
        expected.secrets = ["PYPI_TOKEN": try Admin.sealed("PYPI_TOKEN")]
        expected.concurrency = .init(group: "deploy", limit: 2, onNew: .cancel)
        expected.refreshSeconds = 14 * 86_400
        expected.reuse = .tree
        expected.keepFailedSeconds = 3600
        expected.submodules = true
        expected.sudo = false
        expected.standby = .never
        expected.settings.timeoutSeconds = 1200
        expected.settings.stallTimeoutSeconds = 600
        expected.settings.cancelGraceSeconds = 5
        expected.settings.resources.milliCPUs = 1500
        expected.settings.resources.memoryBytes = 3 << 30
        expected.settings.resources.pids = 512
        expected.settings.cachedImages = 4
        expected.settings.status = .both
        expected.settings.drift = .report
        expected.settings.forkPullRequests = .never
        expected.settings.logLimitBytes = 512 << 20
        expected.settings.pullSeconds = 7200
        expected.settings.bisect = .auto
        #expect(hook.origin?.place(of: "on.push.branches") == "projects/acme/widget.yml:14")
        #expect(hook.origin?.place(of: "on.schedule") == "projects/acme/widget.yml:16")
        #expect(hook.origin?.place(of: "paths") == "projects/acme/widget.yml:17")
        expected.origin = hook.origin
        #expect(hook == expected)
    }

    @Test("Of the server")
    func server() throws {
        let server = try Admin.read(Self.files()).desired.server
        #expect(server.pruneMaxFraction == 0.5)
        #expect(server.retention.days == 30 && server.retention.builds == 100 && !server.retention.keepLastSuccess)
        #expect(server.mailOn == ["failure", "fixed"] && server.mailTo == ["author", "team@example.org"])
        #expect(server.mail == MailRules(on: [.failure, .fixed], to: ["author", "team@example.org"]))
        #expect(server.allowedImages == ["kozmic/*", "debian:*"] && server.allowedSigners.count == 1)
    }

    @Test("What has no effect is warned about at its key, and only when it asks for something")
    func warnings() throws {
        let lines = try Admin.read(Self.files()).diagnostics.map {
            "\($0.path.hasPrefix("k") ? "k" : "p")\(Admin.short($0))"
        }
        #expect(lines.contains { $0.hasSuffix("'reuse: tree' has no effect for a hook with secrets or a schedule") })
        let harmless = """
            paths: []
            reuse: never
            keep_failed: 0s
            submodules: false
            standby: auto
            drift: heal
            secrets:
            """
        #expect(Admin.project(Admin.hook(harmless, project: "deploy_key: auto\n")) == [])
        #expect(
            Admin.project(Admin.hook(project: "fork_pull_requests: approve\n")) == [])
    }
}
