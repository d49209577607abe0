import Foundation
import GitHub
import Logging
import Model
import Reconciler
import Store
import Testing

@testable import Controller

/// What an answer of GitHub's makes of a project.
struct AnswerRow: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var fault: [String: any Sendable]
    var status: ProjectCondition.Status
    /// A part of the reason.
    var reason: String
    /// When it is tried again, in seconds.
    var delay: ClosedRange<Double>

    private init(
        _ name: String, _ fault: [String: any Sendable], _ status: ProjectCondition.Status, _ reason: String,
        _ delay: ClosedRange<Double>
    ) {
        testDescription = name
        self.fault = fault
        self.status = status
        self.reason = reason
        self.delay = delay
    }

    private static let pass = 60.0...60
    private static let soon = 1.6...2.0

    static let all: [AnswerRow] = [
        AnswerRow(
            "401", ["status": 401, "body": ["message": "Bad credentials"]], .stalled, "--github-token-file", pass),
        AnswerRow(
            "403", ["status": 403, "body": ["message": "Must have admin rights"]], .stalled,
            "Must have admin rights. The token needs admin rights on guild/widget", pass),
        AnswerRow("404", ["status": 404, "body": ["message": "Not Found"]], .stalled, "knows no repository", pass),
        AnswerRow("409", ["status": 409, "body": ["message": "Conflict"]], .reconciling, "busy", soon),
        AnswerRow(
            "422",
            [
                "status": 422,
                "body": ["message": "Validation Failed", "errors": [["message": "no more than 20 hooks"]]]
                    as [String: any Sendable],
            ], .stalled, "no more than 20 hooks", pass),
        AnswerRow(
            "429 with Retry-After", ["status": 429, "headers": ["Retry-After": "7"]], .reconciling, "fewer requests",
            6.5...7),
        AnswerRow("429 without Retry-After", ["status": 429], .reconciling, "fewer requests", 59.5...60),
        AnswerRow(
            "403 of the secondary limit",
            ["status": 403, "body": ["message": "You have exceeded a secondary rate limit"]], .reconciling,
            "fewer requests", 59.5...60),
        AnswerRow(
            "403 of the used up quota",
            [
                "status": 403,
                "headers": [
                    // The rows are made when the first test begins, and this one's turn may come minutes later.
                    "X-RateLimit-Remaining": "0",
                    "X-RateLimit-Reset": "\(Int(Date(timeIntervalSinceNow: 3000).timeIntervalSince1970))",
                ],
            ], .reconciling, "used up", 600...3100),
        AnswerRow("500", ["status": 500], .reconciling, "has trouble", soon),
        AnswerRow("503", ["status": 503, "body": ["message": "No server"]], .reconciling, "No server", soon),
        AnswerRow("cut connection", ["action": "disconnect"], .reconciling, "cannot be reached", soon),
        AnswerRow(
            "wrong JSON", ["status": 200, "body": ["x": 1]], .reconciling, "not understood", soon),
    ]
}

@Suite("What GitHub's answers make of a project")
struct AnswerTests {
    @Test(
        "each answer has a condition with its reason and a time for the next try; then all is well",
        arguments: AnswerRow.all)
    func table(row: AnswerRow) async throws {
        try await GitHubWorld.with { world in
            let project = try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")[0]
            var fault: [String: any Sendable] = [
                "target": "request", "method": "GET", "path": "/repos/guild/widget/hooks", "action": "status",
                "times": 3,
            ]
            fault.merge(row.fault) { $1 }
            try await world.control("POST", "faults", fault)
            _ = try await world.newWrites()
            let problem = await #expect(throws: ReconcileProblem.self) {
                try await world.reconcile("guild/widget")
            }
            let found = try #require(problem)
            #expect(found.isStalled == (row.status == .stalled))
            #expect(found.reason.contains(row.reason), "\(found.reason)")
            #expect(try await world.newWrites().isEmpty)

            let schedule = ReconcileSchedule()
            _ = schedule.due([project.mark])
            schedule.failed(
                project.mark, retryAfter: found.retryAfter, isStalled: found.isStalled, interval: .seconds(60))
            #expect(schedule.due([project.mark]).isEmpty)
            let delay = schedule.next(within: .seconds(3600)) / .seconds(1)
            #expect(delay > row.delay.lowerBound - 0.5 && delay <= row.delay.upperBound, "\(delay)")
            var changed = project
            changed.configCommit = "c2"
            #expect(schedule.due([changed.mark]).count == 1, "a changed project is due at once")

            try await world.control("DELETE", "faults")
            let result = try await world.reconcile("guild/widget")
            #expect(result.condition.status == .ready)
            #expect(result.operations.count == 1)
        }
    }

    @Test("failures in a row wait longer and longer, never more than five minutes; a success forgets them")
    func backOff() async throws {
        try await GitHubWorld.with { world in
            let project = try await world.declare([GitHubWorld.project("guild/widget")], commit: "c1")[0]
            let schedule = ReconcileSchedule()
            _ = schedule.due([project.mark])
            var last = 0.0
            for _ in 0..<12 {
                schedule.failed(project.mark, interval: .seconds(60))
                let delay = schedule.next(within: .seconds(3600)) / .seconds(1)
                #expect(delay > min(last, 200) && delay <= 300)
                last = delay
            }
            schedule.succeeded(project.mark)
            schedule.failed(project.mark, interval: .seconds(60))
            #expect(schedule.next(within: .seconds(3600)) <= .seconds(2))
        }
    }

    @Test("the store knows of each project that failed when it is tried again, until it succeeds")
    func nextTry() async throws {
        try await GitHubWorld.with { world in
            let projects = try ["guild/gear", "guild/nothing", "guild/widget"].map { try GitHubWorld.project($0) }
            try await world.declare(projects, commit: "c1")
            try await world.control(
                "POST", "faults",
                [
                    "target": "request", "path": "/repos/guild/gear/hooks", "action": "status", "status": 500,
                    "times": -1,
                ])
            var logger = Logger(label: "reconcile")
            logger.logLevel = .critical
            let loop = ReconcileLoop(
                configuration: world.configuration, store: world.store, client: world.client, logger: logger)
            let start = Date()
            _ = await loop.pass()
            let records = try await world.store.activeProjects()
            #expect(records.map(\.failures) == [1, 1, 0])
            #expect(records.map(\.condition.status) == [.reconciling, .stalled, .ready])
            #expect(try #require(records[0].nextTryAt) > start)
            // What waits for a person is looked at in the usual pass.
            #expect(try #require(records[1].nextTryAt) >= start.addingTimeInterval(59))
            #expect(records[2].nextTryAt == nil)
        }
    }

    @Test("trouble with one part leaves the others as declared")
    func parts() async throws {
        try await GitHubWorld.with { world in
            try await world.declare(
                [
                    GitHubWorld.project("guild/gear") { $0.permissions.collaborators = ["nobody": .push] },
                    GitHubWorld.project("guild/widget") {
                        $0.owner = "octocat"
                        $0.permissions.authoritative = true
                    },
                ], commit: "c1")
            let gear = try await world.reconcile("guild/gear")
            #expect(gear.operations.map { "\($0)".prefix(9) } == ["+ webhook", "+ deploy "])
            #expect(gear.condition.status == .stalled)
            #expect(gear.condition.reason?.contains("no account 'nobody'") == true)

            try await world.control(
                "PUT", "repos/guild/widget/collaborators/octocat", ["permission": "admin"])
            let widget = try await world.reconcile("guild/widget")
            #expect(widget.operations.count == 1)
            #expect(widget.problems.first == .owner(login: "octocat"))
            #expect(widget.condition.status == .stalled)
            #expect(try await world.client.collaborators("guild/widget", affiliation: .direct).count == 1)
        }
    }
}
