import Curl

extension DockerEngine {
    /// `PUT /containers/ID/archive`: unpacks a tar archive into an existing folder of a container, started or not.
    /// Owners are the numbers in the archive.
    public func putArchive(
        _ id: String, path folder: String, tar: any AsyncSequence<[UInt8], any Error> & Sendable
    ) async throws(DockerError) {
        var request = EngineRequest(
            "PUT", try path(id, "/archive"), query: [("path", folder), ("noOverwriteDirNonDir", "1")],
            timeouts: EngineRequest.moving)
        request.headers = [CurlHeader(name: "Content-Type", value: "application/x-tar")]
        request.body = .stream(length: nil, tar)
        try await send(request)
    }

    /// `GET /containers/ID/archive`: a file or folder of a container as a tar archive of at most `limit` bytes;
    /// `nil` when there is no such path or container. `TarReader` takes it apart.
    public func getArchive(
        _ id: String, path file: String, limit: Int = 16 << 20
    ) async throws(DockerError) -> [UInt8]? {
        var request = EngineRequest(
            "GET", try path(id, "/archive"), query: [("path", file)], timeouts: EngineRequest.moving)
        request.limit = limit
        do throws(DockerError) {
            return try await send(request).body
        } catch  where error.kind == .notFound {
            return nil
        }
    }
}
