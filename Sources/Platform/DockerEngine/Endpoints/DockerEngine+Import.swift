import Curl

extension DockerEngine {
    /// `POST /images/create?fromSrc=-`: makes an image of one layer from a tar archive.
    ///
    /// - Parameters:
    ///   - reference: its name and tag.
    ///   - changes: lines of a Dockerfile, such as `LABEL a=b`.
    public func importImage(
        _ archive: [UInt8], as reference: String, changes: [String] = []
    ) async throws(DockerError) {
        let name = try DockerImageReference(reference)
        var request = EngineRequest(
            "POST", "/images/create",
            query: [("fromSrc", "-"), ("repo", name.repository), ("tag", name.tag ?? "latest")]
                + changes.map { (name: "changes", value: $0) },
            timeouts: EngineRequest.slow)
        request.headers = [CurlHeader(name: "Content-Type", value: "application/x-tar")]
        request.body = .bytes(archive)
        let answer = try await send(request).body
        var report = PullStream()
        _ = try report.append(answer)
        _ = try report.finish()
    }
}
