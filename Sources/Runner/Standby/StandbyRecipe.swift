import DockerEngine
import Model

/// What a standby container is made like. A job may use one only if its own recipe is the same: a changed image, user,
/// limit, variable or anything else that the engine is told makes it another one.
struct StandbyRecipe: Sendable, Hashable {
    /// The hook that it is for.
    struct Owner: Sendable, Hashable {
        let repository: String
        let hook: HookID
    }

    let owner: Owner
    let instance: String
    /// The name that people know the image by.
    let imageName: String
    let user: String
    /// All that the engine is told, but for what is different for each container.
    let template: DockerContainerSpec

    /// - Parameter processors: how many the engine has; 0 if that is not known.
    /// - Returns: `nil` for a job that is not to have one. An untrusted job's image could use the wait for itself; a
    ///   container that is kept to be looked at needs the build's variables in its settings.
    init?(_ job: JobSpec, image: String, named imageName: String, hasInit: Bool, processors: Int = 0) {
        guard job.hook.standby == .auto, job.trusted, job.hook.keepFailedSeconds == 0 else { return nil }
        owner = Owner(repository: job.repository.key, hook: job.hook.id)
        instance = job.instance
        self.imageName = imageName
        user = job.hook.user
        // The job's own container, so that both have the same limits and rights.
        let way = StartWay(hasInit: hasInit)
        var template = ContainerPlan(job: job, phase: .build, image: image, way: way, processors: processors).spec
        template.entrypoint = [Launcher.shell, "-c", StandbyLauncher.waiting]
        template.workingDirectory = "/kozmic"
        template.environment = ScriptEnvironment.lasting(job) + (hasInit ? ["\(Launcher.initVariable)=1"] : [])
        template.labels = [
            Labels.instance: job.instance, Labels.phase: ScriptPhase.build.rawValue,
            Labels.repository: job.repository.key, Labels.hook: job.hook.id.description,
        ]
        template.mounts = []
        template.networkMode = nil
        self.template = template
    }

    /// The engine's orders for one container.
    func spec(name: String, berth: Berth) -> DockerContainerSpec {
        var spec = template
        spec.labels[Labels.standby] = name
        spec.labels[Labels.output] = berth.name
        spec.labels[Labels.network] = berth.network?.name
        spec.mounts = [
            DockerMount(.volume(name, noCopy: true), at: "/kozmic"),
            DockerMount(.bind("\(berth.folder)/output"), at: Launcher.pipePath),
        ]
        spec.networkMode = berth.container.map { "container:\($0)" }
        return spec
    }
}
