import Curl
import Foundation

/// Where people and GitHub reach the server.
struct DoctorAddress {
    var settings: ServeSettings
    var curl: CurlClient

    func findings() async -> [Finding] {
        let url = settings.externalURL
        if Self.isLocal(url), !Self.isLocal(settings.gitHubURL) {
            return [
                .failed(
                    "external URL", "\(url) is an address of this machine: GitHub cannot send webhooks there",
                    "set --external-url to an address that GitHub reaches")
            ]
        }
        do {
            let answer = try await curl.send(
                CurlRequest(url: url + "/_health/live", timeouts: CurlTimeouts(overall: .seconds(10))))
            guard answer.status == 200 else {
                return [
                    .failed(
                        "external URL", "\(url) answers \(answer.status)",
                        "let the proxy there pass all paths to \(settings.host):\(settings.port)")
                ]
            }
            return [.ok("external URL", "\(url) leads to a running server")]
        } catch {
            return [
                .warning(
                    "external URL", "\(url): \(error.message)",
                    "nothing answers: start kozmic serve, then try again")
            ]
        }
    }

    private static func isLocal(_ url: String) -> Bool {
        let host = URL(string: url)?.host()?.lowercased() ?? ""
        return ["localhost", "0.0.0.0", "::", "::1", "[::1]"].contains(host) || host.hasPrefix("127.")
    }
}
