import DockerEngine
import Model
import Pipes
import Synchronization

extension ScriptRun {
    /// How watching ended.
    enum Watched {
        /// - code: as the engine said when it ended, if it was seen.
        case exited(code: Int?)
        /// The engine went away, or closed a stream that should have gone on.
        case lost(DockerError)
    }

    /// What happens to a script that is watched.
    enum Event: Sendable {
        case outputEnded(DockerError?)
        case exited(code: Int)
        case lost(DockerError)
        case cancel(String)
        case disk(DiskWatch.Blame)
        case tick
        /// The log cannot be written: the job cannot go on.
        case failed(any Error)
    }

    /// Watches until the container ended and its output is stored, or until the engine is lost.
    func watch(_ output: Output) async throws -> Watched {
        let (events, feed) = AsyncStream.makeStream(of: Event.self)
        feed.yield(.tick)  // sets the first alarm
        let ticket = control.whenStopped { feed.yield(.cancel($0)) }
        defer { control.forget(ticket) }
        let watched = try await withThrowingTaskGroup(of: Void.self) { group -> Watched? in
            defer { group.cancelAll() }
            group.addTask {
                switch output {
                case .frames(let frames): feed.yield(await self.pump(frames))
                case .copy(let isOver): feed.yield(await self.pumpCopy(isOver: isOver))
                case .pipe(let pipe): feed.yield(await self.pump(pipe))
                }
            }
            group.addTask { feed.yield(await self.waitForExit()) }
            group.addTask {
                if let blame = await self.diskWatch.blame(on: self.container) { feed.yield(.disk(blame)) }
            }
            var exitCode: Int?
            var outputEnded = false
            var armed: Duration?
            for await event in events {
                switch event {
                case .exited(let code):
                    exitCode = code
                    deadlines.withLock { $0.exited(at: now) }
                    // Whoever wrote into it has ended with the container.
                    await pipe?.finish()
                case .outputEnded(nil):
                    outputEnded = true
                    // The exit is known in a moment; if not, the engine dropped the stream of a running container.
                    if exitCode == nil { group.addTask { feed.yield(await self.missingExit()) } }
                case .outputEnded(let error?):
                    // What is missing can be read again.
                    return try lost(error)
                case .lost(let error):
                    if exitCode == nil { return try lost(error) }
                case .cancel(let reason):
                    try await act(on: deadlines.withLock { $0.cancel(reason, at: now) })
                case .disk(let blame):
                    try await act(on: deadlines.withLock { $0.end(for: blame, at: now) })
                case .tick:
                    if let next = armed, next <= now { armed = nil }
                    if try await act(on: deadlines.withLock { $0.tick(at: now) }) {
                        return Watched.exited(code: exitCode)
                    }
                case .failed(let error):
                    throw error
                }
                if let exitCode, outputEnded { return Watched.exited(code: exitCode) }
                if let next = deadlines.withLock({ $0.next }), armed.map({ next < $0 }) ?? true {
                    armed = next
                    group.addTask {
                        try? await self.sleep(until: next)
                        feed.yield(.tick)
                    }
                }
            }
            return Watched?.none
        }
        try Task.checkCancellation()
        guard let watched else { throw CancellationError() }
        return watched
    }

    /// Whether looking again is of any use.
    private func lost(_ error: DockerError) throws -> Watched {
        if error.kind == .notFound { throw gone }
        guard error.isTransient else { throw error }
        return .lost(error)
    }

    /// Carries out what the deadlines ask for; `true` when nothing more is to be read.
    @discardableResult
    private func act(on action: Deadlines.Action?) async throws -> Bool {
        switch action {
        case .terminate(let stop):
            try await log.note(Explain.stopped(stop, job.hook.settings).sentence + "; sending SIGTERM")
            await signal("SIGTERM")
        case .kill:
            try await log.note(
                "The script still runs after \(Amount.elapsed(deadlines.withLock { $0.grace })); sending SIGKILL")
            await signal("SIGKILL")
        case .end(let stop):
            // First: nothing is written to a full disk.
            await signal("SIGKILL")
            try await log.note(Explain.stopped(stop, job.hook.settings).sentence + "; sent SIGKILL")
        case .giveUp:
            throw Ending.error("the Docker Engine does not end the container of the \(phase.words)")
        case .stopReading:
            // What is in a pipe ends by itself: a busy machine may take longer than that over it.
            return pipe == nil
        case nil: break
        }
        return false
    }

    /// A signal that cannot be delivered is followed by the next one, so trouble here is not the end.
    private func signal(_ name: String) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await self.engine.kill(self.container, signal: name) }
            // An engine that takes the request and says nothing must not hold up the next step.
            group.addTask { try? await Task.sleep(for: .seconds(5)) }
            await group.next()
            group.cancelAll()
        }
    }

    private func waitForExit() async -> Event {
        do {
            return .exited(code: try await engine.wait(container))
        } catch {
            return .lost(error)
        }
    }

    private func missingExit() async -> Event {
        // An engine that ends dozens of containers at once takes its time.
        try? await Task.sleep(for: .seconds(20))
        return .lost(DockerError(.transport, "the container's output ended before the container"))
    }
}

extension String {
    /// With a capital letter at the beginning.
    var sentence: String { prefix(1).uppercased() + dropFirst() }
}
