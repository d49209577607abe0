/// How a container is doing.
public struct DockerContainerState: Sendable, Hashable {
    /// The engine's word for it.
    public var status: Status
    /// Whether its first process lives, paused or not.
    public var isRunning: Bool
    /// The exit code of the last run; 0 before the first one.
    public var exitCode: Int
    /// Whether the kernel killed one of its processes for want of memory.
    public var oomKilled: Bool
    /// Why the engine could not start it; empty otherwise.
    public var error: String
    /// When it was last started, as far as the engine noticed: of a very short run this may be after its end.
    public var startedAt: DockerTime?
    /// When it last ended.
    public var finishedAt: DockerTime?

    /// The engine's words; one that we do not know is kept.
    public enum Status: Sendable, Hashable {
        /// Made and never started.
        case created
        /// Its first process lives.
        case running
        /// Frozen.
        case paused
        /// Between two runs.
        case restarting
        /// On its way out.
        case removing
        /// Ran and ended.
        case exited
        /// Could not be removed.
        case dead
        /// A word from a newer engine.
        case other(String)

        init(_ text: String) {
            self =
                switch text {
                case "created": .created
                case "running": .running
                case "paused": .paused
                case "restarting": .restarting
                case "removing": .removing
                case "exited": .exited
                case "dead": .dead
                default: .other(text)
                }
        }
    }
}

extension DockerContainerState: Decodable {
    private enum CodingKeys: String, CodingKey {
        case status = "Status"
        case isRunning = "Running"
        case exitCode = "ExitCode"
        case oomKilled = "OOMKilled"
        case error = "Error"
        case startedAt = "StartedAt"
        case finishedAt = "FinishedAt"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        status = Status(try container.decode(String.self, forKey: .status))
        isRunning = try container.decode(Bool.self, forKey: .isRunning)
        exitCode = try container.decode(Int.self, forKey: .exitCode)
        oomKilled = try container.decodeIfPresent(Bool.self, forKey: .oomKilled) ?? false
        error = try container.decodeIfPresent(String.self, forKey: .error) ?? ""
        startedAt = try container.decodeIfPresent(String.self, forKey: .startedAt).flatMap(DockerTime.init)
        finishedAt = try container.decodeIfPresent(String.self, forKey: .finishedAt).flatMap(DockerTime.init)
    }
}
