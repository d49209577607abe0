extension Driver {
    /// How long to wait for the sockets, in milliseconds. libcurl shortens it by its own timers.
    var patience: Int32 {
        guard let nextDeadline else { return 60_000 }
        let left = ContinuousClock.now.duration(to: nextDeadline)
        guard left < .seconds(60) else { return 60_000 }
        // Rounded up, so that the deadline has passed when the wait is over.
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
