import Foundation
import Logging
import Model
import Store
import Testing

@testable import Controller

@Suite("What would change, for the page", .timeLimit(.minutes(5)))
struct PendingPlansTests {
    @Test("what the next passes will do; and of a held revision what it would do")
    func plans() async throws {
        try await AdminFixture.with { admin in
            let plans = PendingPlans(
                configuration: admin.configuration, mirror: admin.sync.mirror, store: admin.store,
                logger: Logger(label: "test"))
            try await plans.pass()
            #expect(try await admin.store.pendingPlan() == nil)
            try await admin.apply(["projects/a.yaml": AdminFixture.project("a", "tests")])
            try await plans.pass()
            let first = try #require(try await admin.store.pendingPlan())
            #expect(!first.isHeld && first.projects.map(\.repository.name) == ["a"] && first.more == 0)
            #expect(first.projects.first?.lines.contains { $0.hasPrefix("+ webhook tests") } == true, "\(first)")

            try await admin.apply(["projects/a.yaml": nil, "kozmic.yaml": "version: 1\n"], "Oops")
            #expect(try await admin.latest().appliedAt == nil)
            try await plans.pass()
            let held = try #require(try await admin.store.pendingPlan())
            let latest = try await admin.latest()
            #expect(held.isHeld && held.commit == latest.commit)
        }
    }

    @Test("of many projects the first hundred are listed, and the others are counted")
    func many() async throws {
        try await AdminFixture.with { admin in
            let plans = PendingPlans(
                configuration: admin.configuration, mirror: admin.sync.mirror, store: admin.store,
                logger: Logger(label: "test"))
            let names = (100..<230).map { "p\($0)" }
            var files: [String: String?] = [:]
            for name in names { files["projects/\(name).yaml"] = AdminFixture.project(name, "tests") }
            try await admin.apply(files)
            try await plans.pass()
            let plan = try #require(try await admin.store.pendingPlan())
            #expect(plan.projects.map(\.repository.name) == Array(names.prefix(100)) && plan.more == 30)
        }
    }
}
