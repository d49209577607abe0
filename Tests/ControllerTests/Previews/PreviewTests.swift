import Foundation
import GitHub
import Model
import Reconciler
import Store
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("What a pull request of the admin repository would do", .timeLimit(.minutes(5)))
    struct PreviewTests {
        @Test(
            "a broken file fails, its repair passes in the same comment, main moves, and the merge does what was said")
        func story() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.sync()
                await fixture.reconcile()
                let previews = try fixture.previews
                let broken = ControllerFixture.widget.replacing("    title: Tests", with: "    titel: Tests")
                let first = try await fixture.commit(
                    "topic", files: ["projects/widget.yaml": broken], to: "acme/ci")
                let number = try await fixture.open("topic")
                #expect(try await previews.pass())
                #expect(try await fixture.verdicts(first).count == 1)
                #expect(try await fixture.verdicts(first)[0].hasPrefix("failure: projects/widget.yaml:4:5: "))
                let failure = try await fixture.comment(number)
                #expect(
                    failure.body.contains(
                        "[`projects/widget.yaml:4:5`](\(fixture.url)/acme/ci/blob/\(first)/projects/widget.yaml#L4)"))
                #expect(failure.body.contains("did you mean") && !failure.body.contains("```diff"))

                // Pushed again, without the mistake.
                let repaired = ControllerFixture.widget.replacing("tags: ['v*']", with: "tags: []")
                    .replacing("pull_request: {branches: [main]}", with: "schedule: '0 4 * * *'")
                let second = try await fixture.commit(
                    "topic", files: ["projects/widget.yaml": repaired], to: "acme/ci")
                #expect(try await previews.pass())
                #expect(try await fixture.verdicts(second) == ["success: 1 change in 1 project"])
                let success = try await fixture.comment(number)
                #expect(success.id == failure.id && !success.body.contains(":x:"))
                #expect(ControllerFixture.announced(success.body).count == 1)
                let page = try await fixture.list("/repos/acme/ci/statuses/\(second)").last?["target_url"] as? String
                #expect(page == "\(fixture.url)/acme/ci/pull/\(number)#issuecomment-\(success.id)")

                // Nothing is new: nothing is written, by this process or by the next one.
                try await fixture.control("DELETE", "/requests")
                #expect(try await previews.pass())
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.writes().isEmpty)

                // The admin branch moves; both sides have changed the file.
                let moved = ControllerFixture.widget + "\ndeploy_key: always\n"
                let main = try await fixture.commit(files: ["projects/widget.yaml": moved], to: "acme/ci")
                try await fixture.sync()
                #expect(try await previews.pass())
                #expect(try await fixture.comment(number).body.contains(String(main.prefix(12))))
                #expect(ControllerFixture.announced(try await fixture.comment(number).body).count == 2)
                // What was open anyway is done, and is no part of it any more.
                await fixture.reconcile()
                #expect(try await previews.pass())
                let announced = ControllerFixture.announced(try await fixture.comment(number).body)
                #expect(announced.count == 1 && announced[0].hasPrefix("~ webhook tests"))
                #expect(try await fixture.comment(number).id == failure.id)

                try await fixture.control("PATCH", "/repos/acme/ci/pulls/\(number)", ["merged": true])
                let project = try await fixture.sync()
                let result = try await ProjectReconciler(
                    configuration: fixture.configuration, store: fixture.store, client: fixture.client
                ).reconcile(project)
                #expect(result.operations.map(\.description) == announced)
                #expect(try await previews.pass())
                let head = try #require(try await fixture.store.latestConfigRevision()?.commit)
                #expect(try await fixture.verdicts(head) == ["success: Applied: 1 project"])
            }
        }

        @Test("several pull requests, conflicts, somebody else's comment with our mark, and one that was deleted")
        func several() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.sync()
                await fixture.reconcile()
                let conflicting = ControllerFixture.widget.replacing("title: Tests", with: "title: Mine")
                let mine = try await fixture.commit("a", files: ["projects/widget.yaml": conflicting], to: "acme/ci")
                let other = try await fixture.commit("b", files: ["README.md": "hello\n"], to: "acme/ci")
                let (first, second) = (try await fixture.open("a"), try await fixture.open("b"))
                try await fixture.control(
                    "POST", "/repos/acme/ci/pulls/\(second)/comments",
                    ["body": PreviewComment.marker + "\nforged", "user": "hubot"])
                let changed = ControllerFixture.widget.replacing("title: Tests", with: "title: Theirs")
                try await fixture.commit(files: ["projects/widget.yaml": changed], to: "acme/ci")
                try await fixture.sync()
                #expect(try await fixture.previews.pass())
                #expect(
                    try await fixture.verdicts(mine) == [
                        "failure: It conflicts with main in projects/widget.yaml: merge or rebase it."
                    ])
                #expect(try await fixture.verdicts(other) == ["success: No change on GitHub"])
                #expect(try await fixture.comment(first).body.contains("It conflicts with main"))
                let both = try await fixture.comments(second)
                #expect(both.map(\.user) == ["hubot", "acme"] && both[0].body.hasSuffix("forged"))

                try await fixture.control(
                    "DELETE", "/repos/acme/ci/pulls/\(second)/comments/\(both[1].id)")
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.comments(second).count == 2)
                // An error that the admin branch has already is told, and fails nobody else's pull request.
                let broken = changed + "\nnonsense: 1\n"
                let head = try await fixture.commit(files: ["projects/widget.yaml": broken], to: "acme/ci")
                try await fixture.sync()
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.verdicts(head).first?.hasPrefix("failure: projects/widget.yaml:") == true)
                #expect(try await fixture.verdicts(other).last == "success: No change on GitHub")
                #expect(try await fixture.comments(second).last?.body.contains("not new") == true)
            }
        }

        @Test("what would be held says which trailer it needs, and passes with it")
        func held() async throws {
            try await ControllerFixture.with { fixture in
                let names = ["b", "c", "d"]
                let files = names.map {
                    ("projects/\($0).yaml", ControllerFixture.widget.replacing("acme/widget", with: "acme/\($0)"))
                }
                try await fixture.commit(files: Dictionary(uniqueKeysWithValues: files), to: "acme/ci")
                try await fixture.sync()
                let gone = Dictionary(uniqueKeysWithValues: names.map { ("projects/\($0).yaml", NSNull()) })
                func remove(_ message: String, _ files: [String: Any]) async throws -> String {
                    let answer = try await fixture.control(
                        "POST", "/repos/acme/ci/commits", ["branch": "topic", "message": message, "files": files])
                    return try #require((answer as? [String: Any])?["sha"] as? String)
                }
                let first = try await remove("Less", gone)
                let number = try await fixture.open("topic")
                let previews = try fixture.previews
                #expect(try await previews.pass())
                #expect(
                    try await fixture.verdicts(first).first?.hasPrefix(
                        "failure: Would be held without 'Kozmic-Allow-Prune: 3': it removes 3 of 4")
                        == true)
                #expect(try await fixture.comment(number).body.contains("'Kozmic-Allow-Prune: 3'"))
                let second = try await remove("It is meant\n\nKozmic-Allow-Prune: 3\n", [:])
                #expect(try await previews.pass())
                #expect(try await fixture.verdicts(second).first?.hasPrefix("success: ") == true)
                #expect(try await !fixture.comment(number).body.contains("Kozmic-Allow-Prune"))
            }
        }

        @Test("images, required statuses, waiting pull requests and secrets are told")
        func consequences() async throws {
            try await ControllerFixture.with { fixture in
                let installing = ControllerFixture.widget.replacing(
                    "    image: kozmic/debian:bookworm\n    build_script: |\n      #!/bin/sh\n      true\n  release",
                    with: "    image: kozmic/debian:bookworm\n    install_script: |\n      #!/bin/sh\n      true\n"
                        + "    build_script: |\n      #!/bin/sh\n      true\n  release")
                try await fixture.commit(files: ["projects/widget.yaml": installing], to: "acme/ci")
                let project = try await fixture.sync()
                await fixture.reconcile()
                try await install(project, fixture)
                for branch in ["x", "y"] {
                    try await fixture.commit(branch, files: [branch: "1"])
                    try await fixture.open(branch, in: "acme/widget")
                }
                try await fixture.control(
                    "PUT", "/repos/acme/widget/protection",
                    ["contexts": ["Kozmic CI", "Other"], "rule_contexts": ["Kozmic CI / release"]])
                let changed =
                    installing.replacing(
                        "debian:bookworm\n    install_script", with: "debian:trixie\n    install_script")
                    + "\nstatus: jobs\n"
                let head = try await fixture.commit(
                    "topic", files: ["projects/widget.yaml": changed], to: "acme/ci")
                let number = try await fixture.open("topic")
                let previews = try fixture.previews
                try await fixture.control("DELETE", "/requests")
                #expect(try await previews.pass())
                #expect(
                    try await fixture.verdicts(head) == [
                        "success: 1 required status goes away, no change on GitHub, 1 image is built"
                    ])
                let body = try await fixture.comment(number).body
                #expect(
                    body.contains(
                        "`main` of `acme/widget` requires the status `Kozmic CI`, which will not be reported any more: 2 open pull requests wait on it"
                    ))
                #expect(
                    body.contains(
                        "`acme/widget/tests`: the cached image is built again, because of `image`; took 0 s last time"))
                #expect(!body.contains("Other"))
                // Planned from memory: nothing of the project's own was asked for but what its branch requires.
                let read = try await reads(fixture)
                #expect(!read.contains { $0.contains("/acme/widget/hooks") || $0.contains("/acme/widget/keys") })

                // A token that may not read the protection says so.
                try await fixture.control(
                    "POST", "/faults",
                    [
                        "target": "request", "action": "status", "status": 403, "times": -1,
                        "path": "/repos/acme/widget/branches/**",
                    ])
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.comment(number).body.contains("requires cannot be read: the token may not"))
            }
        }

        @Test("a stranger's pull request is planned, makes nobody look, and learns nothing about people")
        func fork() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.control("PUT", "/repos/acme/widget/collaborators/hubot", ["permission": "push"])
                let people = ControllerFixture.widget + "\npermissions: {collaborators: {hubot: push}}\n"
                try await fixture.commit(files: ["projects/widget.yaml": people], to: "acme/ci")
                try await fixture.sync()
                await fixture.reconcile()
                try await fixture.control("PUT", "/repos/acme/ci/collaborators/hubot", ["permission": "pull"])
                try await fixture.control("POST", "/repos/acme/ci/forks", ["owner": "hubot"])
                let alone =
                    ControllerFixture.widget.replacing("  release:", with: "  deploy:")
                    + "\npermissions: {authoritative: true, collaborators: {acme: admin}}\n"
                let head = try await fixture.commit(
                    "topic",
                    files: [
                        "projects/widget.yaml": alone,
                        "projects/new.yaml": ControllerFixture.widget.replacing("acme/widget", with: "acme/secret"),
                    ], to: "hubot/ci")
                let number = try await fixture.open("hubot:topic")
                try await fixture.control("DELETE", "/requests")
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.verdicts(head).first?.hasPrefix("success: ") == true)
                let body = try await fixture.comment(number).body
                #expect(!body.contains("hubot") && body.contains("not shown in a pull request from a fork"))
                #expect(body.contains("webhook deploy") && body.contains("nobody looked at all of it"))
                #expect(try await !reads(fixture).contains { $0.contains("acme/secret") })

                // Its own people's pull request names them, and a repository that is not there is an error.
                let own = try await fixture.commit(
                    "own",
                    files: [
                        "projects/widget.yaml": alone,
                        "projects/new.yaml": ControllerFixture.widget.replacing("acme/widget", with: "acme/secret"),
                    ], to: "acme/ci")
                let second = try await fixture.open("own")
                #expect(try await fixture.previews.pass())
                #expect(try await fixture.comment(second).body.contains("- collaborator hubot"))
                #expect(
                    try await fixture.verdicts(own).first?.hasPrefix(
                        "failure: acme/secret: GitHub knows no repository acme/secret") == true)
            }
        }

        @Test(
            "a plan that must not be done fails; who would be shut out is not told to strangers",
            arguments: [true, false])
        func problems(isFromFork: Bool) throws {
            let repository = try #require(RepositoryName("acme/widget"))
            var entry = LivePlan.Entry(repository: repository)
            entry.plan = Plan(
                repository: repository, operations: [], problems: [.lastAdmin(names: ["collaborator mona"])])
            var preview = Preview(head: "a", base: "b", isFromFork: isFromFork)
            preview.entries = [entry]
            let status = preview.status(targetURL: "http://ci.example")
            #expect(status.state == "failure")
            #expect(status.description?.contains("mona") == !isFromFork)
            let comment = PreviewComment(preview: preview, repositoryURL: "http://github.example/a/b", branch: "main")
            #expect(comment.body.contains("mona") == !isFromFork)
        }

        @Test("as a service it hears of a pull request, of a new revision, and of what was done")
        func service() async throws {
            try await ControllerFixture.with { fixture in
                try await fixture.sync()
                let topic = ControllerFixture.widget.replacing("tags: ['v*']", with: "tags: []")
                let head = try await fixture.commit(
                    "topic", files: ["projects/widget.yaml": topic], to: "acme/ci")
                let previews = try fixture.previews
                try await fixture.withServices([previews]) {
                    let number = try await fixture.open("topic")
                    fixture.store.noteAdminRepositoryChange()
                    try await fixture.eventually {
                        try await fixture.verdicts(head).last == "success: 2 changes in 1 project"
                    }
                    // What the pass does is then no part of the pull request.
                    await fixture.reconcile()
                    try await fixture.eventually {
                        try await fixture.verdicts(head).last == "success: No change on GitHub"
                    }
                    #expect(try await fixture.comments(number).count == 1)
                }
            }
        }

        /// Runs the install script of the project's first job, as far as the store is told.
        private func install(_ project: ProjectRecord, _ fixture: ControllerFixture) async throws {
            let hook = try #require(project.config.hooks.last)
            _ = try await fixture.store.createBuild(
                NewBuild(
                    projectID: project.id,
                    event: TriggerEvent(
                        kind: .push, ref: .branch("main"), commit: String(repeating: "a", count: 40), message: "m",
                        authorName: "Mona", authorEmail: nil, sender: nil),
                    hooks: [hook], trusted: true, configCommit: project.configCommit,
                    pageURL: { number, _ in "http://ci/\(number)" }))
            let job = try #require(try await fixture.store.claimNextJob()).job
            try await fixture.store.recordProgress(job.id, phase: .installing)
            try await fixture.store.recordProgress(job.id, phase: .building)
        }

        private func reads(_ fixture: ControllerFixture) async throws -> [String] {
            let answer = try await fixture.control("GET", "/requests") as? [String: Any]
            let requests = try #require(answer?["requests"] as? [[String: Any]])
            return requests.compactMap { $0["path"] as? String }
        }
    }
}
