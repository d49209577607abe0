import Curl

extension DockerEngine {
    /// `POST /containers/ID/attach`: the output from now on, until the container ends. Attach before the start to miss
    /// nothing. The container waits while nobody reads.
    public func attach(_ id: String) async throws(DockerError) -> DockerFrameStream {
        // Without an upgrade header the engine just answers, and writes until the end.
        let request = EngineRequest(
            "POST", try path(id, "/attach"), query: [("stream", "1"), ("stdout", "1"), ("stderr", "1")],
            timeouts: EngineRequest.endless)
        return DockerFrameStream(body: try await stream(request).body, host: host)
    }

    /// `GET /containers/ID/logs`: the output from the beginning, as far as the log driver kept it; with `follow`, until
    /// the container ends.
    public func logs(_ id: String, follow: Bool) async throws(DockerError) -> DockerFrameStream {
        let request = EngineRequest(
            "GET", try path(id, "/logs"), query: [("stdout", "1"), ("stderr", "1"), ("follow", follow ? "1" : nil)],
            timeouts: EngineRequest.endless)
        return DockerFrameStream(body: try await stream(request).body, host: host)
    }
}
