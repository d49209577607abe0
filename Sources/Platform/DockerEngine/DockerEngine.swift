import Curl
import Synchronization

/// A Docker Engine, reached over its socket or over TCP.
///
/// Every request uses the newest version of the protocol that both sides speak; it is agreed on with the first one.
/// An engine that wants a client certificate is not supported.
public struct DockerEngine: Sendable {
    let host: DockerHost
    let curl: CurlClient
    let agreement = Agreement()

    /// `host` is what `DOCKER_HOST` holds: `unix:///path`, `tcp://host:port`, `http://…` or `https://…`.
    public init(host: String, curl: CurlClient) throws(DockerError) {
        self.host = try DockerHost(host)
        self.curl = curl
    }

    /// Whether a text is the address of an engine at all, which `init` checks too; nothing is asked.
    public static func check(host: String) throws(DockerError) { _ = try DockerHost(host) }

    /// The version agreed on, until the connection fails: the engine that comes back may be another one.
    final class Agreement: Sendable {
        private let state = Mutex<DockerVersion?>(nil)

        var version: DockerVersion? {
            get { state.withLock { $0 } }
            set { state.withLock { $0 = newValue } }
        }
    }
}
