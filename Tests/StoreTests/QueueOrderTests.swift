import Model
import SeededRandom
import Testing

@testable import Store

@Suite("The order of the queue")
struct QueueOrderTests {
    /// Queues a build of one job; answers the job.
    @discardableResult
    private func queue(
        _ fixture: Fixture, _ project: ProjectRecord, _ commit: String, group: Hook.Concurrency? = nil,
        needsApproval: Bool = false
    ) async throws -> Int64 {
        var new = try Fixture.newBuild(project, commit: commit)
        new.hooks[0].concurrency = group
        new.trusted = !needsApproval
        let build = try #require(try await fixture.store.createBuild(new))
        return try #require(try await fixture.store.jobs(build.id).first).id
    }

    /// The queued jobs that have a position, by it.
    private func order(_ store: Store) async throws -> [Int64] {
        let queued = try await store.database.query("SELECT id FROM job WHERE state = 'queued'")
        let places = try await store.queuePlaces(queued.compactMap { Int64($0) }).values
        let placed = places.filter { $0.position != nil }.sorted { ($0.position ?? 0) < ($1.position ?? 0) }
        #expect(placed.compactMap(\.position) == placed.indices.map { $0 + 1 })
        return placed.map(\.jobID)
    }

    @Test("with one slot projects take turns: a job does not wait for another project's older backlog")
    func oneSlot() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b", "c"])
            for index in 0..<5 { try await queue(fixture, projects[0], "\(index)") }
            let running = try #require(try await store.claimNextJob()).job
            for index in 0..<2 { try await queue(fixture, projects[1], "\(index)") }
            let last = try await queue(fixture, projects[2], "0")
            #expect(try await store.queuePlaces([last])[last]?.position == 2)
            try await store.finishJob(running.id, .success)
            let told = try await order(store)
            var happened: [Int64] = []
            var names = ""
            while let claimed = try await store.claimNextJob() {
                happened.append(claimed.job.id)
                names += claimed.project.repository.name
                try await store.finishJob(claimed.job.id, .success)
            }
            #expect(names == "bcabaaa")
            #expect(happened == told)
        }
    }

    @Test("whose turn it is outlives the server, and who never had a slot comes first")
    func restart() async throws {
        try await Fixture.withFolder { folder in
            let first = Fixture(folder: folder, store: try await Store.open(dataDirectory: folder))
            let projects = try await first.declare(["a", "b"])
            try await queue(first, projects[0], "1")
            try await queue(first, projects[1], "1")
            for _ in 0..<2 { try await first.runNext() }
            await first.store.close()

            let second = Fixture(folder: folder, store: try await Store.open(dataDirectory: folder))
            try await queue(second, projects[1], "2")
            try await queue(second, projects[0], "2")
            let third = try await second.declare(["a", "b", "c"])[2]
            try await queue(second, third, "1")
            var names = ""
            while let claimed = try await second.store.claimNextJob() { names += claimed.project.repository.name }
            #expect(names == "cab")
            await second.store.close()
        }
    }

    @Test("jobs that their group has no room for have no position, and move nobody's")
    func passedOver() async throws {
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b"])
            let deploy = Hook.Concurrency(group: "deploy", limit: 1)
            let first = try await queue(fixture, projects[0], "1", group: deploy)
            let passed = try await queue(fixture, projects[0], "2", group: deploy)
            let free = try await queue(fixture, projects[0], "3")
            let others = [
                try await queue(fixture, projects[1], "1"), try await queue(fixture, projects[1], "2"),
            ]
            // The group is empty, and yet only one of its jobs can begin.
            #expect(try await order(store) == [first, others[0], free, others[1]])
            #expect(try await store.queuePlaces([passed])[passed]?.fullGroup == "deploy")
            #expect(try await store.claimNextJob()?.job.id == first)
            #expect(try await order(store) == [others[0], free, others[1]])
            try await store.finishJob(first, .success)
            #expect(try await order(store) == [others[0], passed, others[1], free])
        }
    }

    @Test("whatever comes and ends, positions are what then happens", arguments: 0..<12)
    func simulation(seed: UInt64) async throws {
        var random = SeededGenerator(seed: seed)
        try await Fixture.with { fixture in
            let store = fixture.store
            let projects = try await fixture.declare(["a", "b", "c", "d"])
            let groups = ["one", "two", "three"].enumerated().map { index, name in
                Hook.Concurrency(group: name, limit: index + 1)
            }
            var running: [Int64] = []
            for step in 0..<60 {
                switch Int.random(in: 0..<10, using: &random) {
                case 0..<4:
                    let project = try #require(projects.randomElement(using: &random))
                    let isGrouped = seed % 2 == 0 && Bool.random(using: &random)
                    try await queue(
                        fixture, project, "\(step)", group: isGrouped ? groups.randomElement(using: &random) : nil,
                        needsApproval: Int.random(in: 0..<10, using: &random) == 0)
                case 4..<7:
                    let next = try await order(store).first
                    let claimed = try await store.claimNextJob()?.job.id
                    #expect(claimed == next, "step \(step)")
                    if let claimed { running.append(claimed) }
                default:
                    guard let index = running.indices.randomElement(using: &random) else { continue }
                    try await store.finishJob(running.remove(at: index), .success)
                }
            }
            let mayGroup = seed % 2 == 0
            if !mayGroup {
                for job in running { try await store.finishJob(job, .success) }
            }
            let told = try await order(store)
            var happened: [Int64] = []
            while let claimed = try await store.claimNextJob() {
                happened.append(claimed.job.id)
                // With one slot. The end of a job in a group would let others begin that have no position now.
                if !mayGroup { try await store.finishJob(claimed.job.id, .success) }
            }
            #expect(happened == told)
        }
    }
}
