import Curl
import Foundation
import Web

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
        return insecure(url) + (await answer(url))
    }

    /// Plain HTTP is for this machine only.
    private func insecure(_ url: String) -> [Finding] {
        guard !Self.isLocal(url), url.lowercased().hasPrefix("http:") else { return [] }
        return [
            .warning(
                "external URL",
                "\(url) is not https: sessions, logs and what GitHub sends can be read and changed on the way",
                "put a proxy with a certificate in front of \(settings.host):\(settings.port), and set --external-url")
        ]
    }

    private func answer(_ url: String) async -> [Finding] {
        do {
            let answer = try await curl.send(
                CurlRequest(url: url + "/_health/live", timeouts: CurlTimeouts(overall: .seconds(10))))
            // With a rootless engine, jobs and this command ask from the same addresses.
            let isTakenForJob = answer.status == 403 && answer.body.elementsEqual(WebConfiguration.jobRefusal.utf8)
            guard answer.status == 200 || isTakenForJob else {
                return [
                    .failed(
                        "external URL", "\(url) answers \(answer.status)",
                        "let the proxy there pass all paths to \(settings.host):\(settings.port)")
                ]
            }
            let refusal = isTakenForJob ? ", which takes callers on this machine for jobs and answers them 403" : ""
            return [.ok("external URL", "\(url) leads to a running server\(refusal)")]
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
