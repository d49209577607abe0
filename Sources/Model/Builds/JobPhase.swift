/// What a running job is doing.
public enum JobPhase: String, Sendable, Hashable, Codable {
    case preparing, pulling, installing, committing, building
}
