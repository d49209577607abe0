import Curl

extension DockerEngine {
    /// `GET /images/NAME/json`: an image by name or id; `nil` when the engine does not hold it.
    public func image(_ reference: String) async throws(DockerError) -> DockerImage? {
        try await find(EngineRequest("GET", "/images/\(EngineName.image(reference))/json"), as: DockerImage.self)
    }

    /// `GET /images/json`: the images with all of these labels; a label without a value matches any value.
    public func images(labels: [String: String?] = [:]) async throws(DockerError) -> [DockerImageSummary] {
        let query = [(name: "filters", value: EngineRequest.filters(labels: labels))]
        return try await fetch(EngineRequest("GET", "/images/json", query: query), as: [DockerImageSummary].self)
    }

    /// `POST /images/NAME/tag`: gives an image another name; an image that had the name loses it.
    public func tag(_ image: String, as reference: String) async throws(DockerError) {
        let name = try DockerImageReference(reference)
        guard name.digest == nil else { throw DockerError(.invalid, "a digest is no name to give: \(reference)") }
        try await send(
            EngineRequest(
                "POST", "/images/\(EngineName.image(image))/tag",
                query: [("repo", name.repository), ("tag", name.tag ?? "latest")]))
    }

    /// `DELETE /images/NAME`: takes the name away, and the image with its last one. That it is gone already is fine;
    /// one that a container uses is a `conflict`.
    public func removeImage(_ reference: String, force: Bool = false) async throws(DockerError) {
        try await delete(
            EngineRequest(
                "DELETE", "/images/\(EngineName.image(reference))", query: [("force", force ? "1" : nil)],
                timeouts: EngineRequest.slow))
    }

    /// `POST /commit`: makes an image of a container and names it. Returns the image's id.
    @discardableResult
    public func commit(
        container: String, reference: String, changes: DockerCommitConfig = DockerCommitConfig()
    ) async throws(DockerError) -> String {
        let name = try DockerImageReference(reference)
        guard name.digest == nil else { throw DockerError(.invalid, "a digest is no name to give: \(reference)") }
        let request = try EngineRequest(
            "POST", "/commit",
            query: [
                ("container", try EngineName.object(container, "container")),
                ("repo", name.repository), ("tag", name.tag ?? "latest"),
                ("comment", changes.comment.isEmpty ? nil : changes.comment), ("pause", changes.pauses ? "1" : "0"),
            ],
            json: changes, timeouts: EngineRequest.slow)
        return try await fetch(request, as: Created.self).Id
    }

    /// What the engine answers to most of what makes something.
    struct Created: Decodable {
        var Id: String
    }
}
