import Config
import Model
import Testing

@Suite("Defaults")
struct DefaultsTests {
    private func hook(_ text: String, settings: String? = nil) throws -> Hook {
        var files = ["projects/p.yaml": text]
        files["kozmic.yaml"] = settings
        let result = Admin.read(files)
        try #require(!result.hasErrors, "\(result.diagnostics)")
        return try #require(result.desired.projects.first?.hooks.first)
    }

    @Test("Nothing is needed but the repository, an image and a build script")
    func minimal() throws {
        let id = try #require(HookID("tests"))
        var hook = try hook(Admin.hook())
        #expect(hook.origin?.rules == [:])
        hook.origin = nil
        #expect(hook == Hook(id: id, image: "debian", buildScript: "#!/bin/sh"))
        #expect(
            Admin.read(["kozmic.yaml": "# nothing\n"])
                == ConfigResult(desired: DesiredState(projects: []), diagnostics: []))
    }

    @Test("The nearest of three levels wins, resources key by key")
    func levels() throws {
        let settings =
            "defaults:\n  timeout: 1m\n  stall_timeout: 1m\n  cancel_grace: 1s\n  resources: {cpus: 1, memory: 1GiB, pids: 10}\n"
        let project = "stall_timeout: 2m\ncancel_grace: 2s\nresources: {memory: 2GiB, pids: 20}\n"
        let result = try hook(
            Admin.hook("cancel_grace: 3s\nresources: {pids: 30}", project: project), settings: settings
        ).settings
        #expect(result.timeoutSeconds == 60 && result.stallTimeoutSeconds == 120 && result.cancelGraceSeconds == 3)
        #expect(result.resources.milliCPUs == 1000)
        #expect(result.resources.memoryBytes == 2 << 30)
        #expect(result.resources.pids == 30)
    }

    @Test("A key without a value has its default")
    func nulls() throws {
        var plain = try hook(Admin.hook())
        plain.origin = nil
        let keys = [
            "title", "on", "paths", "user", "install_script", "tracked_files", "env", "secrets", "concurrency",
            "timeout", "resources", "refresh", "reuse", "keep_failed", "submodules", "sudo", "standby", "status",
        ]
        var written = try hook(Admin.hook(keys.map { "\($0):\n" }.joined()))
        written.origin = nil
        #expect(written == plain)
    }

    @Test(
        "Events",
        arguments: [
            ("on: {push: }", Triggers(push: .init(), pullRequest: nil)),
            ("on: {push: {}, pull_request: }", Triggers()),
            ("on: {push: {branches: [main]}}", Triggers(push: .init(branches: ["main"]), pullRequest: nil)),
            ("on: {push: {tags: ['v*']}}", Triggers(push: .init(branches: [], tags: ["v*"]), pullRequest: nil)),
            ("on: {push: {tags: []}}", Triggers(push: .init(), pullRequest: nil)),
            ("on: {merge_group: }", Triggers(push: nil, pullRequest: nil, mergeGroup: .init())),
            (
                "on: {merge_group: {branches: [main]}}",
                Triggers(push: nil, pullRequest: nil, mergeGroup: .init(branches: ["main"]))
            ),
            ("on: {pull_request: {branches: }}", Triggers(push: nil, pullRequest: .init())),
            ("on: {schedule: '5  4 * * sun'}", Triggers(push: nil, pullRequest: nil, schedule: "5 4 * * sun")),
        ])
    func events(line: String, expected: Triggers) throws {
        #expect(try hook(Admin.hook(line)).triggers == expected)
    }
}
