import DockerEngine
import Foundation
import Git
import Model
import Testing

@testable import Runner

@Suite(
    "Templates of work trees",
    .enabled(
        if: RunnerFixture.host?.hasPrefix("unix:") == true && geteuid() == 0,
        "KOZMIC_TEST_DOCKER_HOST names no engine of this machine, or we are not root"), .timeLimit(.minutes(10)))
struct TemplateLifeTests {
    @Test("a job goes on with the next controller, whose sweeps leave its template alone")
    func resumption() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            let log = MemoryLog()
            let job = try fixture.job(1, build: "echo begin; while [ ! -e go ]; do sleep 0.1; done; cat many/d1/f1")
            let task = Task { try await fixture.run(job, log: log) }
            await log.wait(for: "begin")
            task.cancel()
            await #expect(throws: CancellationError.self) { try await task.value }
            let next = fixture.anotherExecutor(preparation: RunnerFixture.largeTrees)
            let keep: Set = [JobAttempt(jobID: 1, attempt: 1)]
            let group = try #require(fixture.templates.first).split(separator: "/").dropLast().joined(separator: "/")
            // Older than two others.
            for stamp in ["8", "9"] {
                let name =
                    try #require(fixture.templates.first).split(separator: "/").last?.split(separator: "-") ?? []
                try FileManager.default.createDirectory(
                    atPath: "\(fixture.workDirectory)/trees/\(group)/\(name[0])-1-\(stamp)\(name[2])-\(name[3])",
                    withIntermediateDirectories: true)
            }
            try await next.sweep(instance: fixture.instance) { keep }
            #expect(fixture.templates.count == 3)
            let container = try #require(try await fixture.containers().first).id
            let go = TarStream([TarEntry("go", .bytes([]), mode: 0o644, uid: 0, gid: 0)])
            try await fixture.engine.putArchive(container, path: "/kozmic/src", tar: go)
            #expect(try await fixture.run(job, log: log, executor: next).outcome.exitCode == 0)
            #expect(await log.lines(.build) == ["begin", "file 1"])
            try await next.sweep(instance: fixture.instance) { [] }
            #expect(fixture.templates.count == 2)
        }
    }

    @Test("one that is given up halfway leaves nothing")
    func cancellation() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            let trees = fixture.executor.tools.trees
            let user = try #require(ContainerUser("1000:1000", passwd: [], group: []))
            for patience in 0..<12 {
                let job = try fixture.job(Int64(patience), build: "true")
                let task = Task { try await trees.template(for: job, user, fixture.mirror) { $0.name } }
                for _ in 0..<patience * patience { await Task.yield() }
                task.cancel()
                let made = try? await task.value
                let left = fixture.templates
                #expect(left.count <= 1 && !left.contains { $0.contains(".partial") })
                #expect(made.map { left == [$0.template.name] && $0.prepared == $0.template.name } ?? true)
            }
            let (outcome, log) = try await fixture.run(
                fixture.job(20, build: "git status --porcelain; ls many | wc -l"))
            #expect(outcome == .success)
            #expect(await log.lines(.build) == ["7"])
        }
    }

    @Test("where much changed a new template is made, and the two latest stay")
    func replacement() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            #expect(try await fixture.run(fixture.job(1, build: "true")).outcome == .success)
            let first = fixture.templates
            for number in 0..<300 { try fixture.write("other \(number)\n", to: "many/d\(number % 7)/f\(number)") }
            // A sweep has to cope with it.
            let name = (Array("\(fixture.source)/odd".utf8) + [0xFF, 0xFE, 0]).map { CChar(bitPattern: $0) }
            fclose(name.withUnsafeBufferPointer { fopen($0.baseAddress, "w") })
            try fixture.commit("Change much")
            try await fixture.mirror.fetch()
            // It has nothing to say about what others build on.
            #expect(try await fixture.run(fixture.job(2, build: "true", trusted: false)).outcome == .success)
            #expect(fixture.templates == first)
            #expect(try await fixture.run(fixture.job(3, build: "git diff-files --quiet")).outcome == .success)
            #expect(fixture.templates.count == 2)
            let kept = [Int64(1), 2, 3].map { JobAttempt(jobID: $0, attempt: 1) }
            try await fixture.anotherExecutor().sweep(instance: fixture.instance) { Set(kept) }
            #expect(fixture.templates.count == 2)

            // Two branches far apart may take turns.
            try await fixture.anotherExecutor().sweep(instance: fixture.instance) { [] }
            #expect(fixture.templates.count == 2)
            try fixture.git("checkout", "--quiet", "HEAD~1")
            #expect(try await fixture.run(fixture.job(4, build: "git diff-files --quiet")).outcome == .success)
            #expect(fixture.templates.count == 2)
            try fixture.git("checkout", "--quiet", "main")
            for number in 0..<300 { try fixture.write("third \(number)\n", to: "many/d\(number % 7)/f\(number)") }
            try fixture.commit("Change much again")
            try await fixture.mirror.fetch()
            #expect(try await fixture.run(fixture.job(5, build: "git diff-files --quiet")).outcome == .success)
            #expect(fixture.templates.count == 3)

            let group = try #require(first.first).split(separator: "/").dropLast().joined(separator: "/")
            let half = "\(fixture.workDirectory)/trees/\(group)/.partial-1"
            let earlier = "\(fixture.workDirectory)/trees/\(group)/\(String(repeating: "a", count: 40))-1-99-abc"
            for folder in [earlier, half] {
                try FileManager.default.createDirectory(
                    atPath: "\(folder)/some/thing", withIntermediateDirectories: true)
            }
            try await fixture.anotherExecutor().sweep(instance: fixture.instance) { [] }
            #expect(!FileManager.default.fileExists(atPath: half))
            #expect(!FileManager.default.fileExists(atPath: earlier))
            let left = fixture.templates
            #expect(left.count == 2 && Set(left).isDisjoint(with: first))
            #expect(try await fixture.run(fixture.job(6, build: "git diff-files --quiet")).outcome == .success)
            #expect(fixture.templates == left)
        }
    }

    @Test("an engine that refuses the mount costs a job nothing, and is not asked again")
    func refusal() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            // The options of a mount have no more room than a page of memory.
            var long = fixture.root
            while long.utf8.count < 3880 {
                long += "/" + String(repeating: "x", count: min(180, 3889 - long.utf8.count))
            }
            let executor = DockerExecutor(
                engine: fixture.engine, workDirectory: long, preparation: RunnerFixture.largeTrees)
            for id in [Int64(1), 2] {
                let (outcome, log) = try await fixture.run(
                    fixture.job(id, build: "git status --porcelain; ls many | wc -l"), executor: executor)
                #expect(outcome == .success)
                #expect(await log.lines(.build) == ["7"])
                await executor.cleanUp(id, attempt: 1, instance: fixture.instance)
            }
            #expect(await executor.tools.trees.volumes() == nil)
            #expect(try await fixture.engine.volumes(labels: [Labels.instance: fixture.instance]).isEmpty)
        }
    }

    @Test("what an earlier process made and did not use is made anew")
    func leftover() async throws {
        try await RunnerFixture.withLargeRepository { fixture in
            let job = try fixture.job(1, build: "ls -A /kozmic; cat /kozmic/src/many/d1/f1")
            let plan = ContainerPlan(job: job, phase: .build, image: RunnerFixture.image)
            let layer = TreeLayer(
                of: plan.name, in: try #require(await fixture.executor.tools.trees.volumes()))
            try await fixture.engine.createVolume(
                name: plan.name, labels: plan.allLabels.merging([Labels.tree: "gone"]) { $1 },
                options: layer.options(over: "/nonexistent"))
            try layer.make()
            try Data("x".utf8).write(to: URL(filePath: "\(layer.upper)/src/left"))
            // One that writes trees in full meets the same volume.
            let written = try await fixture.run(job, executor: fixture.anotherExecutor())
            #expect(written.outcome == .success)
            await fixture.executor.cleanUp(1, attempt: 1, instance: fixture.instance)
            try await fixture.engine.createVolume(
                name: plan.name, labels: plan.allLabels.merging([Labels.tree: "gone"]) { $1 },
                options: layer.options(over: "/nonexistent"))
            try layer.make()
            let above = try await fixture.run(job)
            #expect(above.outcome == .success)
            #expect(await above.log.lines(.build) == ["build-script", "src", "file 1"])
        }
    }
}
