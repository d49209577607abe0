import Model
import Testing

@Suite("Whether two configurations of a hook do the same work")
struct SameWorkTests {
    @Test("what runs counts; when it runs, what it is called and who is told do not")
    func work() throws {
        let hook = Hook(id: try #require(HookID("tests")), image: "debian", buildScript: "#!/bin/sh\n")
        let same: [(inout Hook) -> Void] = [
            { $0.title = "Other" }, { $0.triggers = Triggers(push: nil, pullRequest: nil, schedule: "0 4 * * *") },
            { $0.paths = ["src/**"] }, { $0.concurrency = .init(group: "g") }, { $0.settings.status = .both },
            { $0.settings.bisect = .auto }, { $0.reuse = .tree }, { $0.keepFailedSeconds = 9 },
            { $0.standby = .never }, { $0.origin = HookOrigin(file: "projects/a.yaml", line: 3) },
        ]
        for (index, change) in same.enumerated() {
            var other = hook
            change(&other)
            #expect(other != hook && other.doesSameWork(as: hook), "\(index)")
        }
        let different: [(inout Hook) -> Void] = [
            { $0.image = "alpine" }, { $0.user = "root" }, { $0.buildScript = "#!/bin/bash\n" },
            { $0.installScript = "#!/bin/sh\n" }, { $0.trackedFiles = ["a"] }, { $0.environment = ["A": "1"] },
            { $0.secrets = ["A": "sealed"] }, { $0.settings.timeoutSeconds = 1 }, { $0.settings.resources.pids = 9 },
            { $0.submodules = true }, { $0.sudo = false },
        ]
        for (index, change) in different.enumerated() {
            var other = hook
            change(&other)
            #expect(!other.doesSameWork(as: hook), "\(index)")
        }
    }
}
