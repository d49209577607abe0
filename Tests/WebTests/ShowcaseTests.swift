import Foundation
import Store
import Testing

/// Serves the gallery to be looked at: `KOZMIC_SHOW_PAGES=18090 swift test --filter Showcase`, until it is stopped.
@Suite(.enabled(if: ProcessInfo.processInfo.environment["KOZMIC_SHOW_PAGES"] != nil))
struct ShowcaseTests {
    @Test("serves the gallery")
    func serve() async throws {
        let port = try #require(Int(ProcessInfo.processInfo.environment["KOZMIC_SHOW_PAGES"] ?? ""))
        try await Site.with(port: port) { site in
            try await site.fillGallery()
            for await _ in site.store.changes.subscribe([]) {}
        }
    }
}
