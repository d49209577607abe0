import Curl

extension DockerEngine {
    /// `POST /containers/create`: makes a container. Returns its id. A name that is taken is a `conflict`, an image
    /// that the engine does not hold is `notFound`.
    ///
    /// An engine makes a container whether or not somebody waits for the answer, so whoever is cancelled meanwhile gets
    /// the id nevertheless, for at most ten seconds: what nobody knows of, nobody can remove.
    public func createContainer(
        _ spec: DockerContainerSpec, name: String? = nil
    ) async throws(DockerError) -> String {
        let name = try name.map { name throws(DockerError) in try EngineName.object(name, "container") }
        let request = try EngineRequest("POST", "/containers/create", query: [("name", name)], json: spec)
        let creation = Task { () async -> Result<String, DockerError> in
            do throws(DockerError) {
                return .success(try await self.fetch(request, as: Created.self).Id)
            } catch {
                return .failure(error)
            }
        }
        return try await withTaskCancellationHandler {
            await creation.value
        } onCancel: {
            Task {
                try? await Task.sleep(for: .seconds(10))
                creation.cancel()
            }
        }.get()
    }

    /// `POST /containers/ID/start`: that it runs already is fine.
    public func start(_ id: String) async throws(DockerError) {
        try await send(EngineRequest("POST", path(id, "/start")))
    }

    /// `POST /containers/ID/rename`: gives a container another name, whether it runs or not. One that is taken is a
    /// `conflict`.
    public func rename(_ id: String, to name: String) async throws(DockerError) {
        let name = try EngineName.object(name, "container")
        try await send(EngineRequest("POST", path(id, "/rename"), query: [("name", name)]))
    }

    /// `GET /containers/ID/json`: a container by name or id; `nil` when there is none.
    public func container(_ id: String) async throws(DockerError) -> DockerContainer? {
        try await find(EngineRequest("GET", path(id, "/json")), as: DockerContainer.self)
    }

    /// `GET /containers/ID/json` with `size`: the bytes that a container wrote beside its volumes, which the engine counts
    /// for each question, as long as that takes; `nil` when there is no such container, less than 0 when the engine
    /// cannot count them.
    public func writtenBytes(_ id: String) async throws(DockerError) -> Int64? {
        struct Answer: Decodable { var SizeRw: Int64? }
        let request = EngineRequest("GET", try path(id, "/json"), query: [("size", "1")], timeouts: EngineRequest.slow)
        return try await find(request, as: Answer.self).map { $0.SizeRw ?? 0 }
    }

    /// `GET /containers/json`: the containers with all of these labels, those that do not run included unless `all` is
    /// false. A label without a value matches any value.
    public func containers(
        labels: [String: String?] = [:], all: Bool = true
    ) async throws(DockerError) -> [DockerContainerSummary] {
        let request = EngineRequest(
            "GET", "/containers/json",
            query: [("all", all ? "1" : nil), ("filters", EngineRequest.filters(labels: labels))])
        return try await fetch(request, as: [DockerContainerSummary].self)
    }

    /// `POST /containers/ID/wait`: waits, as long as it takes, and returns the exit code. With `removed`, a container
    /// that is gone already is `notFound`.
    ///
    /// An engine that is shut down kills its containers first, and says 137 as of any other that was killed; one that
    /// is killed itself is a `transport` error.
    public func wait(
        _ id: String, for condition: DockerWaitCondition = .notRunning
    ) async throws(DockerError) -> Int {
        struct Answer: Decodable {
            var StatusCode: Int
            var Error: Problem?
            struct Problem: Decodable { var Message: String? }
        }
        let request = EngineRequest(
            "POST", try path(id, "/wait"), query: [("condition", condition.rawValue)], timeouts: EngineRequest.endless)
        let answer = try await fetch(request, as: Answer.self)
        if let words = answer.Error?.Message, !words.isEmpty { throw DockerError(.stream, words) }
        return answer.StatusCode
    }

    /// `POST /containers/ID/kill`: sends a signal to its first process. One that does not run is a `conflict`.
    public func kill(_ id: String, signal: String = "SIGKILL") async throws(DockerError) {
        try await send(EngineRequest("POST", path(id, "/kill"), query: [("signal", signal)]))
    }

    /// `POST /containers/ID/stop`: sends its stop signal and kills it after the time-out. Returns when it has ended;
    /// that it does not run is fine.
    public func stop(_ id: String, timeout: Duration = .seconds(10)) async throws(DockerError) {
        let seconds = max(0, min(timeout.components.seconds, 86400))
        let patience = CurlTimeouts(connect: .seconds(10), idle: nil, overall: .seconds(seconds + 120))
        try await send(
            EngineRequest("POST", path(id, "/stop"), query: [("t", String(seconds))], timeouts: patience))
    }

    /// `DELETE /containers/ID`: removes a container, a running one only with `force`, with its nameless volumes if
    /// wanted. That it is gone already is fine; if somebody else is removing it, returns when it is gone.
    public func remove(_ id: String, force: Bool = false, volumes: Bool = false) async throws(DockerError) {
        do throws(DockerError) {
            try await delete(
                EngineRequest(
                    "DELETE", path(id, ""), query: [("force", force ? "1" : nil), ("v", volumes ? "1" : nil)],
                    timeouts: EngineRequest.slow))
        } catch  where error.kind == .conflict && error.message.contains("already in progress") {
            do throws(DockerError) {
                _ = try await wait(id, for: .removed)
            } catch  where error.kind == .notFound {
                return
            }
        }
    }

    func path(_ id: String, _ rest: String) throws(DockerError) -> String {
        "/containers/\(try EngineName.object(id, "container"))\(rest)"
    }
}
