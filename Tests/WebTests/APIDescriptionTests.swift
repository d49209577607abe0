import Foundation
import Hummingbird
import Logging
import Model
import Store
import Testing

@testable import Web

@Suite("The API is as openapi.json describes it")
struct APIDescriptionTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    private static let file = root.appending(path: "Sources/Web/Schemas/openapi.json")

    private struct Description: Decodable {
        struct Operation: Decodable { var operationId: String }
        var paths: [String: [String: Operation]]

        static func read() throws -> Description {
            try JSONDecoder().decode(Description.self, from: Data(contentsOf: file))
        }
    }

    /// One answer, for the program that knows JSON Schema.
    private struct Answer: Encodable {
        var operation: String
        var status: Int
        var type: String
        var body: String
    }

    /// Runs a program of Python's on a thread of its own; answers its status and what it printed.
    private func python(_ program: String, _ arguments: [String]) async throws -> (status: Int32, output: String) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try Self.wait(program, arguments) })
            }
        }
    }

    private static func wait(_ program: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = pipe
        try process.run()
        let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: output, as: UTF8.self))
    }

    /// Where `make test-setup` puts the validator; it says so when the package registry cannot be reached.
    private static let validator = root.appending(path: ".build/openapi")

    @Test(
        "the document is an OpenAPI document",
        .enabled(
            if: FileManager.default.fileExists(atPath: validator.appending(path: "complete").path),
            "the validator is missing: make test-setup installs it"))
    func document() async throws {
        let result = try await python(
            Self.validator.appending(path: "bin/python").path, ["-m", "openapi_spec_validator", Self.file.path])
        #expect(result.status == 0, "\(result.output.prefix(3000))")
    }

    @Test("every address of the API is described, and nothing else")
    func routes() async throws {
        try await Site.with { site in
            let documented = Set(
                try Description.read().paths.flatMap { path, operations in
                    operations.keys.map { "\($0.uppercased()) /_api/v1\(path)" }
                })
            let configuration = WebConfiguration(
                host: "127.0.0.1", port: 0, externalURL: "http://ci.example.org", gitHubURL: "https://github.com",
                secretKey: site.key, version: "1")
            let callers = Callers(
                sessions: Sessions(store: site.store, configuration: configuration, logger: Logger(label: "routes")),
                tokens: TokenAccounts(ask: nil, now: { Date() }, logger: Logger(label: "routes")))
            let lookup = PageLookup(
                store: site.store, policy: AccessPolicy(showsPrivate: false), callers: callers)
            let router = Router(context: WebContext.self)
            let indexes = LogIndexes(site.store.logs)
            let admission = Admission(
                callers: callers, limits: CallLimits(now: { Date() }), proxies: configuration.proxies)
            APIRoutes(
                store: site.store, lookup: lookup, configuration: configuration,
                overview: StoreCache(site.store.changes, []) { [] }, indexes: indexes, metrics: MetricsSources()
            ).add(to: router)
            RawLogEndpoint(store: site.store, lookup: lookup, admission: admission).add(to: router)
            LogEventsEndpoint(store: site.store, lookup: lookup, feeds: LogFeeds(store: site.store)).add(to: router)
            LogSearchEndpoint(store: site.store, lookup: lookup, indexes: indexes, admission: admission)
                .add(to: router)
            LogSectionsEndpoint(store: site.store, lookup: lookup, indexes: indexes).add(to: router)
            let renderer = try PageRenderer(
                configuration: configuration, assets: Assets(), policy: lookup.policy,
                syncTrouble: StoreCache(site.store.changes, []) { false }, logger: Logger(label: "routes"))
            LogComparisonEndpoint(
                store: site.store, lookup: lookup, indexes: indexes, admission: admission,
                page: LogComparisonPage(renderer: renderer, gitHubURL: "https://github.com", externalURL: "http://ci")
            ).add(to: router)
            let routes = Set(router.routes.map { "\($0.method.rawValue) \($0.path)" }.filter { $0.contains(" /_api/") })
            #expect(routes.subtracting(documented) == [], "not in openapi.json")
            #expect(documented.subtracting(routes) == [], "not in the server")
        }
    }

    @Test("every operation answers as described, and errors have their one shape")
    func answers() async throws {
        let office = TokenOffice()
        try await Site.with(
            adminRepository: "acme/config", account: office.account, starts: Site.start, bisections: Site.bisections
        ) { site in
            let widget = try await site.prepareForAPI()[1]
            try await site.populate(widget)
            var answers: [Answer] = []
            for (path, operations) in try Description.read().paths.sorted(by: { $0.key < $1.key }) {
                for (method, operation) in operations.sorted(by: { $0.key < $1.key }) {
                    for (login, bad) in [("manager", false), ("reader", false), (nil, false), ("manager", true)] {
                        let address = Self.address(path, operation.operationId, isBad: bad)
                        let answer = try await site.api(
                            address, as: login, method: method.uppercased(),
                            method == "post" ? Self.body(operation.operationId, bad) : nil)
                        answers.append(
                            Answer(
                                operation: operation.operationId, status: answer.status,
                                type: answer.headers["content-type"] ?? "", body: answer.text))
                    }
                }
            }
            let file = "\(site.folder)/answers.json"
            try JSONEncoder().encode(answers).write(to: URL(filePath: file))
            let result = try await python(
                "/usr/bin/python3",
                [Self.root.appending(path: "Tests/Support/check-answers.py").path, Self.file.path, file])
            #expect(result.status == 0, "\(result.output.prefix(3000))")
        }
    }

    /// An address with its parameters; a bad one names what is not there.
    private static func address(_ path: String, _ operation: String, isBad: Bool) -> String {
        // Builds for the operations that change one, each in the state that it takes.
        let number =
            [
                "rerunBuild": 1, "rerunJob": 2, "cancelBuild": 3, "cancelJob": 4, "approveBuild": 5, "deleteLog": 2,
                "compareLog": 2, "getJob": 2, "startBisection": 8, "getBisection": 9, "stopBisection": 9,
            ][
                operation] ?? 1
        let values = [
            "owner": "acme", "repo": isBad ? "nothing" : "widget", "number": "\(number)",
            // The other log is compared later.
            "hook": operation == "deleteLog" ? "lint" : "tests",
            "id": isBad ? "999" : "1", "guid": isBad ? "no-guid" : "guid-1",
            "commit": isBad ? "0123456" : String(Site.commit("A change").prefix(8)),
        ]
        var address = path
        for (name, value) in values { address = address.replacing("{\(name)}", with: value) }
        switch operation {
        case "compareLog": return "\(address)?with=1"
        case "searchLog": return "\(address)?q=first"
        case "explainCommit": return "\(address)?repository=acme/widget"
        case "listBuilds", "listProjects", "listDeliveries": return isBad ? "\(address)?limit=0" : "\(address)?limit=1"
        default: return address
        }
    }

    private static func body(_ operation: String, _ isBad: Bool) -> String? {
        if isBad { return "[" }
        return operation == "approveBuild" ? #"{"commit":"\#(Site.commit("gift"))"}"# : nil
    }
}

extension Site {
    /// Builds 2 to 9 in the states that the changes take, a delivery with an explanation, drift, a plan, diagnostics.
    fileprivate func populate(_ project: ProjectRecord) async throws {
        try await build(project, "Again", kind: .pullRequest, pullRequest: 3)
        let failure = JobOutcome(state: .failure, exitCode: 2)
        for _ in project.config.hooks { try await run(failure, log: "first\n", form: "first") }
        try await build(project, "Cancel all")
        try await build(project, "Cancel one")
        let event = TriggerEvent(
            kind: .pullRequest, ref: .pullRequest(7), commit: Self.commit("gift"), message: "A gift", pullRequest: 7,
            fromFork: true)
        let wanted = NewBuild(
            projectID: project.id, event: event, hooks: project.config.hooks, trusted: false,
            configCommit: project.configCommit, pageURL: { number, _ in "http://ci/\(number)" })
        _ = try await store.createBuild(wanted)
        _ = try await store.claimNextJob()
        for job in try await store.jobs(try await build(project, "Fails too").id) {
            try await store.finishJob(job.id, failure, failureForm: Array("first".utf8))
        }

        try await search(project)

        let hook = try #require(project.config.hooks.first)
        _ = try await store.inbox.store(
            NewDelivery(
                repository: project.repository, hook: hook.id, guid: "guid-1", event: "push", payload: Array("{}".utf8))
        )
        let push = TriggerEvent(kind: .push, ref: .branch("main"), commit: Self.commit("A change"))
        _ = try await store.finishDelivery(
            try #require(try await store.deliveries(limit: 1).first).id, decision: "nothing to do", action: "created",
            ref: push.ref,
            explanation: DeliveryExplanation(
                event: push, configCommit: project.configCommit,
                hooks: [DeliveryExplanation.Answer(hook, .no, [])]))
        try await store.savePendingPlan(
            PendingPlan(
                commit: "c0ffee0123", isHeld: true,
                projects: [
                    PendingPlan.Project(repository: project.repository, lines: ["+ webhook"], isDriftReported: false)
                ]))
        try await store.noteConfigProblem("it cannot be reached")
        let place = ConfigPlace(file: project.config.file, line: 3)
        try await store.saveProjectSettings(
            [
                (
                    project.repository,
                    [
                        ExplainedValue(
                            path: "hooks.tests.timeout", value: "20m", level: .hook, place: place,
                            overridden: [ExplainedValue.Overridden(value: "60m", level: .builtIn)])
                    ]
                )
            ], commit: "c0ffee0123")
    }

    /// Build 7 passes, 8 fails, and so does 9, which is searched: one build says nothing, one waits.
    private func search(_ project: ProjectRecord) async throws {
        for (message, state) in [("Passes", JobState.success), ("Fails", .failure), ("Fails on", .failure)] {
            let outcome = JobOutcome(state: state, exitCode: state == .success ? 0 : 1)
            for job in try await store.jobs(try await build(project, message).id) {
                try await store.finishJob(job.id, outcome)
            }
        }
        let red = try #require(try await store.build(project.id, number: 9))
        let job = try #require(try await store.attempts(red.id, Self.hook("tests")).first)
        let subject = BisectionActions.Subject(job: job, build: red, project: project)
        let report = try await Self.bisections(store).start(subject, "mona").report
        let first = try await probe(report, report.record.candidates[2].id, of: project)
        try await store.finishJob(first.jobID, JobOutcome(state: .error, reason: "no engine"))
        try await probe(report, report.record.candidates[1].id, of: project)
    }
}
