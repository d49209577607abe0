/// The engine and its machine.
public struct DockerInfo: Sendable, Hashable {
    /// The engine's own version.
    public var version: String
    /// The machine's name.
    public var name: String
    /// Such as `Debian GNU/Linux 12 (bookworm)`.
    public var operatingSystem: String
    /// Such as `x86_64`.
    public var architecture: String
    /// Processors.
    public var processors: Int
    /// Bytes of memory.
    public var memory: Int64
    /// How layers are kept, such as `overlay2`.
    public var storageDriver: String
    /// Where images and containers lie.
    public var rootDirectory: String
    /// `1` or `2`; empty from an engine that does not say.
    public var cgroupVersion: String
    /// Such as `name=rootless`.
    public var securityOptions: [String]
    /// The limits of containers that it cannot hold. It takes them from whoever asks, and says nothing.
    public var missingLimits: [DockerLimit]
    /// What the engine itself thinks is amiss.
    public var warnings: [String]

    /// Whether it runs without root, in a user and network namespace of its own.
    public var isRootless: Bool { securityOptions.contains { $0.hasPrefix("name=rootless") } }
    /// Whether root in its containers is another user outside (`userns-remap`).
    public var mapsUsers: Bool { securityOptions.contains { $0.hasPrefix("name=userns") } }
}

extension DockerInfo: Decodable {
    private enum CodingKeys: String, CodingKey {
        case version = "ServerVersion"
        case name = "Name"
        case operatingSystem = "OperatingSystem"
        case architecture = "Architecture"
        case processors = "NCPU"
        case memory = "MemTotal"
        case storageDriver = "Driver"
        case rootDirectory = "DockerRootDir"
        case cgroupVersion = "CgroupVersion"
        case securityOptions = "SecurityOptions"
        case warnings = "Warnings"
        case limitsMemory = "MemoryLimit"
        case limitsProcessors = "CpuCfsQuota"
        case limitsProcesses = "PidsLimit"
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func text(_ key: CodingKeys) throws -> String { try container.decodeIfPresent(String.self, forKey: key) ?? "" }
        version = try text(.version)
        name = try text(.name)
        operatingSystem = try text(.operatingSystem)
        architecture = try text(.architecture)
        processors = try container.decodeIfPresent(Int.self, forKey: .processors) ?? 0
        memory = try container.decodeIfPresent(Int64.self, forKey: .memory) ?? 0
        storageDriver = try text(.storageDriver)
        rootDirectory = try text(.rootDirectory)
        cgroupVersion = try text(.cgroupVersion)
        securityOptions = try container.decodeIfPresent([String].self, forKey: .securityOptions) ?? []
        warnings = try container.decodeIfPresent([String].self, forKey: .warnings) ?? []
        missingLimits = try DockerLimit.allCases.filter { limit in
            let key: CodingKeys =
                switch limit {
                case .memory: .limitsMemory
                case .processors: .limitsProcessors
                case .processes: .limitsProcesses
                }
            // An engine that does not say is believed to hold them.
            return try container.decodeIfPresent(Bool.self, forKey: key) == false
        }
    }
}
