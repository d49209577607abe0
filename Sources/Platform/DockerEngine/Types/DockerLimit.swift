/// What a container may be limited in.
public enum DockerLimit: String, Sendable, Hashable, CaseIterable {
    case memory, processors, processes

    /// `memory, processors and processes`.
    public static func words(_ limits: [DockerLimit]) -> String {
        let names = limits.map(\.rawValue)
        return names.count < 2
            ? names.joined() : "\(names.dropLast().joined(separator: ", ")) and \(names.suffix(1).joined())"
    }
}
