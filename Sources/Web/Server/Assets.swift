import HTTPTypes
import Hummingbird
import NIOCore
import OpenSSL

/// The style sheet, the modules and the icon. Their addresses hold a hash of their content, so that a browser may keep
/// them for ever.
struct Assets: Sendable {
    private struct Asset: Sendable {
        var bytes: [UInt8]
        var type: String
        var hash: String
    }

    private let assets: [String: Asset]

    init() {
        let files: [(String, [UInt8], String)] = [
            ("kozmic.css", PackageResources.kozmic_css + TerminalPalette.styleSheet, "text/css; charset=utf-8"),
            ("kozmic.svg", PackageResources.kozmic_svg, "image/svg+xml"),
            ("log.js", PackageResources.log_js, "text/javascript; charset=utf-8"),
            ("live.js", PackageResources.live_js, "text/javascript; charset=utf-8"),
        ]
        var assets: [String: Asset] = [:]
        for (name, bytes, type) in files {
            assets[name] = Asset(bytes: bytes, type: type, hash: String(Hex.encode(SHA256.hash(bytes)).prefix(16)))
        }
        self.assets = assets
    }

    /// The address of an asset.
    func url(_ name: String) -> String { "/_assets/\(name)?\(assets[name]?.hash ?? "")" }

    /// `/_assets/<name>`
    func add(to router: Router<BasicRequestContext>) {
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
}
