import FoundationEssentials

extension GitMirror {
    /// How long a lookup may take to clone a damaged mirror again.
    private static let repairTimeout: Duration = .seconds(600)
    /// A mirror that is damaged again so soon is not repaired by a lookup: the fault lies in the remote or in the disk.
    private static let repairInterval: Duration = .seconds(600)

    /// Reads from the mirror. When it is damaged, it is cloned again and read once more.
    func reading<Value>(_ body: (BareRepository) throws(GitError) -> Value) throws(GitError) -> Value {
        if isReadOnly { return try BareRepository.look(at: path, body) }
        tidyOnce()
        guard exists else { throw GitError(.notFound, "\(remote.url) was not fetched yet") }
        do throws(GitError) {
            return try BareRepository.open(path, body)
        } catch {
            guard error.kind == .corrupt else { throw error }
            try repair(error)
        }
        return try BareRepository.open(path, body)
    }

    private func repair(_ damage: GitError) throws(GitError) {
        let now = ContinuousClock.now
        if let lastRepair, now - lastRepair < Self.repairInterval { throw damage }
        warn("The mirror is damaged and is cloned again", because: damage)
        do throws(GitError) {
            let transfer = try Transfer(lastSignedIn ?? remote, timeout: Self.repairTimeout)
            try transfer.run { () throws(GitError) in try renew(transfer) }
            lastRepair = now
        } catch {
            if error.kind == .cancelled { throw error }
            throw GitError(.corrupt, "\(damage); cloning again failed: \(error)")
        }
    }
}
