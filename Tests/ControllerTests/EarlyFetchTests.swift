import Foundation
import Git
import Model
import Testing

@testable import Controller

extension ControllerSuites {
    @Suite("A commit is fetched before its jobs ask for it")
    struct EarlyFetchTests {
        @Test("what was wished for is in the mirror; a wish that cannot be granted harms nobody")
        func fetch() async throws {
            try await ControllerFixture.with { fixture in
                let (mirrors, name) = (fixture.mirrors, try fixture.widgetName)
                let early = EarlyFetch(mirrors: mirrors)
                let running = Task { await early.run() }
                early.begin(.init(repository: name, commit: String(repeating: "a", count: 40), ref: .branch("main")))
                let head = try await fixture.commit(message: "early")
                let mirror = await mirrors.mirror(name)
                let end = ContinuousClock.now + .seconds(120)
                // The wish is not kept while another one for the repository is being granted.
                while await !mirror.contains(commit: head), .now < end {
                    early.begin(.init(repository: name, commit: head, ref: .branch("main")))
                    await Task.yield()
                }
                #expect(await mirror.contains(commit: head))
                running.cancel()
                await running.value
            }
        }
    }
}
