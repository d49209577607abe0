import Foundation
import Testing

@testable import Runner

extension RunnerFixture {
    /// Runs `body` while places are kept ready, of which one is there; `afterwards` when that has ended.
    static func withPlaces(
        _ preparation: Preparation, _ body: (RunnerFixture) async throws -> Void,
        afterwards: (RunnerFixture) async throws -> Void
    ) async throws {
        try await with(preparation: preparation) { fixture in
            let maintaining = Task { await fixture.executor.maintain(instance: fixture.instance) }
            do {
                try await fixture.placeIsReady()
                try await body(fixture)
            } catch {
                maintaining.cancel()
                throw error
            }
            maintaining.cancel()
            await maintaining.value
            try await afterwards(fixture)
        }
    }

    /// Waits, as one does for an outside program, until a place is ready.
    func placeIsReady() async throws {
        for _ in 0..<1_800 {
            if await executor.tools.berths.readyCount > 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        Issue.record("no place was prepared")
    }
}
