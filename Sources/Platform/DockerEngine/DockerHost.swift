import Curl
import Foundation

/// Where the engine listens.
struct DockerHost: Sendable, Hashable, CustomStringConvertible {
    /// As the user wrote it; an address with user info is refused, so it can be shown.
    let description: String
    /// The socket's path; `nil` over TCP.
    let socket: String?
    /// What comes before the path of a request.
    let baseURL: String

    init(_ text: String) throws(DockerError) {
        guard let colon = text.firstRange(of: "://") else {
            throw DockerError(
                .invalid, "not the address of a Docker Engine: it begins with unix://, tcp://, http:// or https://")
        }
        let scheme = text[..<colon.lowerBound]
        let rest = text[colon.upperBound...]
        switch scheme {
        case "unix":
            guard rest.hasPrefix("/"), !rest.hasSuffix("/"), !rest.utf8.contains(0) else {
                throw DockerError(
                    .invalid, "a Docker Engine's socket needs an absolute path, as in unix:///var/run/docker.sock")
            }
            // The kernel's limit, less the closing zero.
            guard rest.utf8.count <= 107 else {
                throw DockerError(.invalid, "the path of the Docker Engine's socket is longer than 107 bytes")
            }
            socket = String(rest)
            baseURL = "http://localhost"
        case "tcp", "http", "https":
            guard !rest.contains("@") else {
                throw DockerError(.invalid, "the address of a Docker Engine holds no user name or password")
            }
            let authority = rest.hasSuffix("/") ? rest.dropLast() : rest
            let isAuthority = authority.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
                default: ".-_:[]%".utf8.contains($0)
                }
            }
            guard !authority.isEmpty, isAuthority else {
                throw DockerError(.invalid, "not the address of a Docker Engine: \(scheme):// needs host:port")
            }
            let afterName = authority.split(separator: "]", omittingEmptySubsequences: false).last ?? ""
            let port = scheme == "tcp" && !afterName.contains(":") ? ":2375" : ""
            socket = nil
            baseURL = (scheme == "https" ? "https://" : "http://") + authority + port
        case "ssh":
            throw DockerError(
                .invalid,
                "an engine over ssh:// is not supported: forward its socket (ssh -L ./docker.sock:/var/run/docker.sock …) "
                    + "and give its path as unix://")
        default:
            throw DockerError(.invalid, "not the address of a Docker Engine: unknown scheme \(scheme)://")
        }
        description = text
    }

    /// Whether it is reached over TCP, and on this machine only.
    var isLoopback: Bool {
        guard socket == nil, let name = URL(string: baseURL)?.host()?.lowercased() else { return false }
        return ["localhost", "::1", "[::1]"].contains(name) || name.hasPrefix("127.")
    }

    /// What became of a transfer, in words for the one who has to mend it.
    func explain(_ error: CurlError) -> DockerError {
        switch error.kind {
        case .cancelled:
            return DockerError(.cancelled, "cancelled")
        case .bodyTooLarge(let limit):
            return DockerError(.tooLarge(limit), "the answer of the Docker Engine is larger than \(limit) bytes")
        case .badURL:
            return DockerError(.invalid, error.message)
        case .upload:
            return DockerError(.stream, error.message)
        case .timeout(let which) where which != .connect:
            return DockerError(.transport, "the Docker Engine at \(self) did not answer in time: \(error.message)")
        case .resolve, .connect, .tls, .timeout:
            let wayOut =
                socket == nil
                ? "does it listen there (DOCKER_HOST)?"
                : "does dockerd run, is this its socket (DOCKER_HOST), and may this user open it (group docker)?"
            return DockerError(.transport, "cannot reach the Docker Engine at \(self): \(error.message); \(wayOut)")
        case .transfer, .closed:
            return DockerError(.transport, "the connection to the Docker Engine at \(self) broke: \(error.message)")
        }
    }
}
