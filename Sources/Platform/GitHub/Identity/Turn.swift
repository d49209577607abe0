/// Lets one at a time do something that takes a while; the others wait in order.
actor Turn {
    private var isTaken = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Runs the body when nobody else does.
    nonisolated func take<Failure: Error>(_ body: () async throws(Failure) -> Void) async throws(Failure) {
        await acquire()
        let result: Result<Void, Failure>
        do throws(Failure) {
            result = .success(try await body())
        } catch {
            result = .failure(error)
        }
        await release()
        try result.get()
    }

    private func acquire() async {
        if isTaken {
            await withCheckedContinuation { waiting.append($0) }
        } else {
            isTaken = true
        }
    }

    private func release() {
        if waiting.isEmpty { isTaken = false } else { waiting.removeFirst().resume() }
    }
}
