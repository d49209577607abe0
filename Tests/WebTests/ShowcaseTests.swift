import Foundation
import Store
import Testing

/// Shows the gallery to people.
@Suite(.serialized) struct ShowcaseTests {
    private static let environment = ProcessInfo.processInfo.environment

    @Test(
        "serves the gallery: KOZMIC_SHOW_PAGES=18090 swift test --filter Showcase, until it is stopped",
        .enabled(if: environment["KOZMIC_SHOW_PAGES"] != nil))
    func serve() async throws {
        let port = try #require(Int(Self.environment["KOZMIC_SHOW_PAGES"] ?? ""))
        try await Site.with(port: port) { site in
            try await site.fillGallery()
            for await _ in site.store.changes.subscribe([]) {}
        }
    }

    @Test(
        "makes pictures of every screen: make screenshots",
        .enabled(if: environment["KOZMIC_SCREENSHOTS"] != nil && Browser.path != nil))
    func pictures() async throws {
        let folder = URL(filePath: Self.environment["KOZMIC_SCREENSHOTS"] ?? "")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let pages = [
            "projects": "/", "build": "/acme/widget/builds/24", "job": "/acme/widget/builds/24/jobs/tests",
            "latest": "/acme/widget", "running": "/acme/widget/builds/26/jobs/package",
            "history": "/acme/widget/builds", "search": "/acme/widget/builds?q=sprocket&author=mona",
            "branches": "/acme/widget/branches", "settings": "/acme/widget/settings", "sync": "/_sync",
            "deliveries": "/_deliveries", "delivery": "/_deliveries/2", "empty": "/hubot/an-empty-one",
            "missing": "/acme/nothing",
        ]
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            try await Browser.with { browser in
                for theme in ["light", "dark"] {
                    try await browser.theme(theme)
                    for width in [360, 768, 1280, 2560] {
                        try await browser.resize(width: width)
                        for (name, page) in pages.sorted(by: { $0.key < $1.key }) {
                            try await browser.open("http://127.0.0.1:\(site.client.port)\(page)")
                            // What comes a moment later, such as the first error of a log: nothing is checked here.
                            _ = try await browser.evaluate("await new Promise(done => setTimeout(done, 400))")
                            let picture = try await browser.picture()
                            try picture.write(to: folder.appending(path: "\(name)-\(theme)-\(width).png"))
                        }
                    }
                }
            }
        }
        print("pictures are in \(folder.path)")
    }
}
