extension Hook {
    /// Whether a person may have it run on a ref with its secrets. Whoever can push a branch decides what its scripts do with
    /// what they are given: so on refs to which a push would run it, and on the default branch, where a schedule does.
    ///
    /// - Parameter main: the default branch.
    public func mayOpenSecrets(on ref: GitRef, commit: String, main: GitRef?) -> Bool {
        secrets.isEmpty || ref == main || HookMatch(self, TriggerEvent(kind: .push, ref: ref, commit: commit)).runs
    }
}
