import Curl

extension DockerEngine {
    /// `POST /volumes/create`: makes a volume; one of this name that is there already is returned as it is.
    ///
    /// - Parameter options: of the driver `local`, such as `type`, `device` and `o` of a mount.
    @discardableResult
    public func createVolume(
        name: String, labels: [String: String] = [:], options: [String: String] = [:]
    ) async throws(DockerError) -> DockerVolume {
        struct Body: Encodable {
            var Name: String
            var Labels: [String: String]
            var DriverOpts: [String: String]
        }
        let body = Body(Name: try EngineName.object(name, "volume"), Labels: labels, DriverOpts: options)
        return try await fetch(try EngineRequest("POST", "/volumes/create", json: body), as: DockerVolume.self)
    }

    /// `DELETE /volumes/NAME`: that it is gone already is fine; one that a container uses is a `conflict`.
    public func removeVolume(_ name: String, force: Bool = false) async throws(DockerError) {
        try await delete(
            EngineRequest(
                "DELETE", "/volumes/\(EngineName.object(name, "volume"))", query: [("force", force ? "1" : nil)],
                timeouts: EngineRequest.slow))
    }

    /// `GET /volumes`: the volumes with all of these labels; a label without a value matches any value.
    public func volumes(labels: [String: String?] = [:]) async throws(DockerError) -> [DockerVolume] {
        struct Answer: Decodable { var Volumes: [DockerVolume]? }
        let query = [(name: "filters", value: EngineRequest.filters(labels: labels))]
        return try await fetch(EngineRequest("GET", "/volumes", query: query), as: Answer.self).Volumes ?? []
    }
}
