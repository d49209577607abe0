import Curl

extension DockerEngine {
    /// `GET /version`: which engine it is. Agrees on the protocol's version, and throws `unsupported` when there is
    /// none that both speak.
    @discardableResult
    public func version() async throws(DockerError) -> DockerVersion {
        struct Answer: Decodable {
            var Version: String
            var ApiVersion: String
            var MinAPIVersion: String?
            var Os: String?
            var Arch: String?
        }
        let request = EngineRequest("GET", "/version")
        let response = try await send(request, prefix: "")
        let answer = try Self.decode(Answer.self, from: response, of: request)
        guard let engineAPI = DockerAPIVersion(answer.ApiVersion) else {
            throw DockerError(.decoding, "the engine at \(host) names no version of its protocol")
        }
        let minimum = answer.MinAPIVersion.flatMap(DockerAPIVersion.init)
        let version = DockerVersion(
            engine: answer.Version,
            api: try Self.agree(engine: answer.Version, newest: engineAPI, oldest: minimum),
            engineAPI: engineAPI, minimumAPI: minimum, operatingSystem: answer.Os ?? "", architecture: answer.Arch ?? ""
        )
        agreement.version = version
        return version
    }

    /// `GET /info`: the engine and its machine.
    public func info() async throws(DockerError) -> DockerInfo {
        try await fetch(EngineRequest("GET", "/info"), as: DockerInfo.self)
    }

    /// `GET /events`: what happens from now on, or from a time on (nanoseconds since 1970), to objects with these
    /// labels. `types` and `actions` narrow it: `container`, `die`; and so does a container's id.
    public func events(
        labels: [String: String?] = [:], types: [String] = [], actions: [String] = [], container: String? = nil,
        since nanoseconds: Int64? = nil
    ) async throws(DockerError) -> DockerEventStream {
        var others: [String: [String]] = [:]
        if !types.isEmpty { others["type"] = types }
        if !actions.isEmpty { others["event"] = actions }
        if let container { others["container"] = [container] }
        let since = nanoseconds.map { time in
            let fraction = String(time % 1_000_000_000)
            return "\(time / 1_000_000_000)." + String(repeating: "0", count: 9 - fraction.count) + fraction
        }
        let request = EngineRequest(
            "GET", "/events",
            query: [("since", since), ("filters", EngineRequest.filters(labels: labels, others: others))],
            timeouts: EngineRequest.endless)
        return DockerEventStream(body: try await stream(request).body, host: host)
    }

    func agreedVersion() async throws(DockerError) -> DockerVersion {
        if let version = agreement.version { return version }
        return try await version()
    }

    /// The newest version that both speak.
    static func agree(
        engine: String, newest: DockerAPIVersion, oldest: DockerAPIVersion?
    ) throws(DockerError) -> DockerAPIVersion {
        guard newest >= .oldest else {
            throw DockerError(
                .unsupported,
                "Docker Engine \(engine) speaks version \(newest) of its protocol; \(DockerAPIVersion.oldest) is needed: "
                    + "update it to Docker 19.03 or newer")
        }
        if let oldest, oldest > .newest {
            throw DockerError(
                .unsupported,
                "Docker Engine \(engine) speaks its protocol from version \(oldest) on; "
                    + "\(DockerAPIVersion.newest) is the newest that is known here: update Kozmic")
        }
        return min(newest, .newest)
    }
}
