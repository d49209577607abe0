import Curl

extension DockerEngine {
    /// `POST /networks/create`: makes a bridge network, one without a way out if `isInternal`. Returns its id. A name
    /// that is taken is a `conflict`.
    ///
    /// - Parameter options: of the bridge driver, such as `com.docker.network.bridge.enable_icc`.
    @discardableResult
    public func createNetwork(
        name: String, labels: [String: String] = [:], isInternal: Bool = false, options: [String: String] = [:]
    ) async throws(DockerError) -> String {
        struct Body: Encodable {
            var Name: String
            var Driver = "bridge"
            var CheckDuplicate = true
            var Internal: Bool
            var Labels: [String: String]
            var Options: [String: String]
        }
        let body = Body(
            Name: try EngineName.object(name, "network"), Internal: isInternal, Labels: labels, Options: options)
        return try await fetch(try EngineRequest("POST", "/networks/create", json: body), as: Created.self).Id
    }

    /// `DELETE /networks/NAME`: that it is gone already is fine; one that a container uses is refused.
    public func removeNetwork(_ name: String) async throws(DockerError) {
        try await delete(EngineRequest("DELETE", "/networks/\(EngineName.object(name, "network"))"))
    }

    /// `GET /networks`: the networks with all of these labels; a label without a value matches any value.
    public func networks(labels: [String: String?] = [:]) async throws(DockerError) -> [DockerNetwork] {
        let query = [(name: "filters", value: EngineRequest.filters(labels: labels))]
        return try await fetch(EngineRequest("GET", "/networks", query: query), as: [DockerNetwork].self)
    }
}
