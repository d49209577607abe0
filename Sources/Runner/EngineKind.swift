import DockerEngine

/// What kind of engine runs the jobs. Asked once: while this process runs, that does not change.
actor EngineKind {
    private let engine: DockerEngine
    private var known: DockerInfo?

    init(engine: DockerEngine) { self.engine = engine }

    /// The engine; one that does not answer is asked again the next time.
    func info() async throws(DockerError) -> DockerInfo {
        if let known { return known }
        let info = try await engine.info()
        known = info
        return info
    }

    /// How many processors it has; 0 if it does not answer or say.
    var processors: Int {
        get async { (try? await info())?.processors ?? 0 }
    }

    /// The limits that do not hold; none if the engine does not answer.
    var missingLimits: [DockerLimit] {
        get async { (try? await info())?.missingLimits ?? [] }
    }
}
