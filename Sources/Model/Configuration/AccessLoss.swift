/// Who loses access to a repository because what its project declares becomes all there is.
public struct AccessLoss: Sendable, Hashable {
    /// Those who lose it: `alice`, `team core`, `invitation 7`; lower case.
    public var names: Set<String>
    /// Everybody who has access by name or by a team, or was invited.
    public var everybody: Set<String>

    /// Memberwise.
    public init(names: Set<String>, everybody: Set<String>) {
        self.names = names
        self.everybody = everybody
    }

    /// The same for those who must not learn who has access.
    public var nameless: AccessLoss {
        AccessLoss(names: Set((1...max(1, names.count)).prefix(names.count).map { "#\($0)" }), everybody: everybody)
    }
}
