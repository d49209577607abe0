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
        /// Everybody may read it, so nothing is betrayed by its size.
        var compressed: [UInt8]?
        var type: String
        var hash: String
    }

    private var assets: [String: Asset] = [:]

    init() {
        let script = "text/javascript; charset=utf-8"
        let sheet = "text/css; charset=utf-8"
        add("kozmic.css", Self.dense(Self.compact(PackageResources.kozmic_css)), sheet)
        add("palette.css", TerminalPalette.styleSheet, sheet)
        add("page.js", Self.script(PackageResources.page_js), script)
        add("terminal.js", Self.script(PackageResources.terminal_js), script)
        add("logview.js", Self.script(PackageResources.logview_js), script)
        addModule("loglive.js", PackageResources.loglive_js, imports: ["page.js", "terminal.js", "logview.js"])
        addModule("logcopy.js", PackageResources.logcopy_js, imports: ["logview.js"])
        addModule("log.js", PackageResources.log_js, imports: ["page.js", "logview.js", "loglive.js", "logcopy.js"])
        add("kozmic.svg", PackageResources.kozmic_svg, "image/svg+xml")
        let plain = Self.mark.replacing("currentColor", with: Self.colours["running"] ?? "#000")
        add("kozmic-plain.svg", Array(plain.utf8), "image/svg+xml")
        for (state, colour) in Self.colours {
            add("kozmic-\(state).svg", Array(StateMark.icon(state, colour: colour).utf8), "image/svg+xml")
        }
    }

    /// Our mark, in the colour of the text around it.
    static let mark = String(decoding: PackageResources.kozmic_svg, as: UTF8.self)
    /// The colours of icons and badges, which have no style sheet.
    static let colours = [
        "success": "#1a7f4b", "failure": "#c2293a", "error": "#9a5b00", "running": "#2f5bd7", "queued": "#5a6172",
        "cancelled": "#5a6172", "skipped": "#5a6172", "waiting": "#9a5b00",
    ]

    /// The icon of a page about something in that state; our mark, if there is none.
    static func icon(_ mark: StateMark?) -> String {
        mark.flatMap { colours[$0.name] == nil ? nil : "kozmic-\($0.name).svg" } ?? "kozmic-plain.svg"
    }

    /// The address of an asset.
    func url(_ name: String) -> String { "/_assets/\(name)?\(assets[name]?.hash ?? "")" }

    /// `/_assets/<name>`
    func add(to router: Router<WebContext>) {
        router.get("_assets/{name}") { request, context in
            guard let asset = assets[try context.parameters.require("name")] else { throw HTTPError(.notFound) }
            let isCurrent = request.uri.query == asset.hash
            let compressed = Gzip.isAccepted(by: request) ? asset.compressed : nil
            let tag = "\"\(asset.hash)\(compressed == nil ? "" : ".gzip")\""
            var headers: HTTPFields = [
                .contentType: asset.type, .eTag: tag, .vary: "Accept-Encoding",
                .cacheControl: isCurrent ? "public, max-age=31536000, immutable" : "no-cache",
            ]
            if request.headers[.ifNoneMatch] == tag { return Response(status: .notModified, headers: headers) }
            if compressed != nil { headers[.contentEncoding] = "gzip" }
            return Response(
                status: .ok, headers: headers,
                body: ResponseBody(byteBuffer: ByteBuffer(bytes: compressed ?? asset.bytes)))
        }
    }

    /// A style sheet without the spaces that only people need. None of ours has these pairs in a string or a selector.
    private static func dense(_ sheet: [UInt8]) -> [UInt8] {
        let pairs = [
            (": ", ":"), ("; ", ";"), (", ", ","), (" { ", "{"), (" {", "{"), (" }", "}"), ("\n", ""), (";}", "}"),
            (" > ", ">"),
        ]
        return replacing(pairs, in: sheet)
    }

    /// A module without the spaces that only people need. None of ours has any of these in a string where it
    /// counts, nor two signs in a row.
    private static func script(_ source: [UInt8]) -> [UInt8] {
        let operators = "=> === !== && || += = ?? ? : < > <= >= + - *".split(separator: " ")
        let pairs = [(") {", "){"), ("{ ", "{"), (" }", "}"), ("if (", "if("), ("for (", "for(")]
        return replacing(operators.map { (" \($0) ", String($0)) } + pairs, in: compact(source))
    }

    private static func replacing(_ pairs: [(wide: String, narrow: String)], in bytes: [UInt8]) -> [UInt8] {
        let text = pairs.reduce(String(decoding: bytes, as: UTF8.self)) { $0.replacing($1.wide, with: $1.narrow) }
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
        var text = String(decoding: Self.script(bytes), as: UTF8.self)
        for module in imports { text = text.replacing("./\(module)", with: url(module)) }
        add(name, Array(text.utf8), "text/javascript; charset=utf-8")
    }

    private mutating func add(_ name: String, _ bytes: [UInt8], _ type: String) {
        assets[name] = Asset(
            bytes: bytes, compressed: Gzip.compress(bytes, level: 9), type: type,
            hash: String(Hex.encode(SHA256.hash(bytes)).prefix(16)))
    }
}
