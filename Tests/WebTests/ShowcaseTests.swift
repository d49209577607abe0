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
            "missing": "/acme/nothing", "error": "/acme/widget/builds/25", "waiting": "/acme/widget/builds/27",
            "cancelled": "/acme/widget/builds/23", "killed": "/acme/widget/builds/25/jobs/tests",
            "queued": "/acme/widget/builds/27/jobs/lint", "stalled": "/acme/rocket/settings",
            "empty-history": "/hubot/an-empty-one/builds", "empty-branches": "/hubot/an-empty-one/branches",
            "empty-settings": "/hubot/an-empty-one/settings", "nothing-found": "/?q=nobody",
            "empty-search": "/acme/widget/builds?q=nothing+like+that",
        ]
        let nothing = ["none-projects": "/", "none-sync": "/_sync", "none-deliveries": "/_deliveries"]
        try await Site.with(showsPrivate: true) { site in
            try await site.fillGallery()
            try await Browser.with { browser in try await take(pages, of: site, browser, folder) }
        }
        try await Site.with(showsPrivate: true) { site in
            try await Browser.with { browser in
                try await take(nothing, of: site, browser, folder)
                try await site.store.noteConfigProblem("could not resolve host 'git.example.org'")
                try await take(["broken-sync": "/_sync", "broken-projects": "/"], of: site, browser, folder)
            }
        }
        try await Site.with(showsPrivate: true) { site in
            try await site.fillCrowd(reason: "GitHub answers 404: is the token's user a collaborator?")
            try await Browser.with { browser in
                try await take(
                    ["crowd-sync": "/_sync", "crowd-nothing-found": "/_sync?q=nobody"], of: site, browser, folder)
            }
        }
        try await Site.with { site in
            try await site.fillCalmly()
            try await Browser.with { browser in
                try await take(
                    ["calm": "/acme/widget/builds/18", "calm-history": "/acme/widget/builds"], of: site, browser, folder
                )
            }
        }
        print("pictures are in \(folder.path)")
    }

    /// - Parameter pages: addresses by the names of their pictures.
    private func take(
        _ pages: [String: String], of site: Site, _ browser: Browser, _ folder: URL
    ) async throws {
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
