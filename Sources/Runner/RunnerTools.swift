import DockerEngine

/// What all jobs of an executor share.
struct RunnerTools: Sendable {
    let engine: DockerEngine
    let workspace: Workspace
    let baseImages: BaseImages
    let cachedImages: CachedImages
    let users: UserLookup
    /// How long an engine that does not answer is waited for.
    let engineAbsence: Duration

    init(engine: DockerEngine, workDirectory: String, engineAbsence: Duration) {
        self.engine = engine
        self.engineAbsence = engineAbsence
        workspace = Workspace(root: workDirectory)
        baseImages = BaseImages(engine: engine)
        cachedImages = CachedImages(engine: engine)
        users = UserLookup(engine: engine)
    }
}
