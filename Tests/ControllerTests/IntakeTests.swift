import Foundation
import Model
import Store
import Testing

@testable import Controller

@Suite("Deliveries become builds")
struct IntakeTests {
    @Test("a push runs the hooks whose paths changed since the previous head; the others are skipped with the reason")
    func push() async throws {
        try await Desk.with { desk in
            var tests = try desk.hook("tests", paths: ["src/**"])
            tests.origin = HookOrigin(file: "projects/widget.yaml", line: 4, rules: ["on": 5, "paths": 8])
            _ = try await desk.declare([desk.hook("always"), desk.hook("docs", paths: ["*.md"]), tests], status: .jobs)
            let first = try desk.push(["src/a.c": "1", "README.md": "1"])
            let new = try await desk.deliver("push", desk.pushed(first, before: nil))
            #expect(try await desk.jobs(first) == ["always": .queued, "docs": .queued, "tests": .queued])
            #expect(
                new.decision?.contains(
                    "docs: on.push.branches: branch main matches '**', paths: not looked at, main is new") == true)

            let second = try desk.push(["README.md": "2"])
            let delivery = try await desk.deliver("push", desk.pushed(second, before: first))
            #expect(try await desk.jobs(second) == ["always": .queued, "docs": .queued, "tests": .skipped])
            let sentence = try #require(delivery.decision)
            #expect(sentence.contains("paths: 'README.md' matches '*.md'"))
            #expect(
                sentence.contains(
                    "(projects/widget.yaml:5), paths: the 1 changed file does not match [\"src/**\"], "
                        + "compared with the previous head \(first.prefix(8)) (projects/widget.yaml:8)"))
            let project = try #require(try await desk.store.project(desk.repository))
            let status = try await desk.store.statuses(project.id, commit: second).first {
                $0.wanted.context.hasSuffix("tests")
            }
            #expect(status?.wanted.state == .success)
            #expect(status?.wanted.description.hasPrefix("Skipped: paths: the 1 changed file") == true)
        }
    }

    @Test("a push to an open pull request skips what that would skip, also when its own delivery is lost")
    func lostPullRequest() async throws {
        try await Desk.with { desk in
            var pushes = try desk.hook("pushes", paths: ["src/**"])
            pushes.triggers = Triggers(push: .init(), pullRequest: nil)
            let docs = try desk.hook("docs", paths: ["docs/**"])
            _ = try await desk.declare([docs, pushes, desk.hook("tests", paths: ["src/**"])])
            let main = try desk.push(["src/a.c": "1"])
            let first = try desk.push(["src/a.c": "2"], branch: "topic", from: main)
            _ = try await desk.deliver("push", desk.pushed(first, before: nil, branch: "topic"))
            _ = try await desk.deliver("pull_request", desk.pullRequest(first, base: main, at: 10))

            // The deliveries of the pull request about the next commits never come.
            let second = try desk.push(["notes": "1"], branch: "topic")
            let delivery = try await desk.deliver("push", desk.pushed(second, before: first, branch: "topic"))
            #expect(try await desk.jobs(second) == ["docs": .skipped, "pushes": .skipped, "tests": .queued])
            #expect(delivery.decision?.contains("compared with \(main.prefix(8)), the merge base with main") == true)
            let third = try desk.push(["notes": "2"], branch: "topic")
            var payload = desk.pushed(third, before: second, branch: "topic")
            payload["head_commit"] = ["id": third, "message": "Words [skip ci]"] as [String: any Sendable]
            _ = try await desk.deliver("push", payload)
            #expect(try await desk.jobs(third) == ["docs": .skipped, "pushes": .skipped, "tests": .queued])

            _ = try await desk.deliver("pull_request", desk.pullRequest(third, action: "closed", base: main, at: 20))
            let last = try desk.push(["notes": "3"], branch: "topic")
            _ = try await desk.deliver("push", desk.pushed(last, before: third, branch: "topic"))
            #expect(try await desk.jobs(last) == ["docs": .skipped, "pushes": .skipped, "tests": .skipped])
        }
    }

    @Test("a merge group whose message quotes a skip word is tested", arguments: ["push", "merge_group"])
    func quotedSkipWord(event: String) async throws {
        try await Desk.with { desk in
            var tests = try desk.hook("tests")
            tests.triggers.mergeGroup = .init()
            _ = try await desk.declare([tests])
            let (head, base) = (String(repeating: "1", count: 40), String(repeating: "2", count: 40))
            let branch = "gh-readonly-queue/main/pr-5-\(base)"
            let commit: [String: any Sendable] = ["id": head, "message": "Squash\n\n* Docs [skip ci]"]
            var push = desk.pushed(head, before: nil, branch: branch)
            push["head_commit"] = commit
            let group: [String: any Sendable] = [
                "head_sha": head, "head_ref": "refs/heads/\(branch)", "base_sha": base,
                "base_ref": "refs/heads/main", "head_commit": commit,
            ]
            _ = try await desk.deliver(
                event, event == "push" ? push : ["action": "checks_requested", "merge_group": group])
            #expect(try await desk.jobs(head) == ["tests": .queued])
        }
    }

    @Test("paths are looked at in a repository that only the deploy key opens")
    func deployKey() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests", paths: ["src/**"])])
            let first = try desk.push(["src/a.c": "1"])
            let second = try desk.push(["notes": "1"])
            let intake = DeliveryIntake(
                configuration: desk.locked, store: desk.store, mirrors: desk.lockedMirrors())
            let delivery = try await desk.deliver("push", desk.pushed(second, before: first), intake)
            #expect(try await desk.jobs(second) == ["tests": .skipped], "\(delivery.decision ?? "")")
        }
    }

    @Test("a head that was forced away leaves nothing to compare with, so everything runs")
    func forced() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests", paths: ["src/**"])])
            let first = try desk.push(["a": "1"])
            let lost = String(repeating: "ab", count: 20)
            let delivery = try await desk.deliver("push", desk.pushed(first, before: lost))
            #expect(try await desk.jobs(first) == ["tests": .queued])
            #expect(delivery.decision?.contains("the previous head abababab is not in the repository any more") == true)
        }
    }

    @Test("a pull request is compared with its merge base: what main did meanwhile does not count")
    func mergeBase() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("docs", paths: ["docs/**"]), desk.hook("tests", paths: ["src/**"])])
            let start = try desk.push(["src/a.c": "1", "docs/a": "1"])
            let main = try desk.push(["docs/a": "2"])
            try desk.push(["src/a.c": "2"], branch: "topic", from: start)
            let head = try desk.push(["notes": "1"], branch: "topic")
            let delivery = try await desk.deliver("pull_request", desk.pullRequest(head, base: main))
            #expect(try await desk.jobs(head) == ["docs": .skipped, "tests": .queued])
            #expect(delivery.decision?.contains("compared with \(start.prefix(8)), the merge base with main") == true)
        }
    }

    @Test("a new push supersedes the pull request's older build, and its closing ends the rest")
    func pullRequestLife() async throws {
        try await Desk.with { desk in
            let project = try await desk.declare([desk.hook("tests")])
            let commits = (1...2).map { String(repeating: "\($0)", count: 40) }
            let main = String(repeating: "f", count: 40)
            _ = try await desk.deliver("pull_request", desk.pullRequest(commits[0], base: main))
            let second = try await desk.deliver(
                "pull_request", desk.pullRequest(commits[1], action: "synchronize", base: main))
            #expect(second.decision?.hasSuffix("; supersedes build #1") == true)
            #expect(try await desk.jobs(commits[0]) == ["tests": .cancelled])
            let closed = try await desk.deliver(
                "pull_request", desk.pullRequest(commits[1], action: "closed", base: main))
            #expect(closed.decision == "pull request #5 was closed; 1 job cancelled")
            #expect(try await desk.jobs(commits[1]) == ["tests": .cancelled])
            let status = try #require(try await desk.store.statuses(project.id, commit: commits[1]).first)
            #expect(status.wanted.description == "Build #2 was cancelled: pull request #5 was closed")
        }
    }

    @Test("a deleted branch ends its jobs")
    func deleted() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            let commit = String(repeating: "a", count: 40)
            _ = try await desk.deliver("push", desk.pushed(commit, before: nil, branch: "topic"))
            var payload = desk.pushed(String(repeating: "0", count: 40), before: commit, branch: "topic")
            payload["deleted"] = true
            payload["head_commit"] = nil
            let delivery = try await desk.deliver("push", payload)
            #expect(delivery.decision == "the branch topic was deleted; 1 job cancelled")
            #expect(delivery.ref == .branch("topic"))
        }
    }

    @Test(
        "a merge group's push and merge_group make one build, in any order; its end cancels", arguments: [true, false])
    func mergeGroup(pushFirst: Bool) async throws {
        try await Desk.with { desk in
            var queue = try desk.hook("queue", paths: ["src/**"])
            queue.triggers = Triggers(push: nil, pullRequest: nil, mergeGroup: .init(branches: ["main"]))
            var other = try desk.hook("other")
            other.triggers = Triggers(push: nil, pullRequest: nil, mergeGroup: .init(branches: ["release"]))
            var docs = try desk.hook("docs", paths: ["docs/**"])
            docs.triggers = queue.triggers
            let project = try await desk.declare([desk.hook("tests"), queue, docs, other])
            let base = try desk.push(["src/a.c": "1"])
            let branch = "gh-readonly-queue/main/pr-5-\(base)"
            let head = try desk.push(["src/a.c": "2"], branch: branch, from: base)
            func group(_ action: String) async throws -> DeliveryRecord {
                try await desk.deliver(
                    "merge_group",
                    [
                        "action": action, "reason": "dequeued",
                        "merge_group": [
                            "head_sha": head, "head_ref": "refs/heads/\(branch)", "base_sha": base,
                            "base_ref": "refs/heads/main",
                        ] as [String: any Sendable],
                    ])
            }
            if pushFirst { _ = try await desk.deliver("push", desk.pushed(head, before: nil, branch: branch)) }
            _ = try await group("checks_requested")
            if !pushFirst { _ = try await desk.deliver("push", desk.pushed(head, before: nil, branch: branch)) }
            var jobs: [String: JobState] = ["tests": .queued, "queue": .queued, "docs": .skipped]
            // Nobody's push would start it, so nothing but this says that it need not run.
            jobs["other"] = .skipped
            #expect(try await desk.jobs(head) == jobs)
            let build = try await desk.store.latestBuild(project.id)
            #expect(build?.number == 1 && build?.trigger == .mergeGroup)
            let end = try await group("destroyed")
            #expect(end.decision == "the merge queue is done with the group: dequeued; 2 jobs cancelled")
            #expect(end.ref == .branch(branch))
            #expect(try await desk.jobs(head)["queue"] == .cancelled)
        }
    }

    @Test("deliveries that come late, in any order, end nothing that later events want")
    func late() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            let commits = (1...3).map { String(repeating: "\($0)", count: 40) }
            let main = String(repeating: "f", count: 40)
            func request(_ number: Int, _ action: String, at time: Int) async throws -> String {
                let payload = desk.pullRequest(commits[number], action: action, base: main, at: time)
                return try await desk.deliver("pull_request", payload).decision ?? ""
            }
            func deletion(at time: Int) async throws -> String {
                var payload = desk.pushed(
                    String(repeating: "0", count: 40), before: commits[0], branch: "topic", at: time)
                payload["deleted"] = true
                payload["head_commit"] = nil
                return try await desk.deliver("push", payload).decision ?? ""
            }
            // GitHub sent them in the order of the times; the second one, a closing and a deletion were lost at first.
            _ = try await request(2, "synchronize", at: 30)
            #expect(try await request(1, "synchronize", at: 20).hasSuffix("superseded by build #1"))
            #expect(try await desk.jobs(commits[2]) == ["tests": .queued])
            #expect(try await desk.jobs(commits[1]) == ["tests": .cancelled])
            #expect(try await request(1, "closed", at: 25) == "pull request #5 was closed")
            #expect(try await deletion(at: 26) == "the branch topic was deleted")
            #expect(try await desk.jobs(commits[2]) == ["tests": .queued])

            // What an event took away, a later one gives back; one that is only late does not.
            #expect(try await request(2, "closed", at: 40).hasSuffix("1 job cancelled"))
            _ = try await request(2, "synchronize", at: 30)
            #expect(try await desk.jobs(commits[2]) == ["tests": .cancelled])
            _ = try await request(2, "reopened", at: 50)
            #expect(try await desk.jobs(commits[2]) == ["tests": .queued])
            _ = try await request(1, "synchronize", at: 60)
            #expect(try await desk.jobs(commits[2]) == ["tests": .cancelled], "forced back to the commit before")
            #expect(try await desk.jobs(commits[1]) == ["tests": .queued])
        }
    }

    @Test("a hook that does not run reports success where a required check would hang, and nowhere else")
    func required() async throws {
        try await Desk.with { desk in
            var (both, requests, pushes) = (try desk.hook("both"), try desk.hook("requests"), try desk.hook("pushes"))
            both.triggers.pullRequest?.branches = ["main"]
            requests.triggers = Triggers(push: .init(branches: ["main"]), pullRequest: .init(branches: ["main"]))
            pushes.triggers = Triggers(push: .init(branches: ["main"]), pullRequest: nil)
            let project = try await desk.declare([both, pushes, requests], status: .jobs)
            let (commit, main) = (String(repeating: "1", count: 40), String(repeating: "f", count: 40))
            func deliver(into target: String, title: String = "A change", at time: Int = 1) async throws -> [String:
                JobState]
            {
                let payload = desk.pullRequest(commit, into: target, base: main, title: title, at: time)
                _ = try await desk.deliver("pull_request", payload)
                return try await desk.jobs(commit)
            }
            // "both" is left to the push of the branch, "pushes" has nothing to do with pull requests.
            #expect(try await deliver(into: "dev") == ["requests": .skipped])
            let status = try #require(try await desk.store.statuses(project.id, commit: commit).first)
            #expect(status.wanted.state == .success)
            #expect(
                status.wanted.description.hasPrefix("Skipped: on.pull_request.branches: base branch dev matches none"))
            #expect(
                try await deliver(into: "main", title: "No [ci skip]") == ["both": .skipped, "requests": .skipped])
            #expect(try await deliver(into: "main") == ["both": .queued, "requests": .queued])

            let skipped = String(repeating: "2", count: 40)
            var payload = desk.pushed(skipped, before: commit)
            payload["head_commit"] = ["id": skipped, "message": "Words [skip ci]"] as [String: any Sendable]
            let delivery = try await desk.deliver("push", payload)
            #expect(delivery.decision?.hasPrefix("skipped: the message holds '[skip ci]'; both: ") == true)
            #expect(try await desk.jobs(skipped) == ["both": .skipped, "pushes": .skipped, "requests": .skipped])
            let titled = desk.pullRequest(
                String(repeating: "3", count: 40), base: main, title: "No [ci skip]", at: 90)
            let request = try await desk.deliver("pull_request", titled)
            let words = "skipped: the pull request's title holds '[ci skip]'; "
            #expect(request.decision?.hasPrefix(words) == true)
        }
    }

    @Test("a repository that cannot be fetched puts the delivery off and says so; after a while the hooks run anyway")
    func unreachable() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests", paths: ["src/**"])])
            let first = try desk.push(["a": "1"])
            _ = try await desk.deliver("push", desk.pushed(first, before: nil))
            let second = try desk.push(["a": "2"])
            try desk.breakRepository(true)
            let waiting = try await desk.deliver("push", desk.pushed(second, before: first))
            #expect(waiting.state == .received && waiting.failures == 1)
            #expect(waiting.decision?.contains("the repository could not be fetched: ") == true)
            #expect(try await desk.jobs(second).isEmpty)
            try desk.breakRepository(false)
            await desk.intake().workOff(desk.repository)
            #expect(try await desk.jobs(second) == ["tests": .skipped], "tried again")

            let third = try desk.push(["a": "3"])
            try desk.breakRepository(true)
            let intake = desk.intake(maximumFailures: 2)
            #expect(try await desk.deliver("push", desk.pushed(third, before: second), intake).state == .received)
            await intake.workOff(desk.repository)
            #expect(try await desk.jobs(third) == ["tests": .queued])
        }
    }
    @Test("a backlog of more bytes than are read at once is worked off in one go")
    func largeBodies() async throws {
        try await Desk.with { desk in
            _ = try await desk.declare([desk.hook("tests")])
            let body = [UInt8](repeating: UInt8(ascii: " "), count: Store.pendingBytes / 4)
            for number in 0..<6 {
                _ = try await desk.store.inbox.store(
                    NewDelivery(
                        repository: desk.repository, hook: try #require(HookID("tests")), guid: "large-\(number)",
                        event: "push", payload: body))
            }
            await desk.intake().workOff(desk.repository)
            #expect(try await desk.store.pendingDeliveries(limit: 9).isEmpty)
        }
    }
}
