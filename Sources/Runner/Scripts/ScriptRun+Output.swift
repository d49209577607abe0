import DockerEngine
import Model
import Pipes
import Synchronization

/// The way of a script's output into the job's log.
extension ScriptRun {
    /// Where the output comes from.
    enum Output {
        /// The engine, from now on.
        case frames(DockerFrameStream)
        /// The engine's own copy, from where the log ends.
        case copy(isOver: Bool)
        case pipe(SpooledPipe)
    }

    /// How far back a secret may begin that reaches into what is not in the log yet.
    private static let maskMemory = 1 << 20

    /// Takes what comes from an engine.
    func pump(_ frames: DockerFrameStream, skip: LogSkip = LogSkip()) async -> Event {
        var skip = skip
        // Before anything is skipped: the masked output has the length of the real one.
        var mask = OutputMask(phase == .build ? job.secrets : [:])
        do {
            for try await frame in frames {
                let source: LogSource
                switch frame.stream {
                case .stdout: source = .stdout
                case .stderr: source = .stderr
                case .stdin: continue
                }
                let bytes = mask.mask(frame.bytes, source)
                if source == .stderr || isMerged { keepTail(bytes) }
                try await store(skip.rest(of: bytes, from: source), source)
            }
            for source in [LogSource.stdout, .stderr] {
                let rest = mask.finish(source)
                if source == .stderr || isMerged { keepTail(rest) }
                try await log.append(phase.section, source, skip.rest(of: rest, from: source))
            }
            return .outputEnded(nil)
        } catch let error as DockerError {
            return .outputEnded(error)
        } catch {
            return .failed(error)
        }
    }

    /// Takes what the engine kept, up to now or to the container's end.
    func pumpCopy(isOver: Bool) async -> Event {
        do {
            let skip = try await skip()
            return await pump(try await engine.logs(container, follow: !isOver), skip: skip)
        } catch let error as DockerError {
            return .outputEnded(error)
        } catch {
            return .failed(error)
        }
    }

    /// What of the engine's copy is in the log already.
    private func skip() async throws -> LogSkip {
        var places: [LogSource: LogPlace] = [:]
        for source in [LogSource.stdout, .stderr] {
            let end = await log.end(phase.section, source)
            places[source] = LogPlace(count: await taken(source), end: end)
        }
        if places.values.contains(where: { !$0.isKnown }) {
            var mask = OutputMask(phase == .build ? job.secrets : [:])
            for try await frame in try await engine.logs(container, follow: false) {
                let source = frame.stream == .stderr ? LogSource.stderr : .stdout
                places[source]?.look(at: mask.mask(frame.bytes, source))
                // That takes a while, and no output is stored meanwhile.
                deadlines.withLock { $0.looked(at: now) }
                if places.values.allSatisfy(\.isKnown) { break }
            }
            for source in [LogSource.stdout, .stderr] { places[source]?.look(at: mask.finish(source)) }
        }
        let answers = places.mapValues(\.answer)
        if answers.values.contains(nil) {
            try await log.note(
                "The Docker Engine kept only the end of so long an output: some of it may be missing here, or come twice"
            )
        }
        return LogSkip(stdout: (answers[.stdout] ?? nil) ?? 0, stderr: (answers[.stderr] ?? nil) ?? 0)
    }

    /// Takes what comes through a pipe, from where the log ends.
    func pump(_ pipe: SpooledPipe) async -> Event {
        let taken = await taken(.stdout)
        // A secret may have begun before the place where the log ends.
        var place = max(0, taken - Int64(Self.maskMemory))
        var skip = LogSkip(stdout: taken - place)
        var mask = OutputMask(phase == .build ? job.secrets : [:])
        await pipe.start()
        do {
            while true {
                let piece = try await pipe.read(from: place, limit: 1 << 20)
                guard !piece.isEmpty else { break }
                place += Int64(piece.count)
                let bytes = mask.mask(piece, .stdout)
                keepTail(bytes)
                try await store(skip.rest(of: bytes, from: .stdout), .stdout)
            }
            let rest = mask.finish(.stdout)
            keepTail(rest)
            try await log.append(phase.section, .stdout, skip.rest(of: rest, from: .stdout))
            if place == 0 { return await pumpWhatThePipeDidNotTake() }
            return .outputEnded(nil)
        } catch let error as PipeError {
            return .failed(
                error.isDiskFull
                    ? Ending.error("the server's disk is full: the output of the \(phase.words) could not be kept")
                    : Ending.error("the output of the \(phase.words) cannot be read: \(error)"))
        } catch {
            return .failed(error)
        }
    }

    /// What the shell, or the engine's own last step before it, says when there is no script to run goes to the engine.
    private func pumpWhatThePipeDidNotTake() async -> Event {
        do {
            var skip = LogSkip(stderr: await taken(.stderr))
            var mask = OutputMask(phase == .build ? job.secrets : [:])
            for try await frame in try await engine.logs(container, follow: false) {
                let bytes = mask.mask(frame.bytes, .stderr)
                keepTail(bytes)
                try await store(skip.rest(of: bytes, from: .stderr), .stderr)
            }
            let rest = mask.finish(.stderr)
            keepTail(rest)
            try await log.append(phase.section, .stderr, skip.rest(of: rest, from: .stderr))
            return .outputEnded(nil)
        } catch let error as DockerError {
            return .outputEnded(error)
        } catch {
            return .failed(error)
        }
    }

    private func store(_ bytes: [UInt8], _ source: LogSource) async throws {
        deadlines.withLock { $0.outputBegan() }
        try await log.append(phase.section, source, bytes)
        deadlines.withLock { $0.outputEnded(at: now) }
    }

    /// The last words of a script tell whether it was run at all.
    private func keepTail(_ bytes: [UInt8]) {
        errorTail.withLock { $0.add(bytes[...]) }
    }
}
