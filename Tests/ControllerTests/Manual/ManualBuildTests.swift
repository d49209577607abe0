import Foundation
import Git
import Model
import Store
import Testing

@testable import Controller

@Suite("Builds by hand")
struct ManualBuildTests {
    private func manual(_ desk: Desk) -> ManualBuilds {
        ManualBuilds(configuration: desk.configuration, store: desk.store, mirrors: desk.mirrors)
    }

    private static let revision = ConfigRevision(
        commit: "none", authorName: "Mona", committedAt: Date(timeIntervalSince1970: 2), message: "Configure")

    private func kind(_ body: () async throws -> BuildRecord) async throws -> ManualTriggerProblem.Kind? {
        do {
            let build = try await body()
            Issue.record("build #\(build.number) of \(build.ref) was made")
            return nil
        } catch let problem as ManualTriggerProblem {
            #expect(!problem.message.isEmpty && !problem.wayOut.isEmpty)
            return problem.kind
        }
    }

    @Test("without a ref the default branch runs what a push would; a named hook runs whatever its `on` is")
    func hooks() async throws {
        try await Desk.with { desk in
            var nightly = try desk.hook("nightly", schedule: "0 4 * * *")
            nightly.triggers = Triggers(push: nil, pullRequest: nil, schedule: "0 4 * * *")
            let project = try await desk.declare([desk.hook("docs", paths: ["docs/**"]), nightly, desk.hook("tests")])
            let commit = try desk.push(["a": "[skip ci]"])
            let build = try await manual(desk).start(ManualTrigger(sender: "mona"), of: project)
            #expect(build.trigger == .manual && build.sender == "mona" && build.trusted && build.ref == .branch("main"))
            #expect(build.commit == commit && build.authorName == "Mona")
            #expect(try await desk.jobs(commit) == ["docs": .queued, "tests": .queued])

            let named = try await manual(desk).start(
                ManualTrigger(hooks: [nightly.id, nightly.id], sender: "mona"), of: project)
            #expect(named.number == build.number)
            #expect(try await desk.jobs(commit) == ["docs": .queued, "nightly": .queued, "tests": .queued])

            // Twice is once, until a job has ended.
            _ = try await manual(desk).start(ManualTrigger(sender: "mona"), of: project)
            #expect(try await desk.store.jobs(build.id).map(\.attempt) == [1, 1, 1])
            let job = try #require(try await desk.store.claimNextJob()).job
            try await desk.store.finishJob(job.id, .success)
            _ = try await manual(desk).start(ManualTrigger(hooks: [job.hook], sender: "mona"), of: project)
            #expect(try await desk.store.attempts(build.id, job.hook).map(\.state) == [.success, .queued])

            let unknown = try #require(HookID("nothing"))
            for (hooks, expected) in [([unknown], ManualTriggerProblem.Kind.unknownHook), ([], .noHook)] {
                #expect(
                    try await kind {
                        try await manual(desk).start(ManualTrigger(hooks: hooks, sender: "mona"), of: project)
                    } == expected)
            }
            try desk.git("tag", "v1")
            try desk.git("push", "-q", "origin", "v1")
            #expect(
                try await kind { try await manual(desk).start(ManualTrigger(ref: "v1", sender: "mona"), of: project) }
                    == .noHook, "no hook is about tags")
            // What was declared when somebody asked is not what counts when the repository was fetched.
            _ = try await desk.declare([desk.hook("docs")])
            #expect(
                try await kind {
                    try await manual(desk).start(ManualTrigger(hooks: [nightly.id], sender: "mona"), of: project)
                } == .unknownHook)
            try await desk.store.applyConfig(DesiredState(projects: []), revision: Self.revision)
            #expect(
                try await kind { try await manual(desk).start(ManualTrigger(sender: "mona"), of: project) } == .retired)
            let retired = ProjectRecord.retired(project)
            #expect(
                try await kind { try await manual(desk).start(ManualTrigger(sender: "mona"), of: retired) } == .retired)
        }
    }

    @Test(
        "a branch, a tag or a commit is found as it is on GitHub now, and nothing that git would also read into a name")
    func refs() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([desk.hook("tests")])
            let tests = project.config.hooks.map(\.id)
            let first = try desk.push(["a": "1"])
            let main = try desk.push(["a": "2"])
            let topic = try desk.push(["b": "1"], branch: "topic/one", from: first)
            try desk.git("tag", "-a", "-m", "One", "v1", first)
            try desk.git("push", "-q", "origin", "v1")
            func found(_ ref: String?) async throws -> String {
                let build = try await manual(desk).start(
                    ManualTrigger(ref: ref, hooks: tests, sender: "mona"), of: project)
                return "\(build.ref) \(build.commit)" + (build.isOffHead ? " off its head" : "")
            }
            #expect(try await found(nil) == "refs/heads/main \(main)")
            #expect(try await found("topic/one") == "refs/heads/topic/one \(topic)")
            #expect(try await found("refs/heads/topic/one") == "refs/heads/topic/one \(topic)")
            #expect(try await found("v1") == "refs/tags/v1 \(first)", "an annotated tag")
            #expect(try await found(String(first.prefix(9)).uppercased()) == "refs/heads/main \(first) off its head")
            #expect(try await found(topic) == "refs/heads/topic/one \(topic)")
            let later = try desk.push(["b": "2"], branch: "topic/one")
            #expect(try await found("topic/one") == "refs/heads/topic/one \(later)")
            for name in [
                "nothing", "main~1", "main:a", "main@{0}", "HEAD", "heads/main", "refs/notes/x", "refs/heads/nothing",
                String(main.prefix(6)), String(repeating: "0", count: 40), "a\u{0}b", "",
            ] {
                #expect(
                    try await kind {
                        try await manual(desk).start(
                            ManualTrigger(ref: name, hooks: tests, sender: "mona"), of: project)
                    } == .unknownRef, "\(name)")
            }
        }
    }

    @Test("a hook with secrets runs by hand where its `on` gives them to, and on the default branch, and nowhere else")
    func secrets() async throws {
        try await Desk.with { desk in
            var deploy = try desk.hook("deploy")
            deploy.triggers = Triggers(push: .init(branches: ["main", "release/*"], tags: ["v*"]), pullRequest: nil)
            var nightly = try desk.hook("nightly")
            nightly.triggers = Triggers(push: nil, pullRequest: nil, schedule: "0 4 * * *")
            var open = deploy
            open.id = try #require(HookID("open"))
            deploy.secrets = ["TOKEN": "sealed:v1:x"]
            nightly.secrets = deploy.secrets
            let project = try await desk.declare([deploy, nightly, open])
            let base = try desk.push(["a": "1"])
            for branch in ["topic", "release/1"] { try desk.push(["a": branch], branch: branch, from: base) }
            for tag in ["v1", "beta"] {
                try desk.git("tag", tag)
                try desk.git("push", "-q", "origin", tag)
            }
            func start(_ ref: String?, _ hooks: [HookID]) async throws -> BuildRecord {
                try await manual(desk).start(ManualTrigger(ref: ref, hooks: hooks, sender: "mona"), of: project)
            }
            for (ref, hook) in [("topic", deploy), ("topic", nightly), ("release/1", nightly), ("beta", deploy)] {
                let found = try await kind { try await start(ref, [open.id, hook.id]) }
                #expect(found == .secretHook, "\(hook.id) on \(ref)")
            }
            do {
                _ = try await start("topic", [deploy.id])
            } catch let problem as ManualTriggerProblem {
                #expect(
                    problem.description == "The hook 'deploy' has secrets, and a push to refs/heads/topic would not "
                        + "run it. Build the default branch, or let the hook's on.push.branches match topic.")
            }
            #expect(try await desk.store.builds(project.id, limit: 9).isEmpty)
            for (ref, hook) in [
                (nil, deploy), (nil, nightly), (base, nightly), ("release/1", deploy), ("v1", deploy), ("topic", open),
            ] {
                let build = try await start(ref, [hook.id])
                #expect(try await desk.store.jobs(build.id).contains { $0.hook == hook.id }, "\(hook.id)")
            }
        }
    }

    @Test("what only a pull request has is refused, by its number, its ref and its commit")
    func untrusted() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([desk.hook("tests")])
            let base = try desk.push(["a": "1"])
            let gift = try desk.push(["a": "gift"], branch: "gift", from: base)
            try desk.git("push", "-q", "origin", "HEAD:refs/pull/7/head")
            try desk.git("push", "-q", "origin", "--delete", "gift")
            for name in ["refs/pull/7/head", "#7", gift, String(gift.prefix(10))] {
                #expect(
                    try await kind { try await manual(desk).start(ManualTrigger(ref: name, sender: "m"), of: project) }
                        == .untrustedRef, "\(name)")
            }
            #expect(try await desk.jobs(gift).isEmpty)
            // A branch may be called like one.
            try desk.git("push", "-q", "origin", "\(base):refs/heads/#7")
            let build = try await manual(desk).start(ManualTrigger(ref: "#7", sender: "m"), of: project)
            #expect(build.ref == .branch("#7") && build.commit == base)
        }
    }

    @Test("what is pushed while the head is looked for is newer: the build by hand waits for it")
    func pushedMeanwhile() async throws {
        try await Desk.with { desk in
            var deploy = try desk.hook("deploy")
            deploy.concurrency = Hook.Concurrency(group: "deploy", limit: 1, onNew: .cancel)
            let project = try await desk.declare([deploy])
            let head = try desk.push(["a": "1"])
            let next = String(repeating: "e", count: 40)
            let mirrors = desk.lockedMirrors {
                let time = Int(Date().timeIntervalSince1970)
                _ = try await desk.deliver("push", desk.pushed(next, before: head, at: time))
            }
            let build = try await ManualBuilds(configuration: desk.locked, store: desk.store, mirrors: mirrors)
                .start(ManualTrigger(sender: "mona"), of: project)
            #expect(build.commit == head)
            #expect(try await desk.jobs(next) == ["deploy": .queued])
            #expect(try await desk.jobs(head) == ["deploy": .queued])
            #expect(try await desk.store.claimNextJob()?.build.commit == next)
            #expect(try await desk.store.claimNextJob() == nil)
        }
    }

    @Test("a repository that cannot be fetched is said to be so, and the deploy key is tried")
    func unreachable() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([desk.hook("tests")])
            let commit = try desk.push(["a": "1"])
            try desk.breakRepository(true)
            #expect(
                try await kind { try await manual(desk).start(ManualTrigger(sender: "mona"), of: project) }
                    == .unavailable)
            try desk.breakRepository(false)
            let locked = ManualBuilds(
                configuration: desk.locked, store: desk.store, mirrors: desk.lockedMirrors())
            #expect(try await locked.start(ManualTrigger(sender: "mona"), of: project).commit == commit)
        }
    }
}

extension ProjectRecord {
    /// As it is when the admin repository no longer declares it.
    fileprivate static func retired(_ project: ProjectRecord) -> ProjectRecord {
        var project = project
        project.isActive = false
        return project
    }
}
