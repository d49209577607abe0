import DockerEngine
import Model

/// The labels by which containers, volumes and images are found again.
enum Labels {
    static let instance = "kozmic.instance"
    static let job = "kozmic.job"
    static let attempt = "kozmic.attempt"
    static let phase = "kozmic.phase"
    static let repository = "kozmic.repository"
    static let hook = "kozmic.hook"
    /// The cache key: on cached images, and on the container whose result becomes one.
    static let cache = "kozmic.cache"
    /// The text that the cache key is the hash of, and the commit that it was computed for: on the container of an
    /// install script, and so on the image made of it, which can explain itself by them.
    static let parts = "kozmic.cache.parts"
    static let commit = "kozmic.cache.commit"
    /// The reference that an install container is committed as.
    static let reference = "kozmic.reference"
    /// On a waiting container: the name of its berth.
    static let berth = "kozmic.berth"
    /// On the container that keeps pipes: its name.
    static let keeper = "kozmic.keeper"
    /// On a job's container: the berth that its output goes to.
    static let output = "kozmic.output"
    /// On a job's container: the berth whose network it is in.
    static let network = "kozmic.network"
    /// On a standby container and its volume: its name at first. It has a job's attempt only in its name, which it gets
    /// when a job uses it.
    static let standby = "kozmic.standby"
    /// On a volume: the template that its work tree lies above.
    static let tree = "kozmic.tree"
    /// On an image that `kozmic shell` made and removes, if it is not killed.
    static let shell = "kozmic.shell"
    /// How many bytes of the job's log belonged to earlier containers of the same attempt.
    static func logged(_ source: LogSource) -> String { "kozmic.logged.\(source == .stdout ? "stdout" : "stderr")" }

    /// What every container and volume of an attempt carries.
    static func attempt(_ job: JobSpec, phase: ScriptPhase) -> [String: String] {
        [
            instance: job.instance,
            Self.job: String(job.jobID),
            attempt: String(job.attempt),
            Self.phase: phase.rawValue,
            repository: job.repository.key,
            hook: job.hook.id.description,
        ]
    }

    /// Finds everything of an attempt.
    static func query(instance: String, jobID: Int64, attempt: Int) -> [String: String?] {
        [Self.instance: instance, job: String(jobID), Self.attempt: String(attempt)]
    }

    /// The attempt that something belongs to; `nil` for anything that a job did not make, such as a container that
    /// somebody started from a cached image to look at it.
    static func owner(_ labels: [String: String]) -> JobAttempt? {
        guard let jobID = labels[job].flatMap({ Int64($0) }), let attempt = labels[attempt].flatMap({ Int($0) }) else {
            return nil
        }
        return JobAttempt(jobID: jobID, attempt: attempt)
    }

    /// Whether a container was started ahead.
    static func isStandby(_ labels: [String: String]) -> Bool { labels[standby]?.isEmpty == false }

    /// The same for a container in a list, which may be a standby that a job used.
    static func owner(of container: DockerContainerSummary) -> JobAttempt? {
        if let owner = owner(container.labels) { return owner }
        guard isStandby(container.labels), let instance = container.labels[instance] else { return nil }
        return container.names.lazy.compactMap { ContainerPlan.owner(ofName: $0, instance: instance) }.first
    }

    /// What a cached image carries. Containers inherit the labels of their image, so those that would make a container
    /// look like a job's are emptied.
    static func cachedImage(_ job: JobSpec, key: String) -> [String: String] {
        [
            cache: key,
            repository: job.repository.key,
            hook: job.hook.id.description,
            instance: job.instance,
            Self.job: "", attempt: "", phase: "", reference: "", output: "", network: "", logged(.stdout): "",
            logged(.stderr): "",
        ]
    }
}
