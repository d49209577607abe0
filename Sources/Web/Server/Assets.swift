import Foundation
import HTTPTypes
import Hummingbird
import NIOCore
import OpenSSL

/// The style sheets, the modules and the icons. Their addresses hold a hash of their content, so that a browser may
/// keep them for ever.
struct Assets: Sendable {
    private struct Asset: Sendable {
        var bytes: [UInt8]
        var type: String
        var hash: String
    }

    private var assets: [String: Asset] = [:]

    init() {
        let script = "text/javascript; charset=utf-8"
        let sheet = "text/css; charset=utf-8"
        add("kozmic.css", Self.dense(Self.compact(PackageResources.kozmic_css)), sheet)
        add("palette.css", TerminalPalette.styleSheet, sheet)
        add("page.js", Self.compact(PackageResources.page_js), script)
        add("terminal.js", Self.compact(PackageResources.terminal_js), script)
        add("logview.js", Self.compact(PackageResources.logview_js), script)
        addModule("loglive.js", PackageResources.loglive_js, imports: ["terminal.js", "logview.js"])
        addModule("logcopy.js", PackageResources.logcopy_js, imports: ["logview.js"])
        addModule("log.js", PackageResources.log_js, imports: ["logview.js", "loglive.js", "logcopy.js"])
        add("kozmic.svg", PackageResources.kozmic_svg, "image/svg+xml")
        for (state, colour) in Self.colours {
            let icon = Self.mark.replacing("currentColor", with: colour)
            add("kozmic-\(state).svg", Array(icon.utf8), "image/svg+xml")
        }
    }

    /// Our mark, in the colour of the text around it.
    static let mark = String(decoding: PackageResources.kozmic_svg, as: UTF8.self)
    /// The colours of icons and badges, which have no style sheet.
    static let colours = [
        "success": "#1a7f4b", "failure": "#c2293a", "error": "#9a5b00", "running": "#2f5bd7", "queued": "#5a6172",
        "cancelled": "#5a6172",
    ]

    /// The icon of a page about something in that state.
    static func icon(_ mark: StateMark?) -> String {
        mark.flatMap { colours[$0.name] == nil ? nil : "kozmic-\($0.name).svg" } ?? "kozmic-running.svg"
    }

    /// The address of an asset.
    func url(_ name: String) -> String { "/_assets/\(name)?\(assets[name]?.hash ?? "")" }

    /// `/_assets/<name>`
    func add(to router: Router<WebContext>) {
        router.get("_assets/{name}") { request, context in
            guard let asset = assets[try context.parameters.require("name")] else { throw HTTPError(.notFound) }
            let isCurrent = request.uri.query == asset.hash
            let headers: HTTPFields = [
                .contentType: asset.type, .eTag: "\"\(asset.hash)\"",
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ]
            if request.headers[.ifNoneMatch] == "\"\(asset.hash)\"" {
                return Response(status: .notModified, headers: headers)
            }
            return Response(
                status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: asset.bytes)))
        }
    }

    /// A style sheet without the spaces that only people need. None of ours has these pairs in a string or a selector.
    private static func dense(_ sheet: [UInt8]) -> [UInt8] {
        var text = String(decoding: sheet, as: UTF8.self)
        for (wide, narrow) in [(": ", ":"), ("; ", ";"), (", ", ","), (" { ", "{"), (" {", "{"), (" }", "}")] {
            text = text.replacing(wide, with: narrow)
        }
        return Array(text.utf8)
    }

    /// Without indentation and lines that only comment: those are for who reads the sources.
    private static func compact(_ bytes: [UInt8]) -> [UInt8] {
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n").map { $0.drop { $0 == " " } }
        let kept = lines.filter { !$0.hasPrefix("// ") && !($0.hasPrefix("/* ") && $0.hasSuffix(" */")) && !$0.isEmpty }
        return Array(kept.joined(separator: "\n").utf8)
    }

    /// A module that is imported has its hash in its address too.
    private mutating func addModule(_ name: String, _ bytes: [UInt8], imports: [String]) {
        var text = String(decoding: Self.compact(bytes), as: UTF8.self)
        for module in imports { text = text.replacing("./\(module)", with: url(module)) }
        add(name, Array(text.utf8), "text/javascript; charset=utf-8")
    }

    private mutating func add(_ name: String, _ bytes: [UInt8], _ type: String) {
        assets[name] = Asset(bytes: bytes, type: type, hash: String(Hex.encode(SHA256.hash(bytes)).prefix(16)))
    }
}
