import Model

/// What an admin repository says: the part that is valid, and everything that is wrong with the rest.
public struct ConfigResult: Sendable, Hashable {
    /// The valid part. What must keep its last good state is named in `broken`, `hasUnreadableFile` and
    /// `hasBrokenSettings`.
    public var desired: DesiredState
    /// Sorted by path and place.
    public var diagnostics: [Diagnostic]
    /// The sealed values of the valid part: their form is right, but only a controller can open them.
    public var secrets: [DeclaredSecret] = []

    /// Memberwise.
    public init(desired: DesiredState, diagnostics: [Diagnostic], secrets: [DeclaredSecret] = []) {
        self.desired = desired
        self.diagnostics = diagnostics
        self.secrets = secrets
    }

    /// Whether a file is not applied.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// The same without the projects whose secrets are refused: each keeps its last good state, and each secret that
    /// is refused has a diagnostic at its place.
    ///
    /// - Parameter problem: why a secret is refused; `nil` when it is not.
    public func refusing(_ problem: (DeclaredSecret) -> String?) -> ConfigResult {
        var result = self
        var refused: Set<RepositoryName> = []
        for secret in secrets {
            guard let message = problem(secret) else { continue }
            refused.insert(secret.repository)
            result.diagnostics.append(
                Diagnostic(
                    path: secret.path, line: secret.line, column: secret.column, severity: .error, message: message))
        }
        guard !refused.isEmpty else { return self }
        result.diagnostics.sort()
        result.desired.projects.removeAll { refused.contains($0.repository) }
        result.desired.broken = Set(desired.broken).union(refused).sorted()
        result.secrets.removeAll { refused.contains($0.repository) }
        return result
    }
}
