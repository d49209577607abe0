import DockerEngine
import Model

/// What a script's container is to be; pure.
struct ContainerPlan: Sendable {
    let job: JobSpec
    let phase: ScriptPhase
    /// The image's id.
    let image: String
    /// Labels beside those of the attempt.
    var labels: [String: String] = [:]
    /// How the script is started.
    var way = StartWay()
    /// The network, unless the job has a berth.
    var network = JobNetwork.fallback
    /// How many processors the engine has; 0 if that is not known.
    var processors = 0

    /// The same name for the same attempt, so that what was made twice is noticed.
    var name: String { Self.name(job, phase) }

    /// The name of an attempt's container and of its volume.
    static func name(_ job: JobSpec, _ phase: ScriptPhase) -> String {
        "\(prefix(job.instance))\(job.jobID)-\(job.attempt)-\(phase.rawValue)"
    }

    /// The name that a standby container gets when a job uses it: with the build's number, which its settings lack.
    static func standbyName(_ job: JobSpec) -> String { "\(name(job, .build))-\(job.buildNumber)" }

    /// What names of an instance's things begin with; characters that the engine refuses are replaced.
    static func prefix(_ instance: String) -> String {
        let safe = instance.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"):
                byte
            default: UInt8(ascii: "_")
            }
        }
        return "kozmic-\(String(decoding: safe, as: UTF8.self))-"
    }

    /// The attempt that such a name stands for.
    static func owner(ofName name: String, instance: String) -> JobAttempt? {
        let prefix = prefix(instance)
        let parts = name.hasPrefix(prefix) ? name.dropFirst(prefix.count).split(separator: "-") : []
        guard (3...4).contains(parts.count), let jobID = Int64(parts[0]), let attempt = Int(parts[1]) else {
            return nil
        }
        return JobAttempt(jobID: jobID, attempt: attempt)
    }

    /// The labels of the container and of its volume.
    var allLabels: [String: String] {
        var labels = Labels.attempt(job, phase: phase).merging(labels) { $1 }
        labels[Labels.output] = way.berth?.name
        labels[Labels.network] = way.berth?.network?.name
        return labels
    }

    /// What the engine is asked for.
    var spec: DockerContainerSpec {
        let settings = job.hook.settings
        var spec = DockerContainerSpec(image: image)
        spec.entrypoint = way.hasShell ? Launcher.entrypoint(job, phase, hasInit: way.hasInit) : [phase.path]
        spec.command = []
        spec.user = job.hook.user
        spec.workingDirectory = "/kozmic/src"
        spec.environment = ScriptEnvironment.list(job)
        spec.usesInit = way.hasShell && way.hasInit
        if spec.usesInit { spec.environment.append("\(Launcher.initVariable)=1") }
        spec.labels = allLabels
        // Without copying: what the image has at /kozmic is not shown.
        spec.mounts = [DockerMount(.volume(name, noCopy: true), at: "/kozmic")]
        if let berth = way.berth {
            // A single file: the script can neither remove it nor put something else in its place.
            spec.mounts.append(DockerMount(.bind("\(berth.folder)/output"), at: Launcher.pipePath))
        }
        spec.networkMode = way.berth?.container.map { "container:\($0)" } ?? network
        spec.memory = settings.resources.memoryBytes
        spec.memorySwap = settings.resources.memoryBytes
        spec.nanoCPUs = Int64(settings.resources.milliCPUs(processors: processors)) * 1_000_000
        spec.pidsLimit = Int64(settings.resources.pids)
        spec.stopSignal = "SIGTERM"
        if !job.hook.sudo {
            spec.capDrop = ["ALL"]
            spec.securityOptions = ["no-new-privileges"]
        }
        // Without a pipe the output is read by attaching; the engine's own copy is there to continue after a crash.
        spec.logDriver = "json-file"
        spec.logOptions = [
            "max-size": String(max(settings.logLimitBytes * 2, 64 << 20)), "max-file": "1",
            // What is not said here comes from the daemon's own settings, and it starts no container with one file and
            // compression.
            "compress": "false",
        ]
        return spec
    }

    /// What is different in the image made of an install container: nothing of one build or one job stays in it.
    static func cachedImage(_ job: JobSpec, key: String) -> DockerCommitConfig {
        DockerCommitConfig(
            labels: Labels.cachedImage(job, key: key),
            environment: ScriptEnvironment.ofOneBuild + [Launcher.initVariable],
            entrypoint: [], command: ["/bin/sh"], user: job.hook.user, workingDirectory: "/",
            comment: "Kozmic: \(job.repository.key) \(job.hook.id)", pauses: false)
    }
}
