import DockerEngine
import Logging

/// What all jobs of an executor share.
struct RunnerTools: Sendable {
    let engine: DockerEngine
    let attempts = AttemptsHere()
    let kind: EngineKind
    let workspace: Workspace
    let baseImages: BaseImages
    let cachedImages: CachedImages
    let users: UserLookup
    let launchers: LauncherLookup
    let network: JobNetwork
    let berths: BerthPool
    let standbys: StandbyPool
    let trees: TreeTemplates
    let disk: EngineDisk
    let diskWatch: DiskWatch
    /// How long an engine that does not answer is waited for.
    let engineAbsence: Duration

    init(
        engine: DockerEngine, workDirectory: String, engineAbsence: Duration, preparation: Preparation, logger: Logger
    ) {
        self.engine = engine
        self.engineAbsence = engineAbsence
        kind = EngineKind(engine: engine)
        disk = EngineDisk(engine: engine)
        diskWatch = DiskWatch(engine: engine, limits: preparation.disk, logger: logger)
        workspace = Workspace(root: workDirectory)
        baseImages = BaseImages(engine: engine)
        cachedImages = CachedImages(engine: engine)
        users = UserLookup(engine: engine)
        launchers = LauncherLookup(engine: engine)
        network = JobNetwork(engine: engine, kind: kind, isUsed: preparation.ownNetwork)
        berths = BerthPool(
            engine: engine, network: network, folder: "\(workDirectory)/berths", size: preparation.berths,
            quiet: preparation.quiet, logger: logger)
        standbys = StandbyPool(
            engine: engine, berths: berths, users: users, workspace: workspace, size: preparation.standbys,
            logger: logger)
        trees = TreeTemplates(
            engine: engine, workspace: workspace, folder: workDirectory, limits: preparation.largeTrees,
            logger: logger)
    }
}
