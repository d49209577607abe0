import Model

/// What an admin repository says: the part that is valid, and everything that is wrong with the rest.
public struct ConfigResult: Sendable, Hashable {
    /// The valid part. What must keep its last good state is named in `broken`, `hasUnreadableFile` and
    /// `hasBrokenSettings`.
    public var desired: DesiredState
    /// Sorted by path and place.
    public var diagnostics: [Diagnostic]

    /// Memberwise.
    public init(desired: DesiredState, diagnostics: [Diagnostic]) {
        self.desired = desired
        self.diagnostics = diagnostics
    }

    /// Whether a file is not applied.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
