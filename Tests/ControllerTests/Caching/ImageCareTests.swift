import Foundation
import Logging
import Model
import Runner
import Store
import Testing

@testable import Controller

@Suite("Cached images that are too many", .timeLimit(.minutes(2)))
struct ImageCareTests {
    private static let now = Date()

    /// An image made so many hours ago.
    private func image(
        _ key: String, hook: String = "tests", hours: Double, isTrusted: Bool = true, repository: String = "acme/widget"
    ) -> CachedImage {
        let folder = isTrusted ? "kozmic-cache" : "kozmic-cache-untrusted"
        return CachedImage(
            reference: "\(folder)/\(repository)/\(hook):\(key)", repository: repository, hook: hook, key: key,
            isTrusted: isTrusted, created: Self.now.addingTimeInterval(-hours * 3600), size: 1)
    }

    private func care(_ desk: Desk, _ shelf: ShelfExecutor, high: Double? = nil) -> ImageCare {
        var configuration = desk.configuration
        configuration.cacheDiskHigh = high
        return ImageCare(
            configuration: configuration, store: desk.store, executor: shelf,
            logger: Logger(label: "test") { _ in
                SwiftLogNoOpLogHandler()
            })
    }

    private func declare(_ desk: Desk, _ hooks: [String] = ["tests"], cachedImages: Int) async throws {
        _ = try await desk.declare(
            hooks.map { id in
                var hook = try desk.hook(id)
                hook.installScript = "#!/bin/sh\n"
                hook.settings.cachedImages = cachedImages
                return hook
            })
    }

    @Test("the ones used longest ago go, a use counts for more than the making, and one in use stays")
    func leastRecentlyUsed() async throws {
        try await Desk.with { desk in
            try await declare(desk, cachedImages: 2)
            let commit = try desk.push(["a": "1"])
            _ = try await desk.deliver("push", desk.pushed(commit, before: nil))
            let job = try #require(try await desk.store.claimNextJob()).job
            // The oldest one is what a job runs on at this moment.
            try await desk.store.recordProgress(job.id, cacheKey: "k1", reused: true)
            let shelf = ShelfExecutor([
                image("k1", hours: 90), image("k2", hours: 50), image("k3", hours: 40), image("k4", hours: 3),
                image("u1", hours: 9, isTrusted: false),
            ])
            try await care(desk, shelf).pass(at: Self.now)
            #expect(shelf.keys == ["k1", "k4", "u1"])
            try await desk.store.finishJob(job.id, .success)

            try await declare(desk, cachedImages: 0)
            shelf.use("k4")
            try await care(desk, shelf).pass(at: Self.now)
            #expect(shelf.keys == ["k4"], "none is kept but the one that a container uses")
            #expect(try await desk.store.cacheUses().isEmpty)
        }
    }

    @Test("every hook keeps its image, and a project that is gone keeps none")
    func hooks() async throws {
        try await Desk.with { desk in
            let hooks = ["one", "two", "three"]
            try await declare(desk, hooks, cachedImages: 1)
            let shelf = ShelfExecutor(
                hooks.enumerated().map { image($1, hook: $1, hours: Double($0)) }
                    + [image("old", hook: "one", hours: 30), image("stranger", hours: 1, repository: "acme/gone")])
            try await care(desk, shelf).pass(at: Self.now)
            #expect(shelf.keys == ["one", "three", "two"])
        }
    }

    @Test("a full disk takes images until it is below the mark, but none that was used within the hour")
    func disk() async throws {
        try await Desk.with { desk in
            try await declare(desk, cachedImages: 9)
            let images = [
                image("k1", hours: 90), image("k2", hours: 50), image("k3", hours: 40), image("k4", hours: 0.5),
            ]
            let shelf = ShelfExecutor(images)
            shelf.fill(disk: [0.84])
            try await care(desk, shelf, high: 0.85).pass(at: Self.now)
            #expect(shelf.keys.count == 4)
            // Below the mark is not enough: the next image would fill it again.
            shelf.fill(disk: [0.86, 0.84, 0.79])
            try await care(desk, shelf, high: 0.85).pass(at: Self.now)
            #expect(shelf.keys == ["k3", "k4"])
            shelf.fill(disk: [0.99])
            try await care(desk, shelf, high: 0.85).pass(at: Self.now)
            #expect(shelf.keys == ["k4"])
        }
    }
}
