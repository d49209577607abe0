import DockerEngine
import Model

extension JobRun {
    /// The cached image that an install container was to become.
    static func cachedName(_ container: DockerContainer) -> CachedImages.Name? {
        guard let key = container.labels[Labels.cache], let reference = container.labels[Labels.reference],
            !key.isEmpty, !reference.isEmpty
        else { return nil }
        return CachedImages.Name(key: key, reference: reference)
    }

    /// Does something about a cached image while no other job does.
    func alone<Result: Sendable>(
        _ name: CachedImages.Name, _ work: @Sendable () async throws -> Result
    ) async throws -> Result {
        let turns = tools.cachedImages.turns
        try await stoppable {
            try await turns.begin(name.reference) {
                try await log.note("Another job is making the cached image; waiting for it")
            }
        }
        do {
            let result = try await work()
            await turns.end(name.reference)
            return result
        } catch {
            await turns.end(name.reference)
            throw error
        }
    }

    /// The cached image if it is there, else the install script is run.
    func cachedImage(_ name: CachedImages.Name, base: Image) async throws -> Image {
        if let image = try await reused(name) { return image }
        try await progress(.cacheKey(name.key, reused: false))
        let labels = [
            Labels.cache: name.key, Labels.reference: name.reference, Labels.parts: name.parts,
            Labels.commit: job.commit,
        ]
        let (container, outcome, duration) = try await started(.install, image: base, labels: labels) { _ in
            try await progress(.phase(.installing))
            let missing = CacheKeyParts(name.parts)?.missingPaths ?? []
            if let first = missing.first {
                let more = missing.count == 1 ? "" : ", and \(missing.count - 1) more of them"
                try await log.note("The commit lacks '\(first)' of tracked_files\(more)")
            }
            try await log.note("Running the install script")
        }
        return try await commit(container, as: name, outcome: outcome, duration: duration)
    }

    /// Goes on with an install container that an earlier process started, and perhaps committed.
    func installed(resuming container: DockerContainer, as name: CachedImages.Name) async throws -> Image {
        try await progress(.baseImage(id: container.imageID, digest: nil))
        try await progress(.cacheKey(name.key, reused: false))
        return try await alone(name) {
            // Its log was complete then. Nothing more is asked of the container: its removal may have begun, and an engine
            // that was killed in it goes on with that when it is back.
            if !container.state.isRunning, let finished = container.state.finishedAt,
                let image = try await engine.image(name.reference), let created = image.created,
                created.date >= finished.date
            {
                try await remove(container)
                return Image(id: image.id, name: name.reference)
            }
            let run = try await adopt(container, .install)
            let (outcome, duration) = try await resumed(run, .install, isOver: !container.state.isRunning)
            return try await commit(container.id, as: name, outcome: outcome, duration: duration)
        }
    }

    /// Keeps what an install script did, if it ended well.
    private func commit(
        _ container: String, as name: CachedImages.Name, outcome: JobOutcome, duration: Duration
    ) async throws -> Image {
        guard outcome.state == .success else { throw Ending(outcome) }
        try await progress(.phase(.committing))
        let id = try await tools.cachedImages.commit(container, as: name, job: job)
        try await log.note("Install script finished in \(Amount.elapsed(duration)), committed as \(Self.short(name))")
        if let container = try await engine.container(container) {
            if let note = Self.volumesNote(container) { try await log.note(note) }
            try await remove(container)
        }
        return Image(id: id, name: name.reference)
    }

    /// What the log says of volumes that the image of a committed container declares: a commit leaves out what is in them.
    /// The script may not have written there; to see that would take a look at all that is there.
    static func volumesNote(_ container: DockerContainer) -> String? {
        // An image's volumes below /kozmic are hidden by ours or made in it, where nothing is kept anyway.
        let paths = container.volumes.keys.filter { $0 != "/kozmic" && !$0.hasPrefix("/kozmic/") }.sorted()
        guard let last = paths.last else { return nil }
        let words =
            paths.count == 1 ? "volume \(last)" : "volumes \(paths.dropLast().joined(separator: ", ")) and \(last)"
        return "The image declares the \(words): whatever the install script wrote there is not in the cached image"
    }
}
