extension Driver {
    /// How long to wait for the sockets, in milliseconds: until a transfer is overdue, or libcurl's own timer.
    var patience: Int32 {
        guard let next = [nextDeadline, timer].compactMap(\.self).min() else { return 60_000 }
        let left = ContinuousClock.now.duration(to: next)
        guard left < .seconds(60) else { return 60_000 }
        // Rounded up, so that the moment has come when the wait is over.
        return Int32(max(0, left / .milliseconds(1)).rounded(.up))
    }

    /// A new deadline to keep.
    func expect(_ deadline: ContinuousClock.Instant?) {
        guard let deadline else { return }
        nextDeadline = min(nextDeadline ?? deadline, deadline)
    }

    /// Ends the transfers whose time is up. Bytes that move only put deadlines off, so there is nothing to look at before
    /// the one that was found the last time.
    func endOverdue() {
        guard let due = nextDeadline, due <= .now else { return }
        let now = ContinuousClock.now
        nextDeadline = nil
        for transfer in Array(transfers.values) {
            guard var deadline = transfer.deadline else { continue }
            if deadline.instant <= now, deadline.limit == .idle, transfer.hasSilentlyMoved {
                transfer.moved(at: now)
                guard let next = transfer.deadline else { continue }
                deadline = next
            }
            if deadline.instant <= now {
                finish(transfer, .failure(transfer.timeout(deadline.limit)))
            } else {
                expect(deadline.instant)
            }
        }
    }
}
