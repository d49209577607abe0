/// How the image made from a container differs from the container.
///
/// The engine copies the container's whole configuration into the image, its environment with all values included.
/// Only what is named here is different. To keep a variable's value out of the image, name the variable: as `NAME=` it
/// is empty in the image's containers, as `NAME` alone they do not have it.
public struct DockerCommitConfig: Sendable, Hashable, Encodable {
    /// Labels beside the container's.
    public var labels: [String: String]
    /// Variables that replace the container's of the same name, each `NAME=value`.
    public var environment: [String]
    /// Another entry point; `nil` keeps the container's, empty removes it.
    public var entrypoint: [String]?
    /// Another command; `nil` keeps the container's.
    public var command: [String]?
    /// Another user; `nil` keeps the container's.
    public var user: String?
    /// Another working directory; `nil` keeps the container's.
    public var workingDirectory: String?
    /// Written into the image's history.
    public var comment: String
    /// Whether the container's processes stand still meanwhile.
    public var pauses: Bool

    /// Memberwise.
    public init(
        labels: [String: String] = [:], environment: [String] = [], entrypoint: [String]? = nil,
        command: [String]? = nil, user: String? = nil, workingDirectory: String? = nil, comment: String = "",
        pauses: Bool = true
    ) {
        self.labels = labels
        self.environment = environment
        self.entrypoint = entrypoint
        self.command = command
        self.user = user
        self.workingDirectory = workingDirectory
        self.comment = comment
        self.pauses = pauses
    }

    private enum CodingKeys: String, CodingKey {
        case labels = "Labels"
        case environment = "Env"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case user = "User"
        case workingDirectory = "WorkingDir"
    }
}

/// The environment may hold secrets: neither a description nor a dump shows it.
extension DockerCommitConfig: CustomStringConvertible, CustomReflectable {
    public var description: String { "configuration with \(labels.count) labels" }
    public var customMirror: Mirror { Mirror(self, children: ["labels": labels]) }
}
