import DockerEngine
import Model

/// Finds base images, and looks for newer ones at the registry when the last look is too old.
actor BaseImages {
    private let engine: DockerEngine
    private let clock = ContinuousClock()
    private let turns = Turns<String>()
    private var lastLook: [String: ContinuousClock.Instant] = [:]
    /// What the engine answered a moment ago: in a burst of jobs each would ask for the same.
    private var answers: [String: (image: DockerImage, time: ContinuousClock.Instant)] = [:]
    private static let memory = Duration.seconds(2)

    init(engine: DockerEngine) { self.engine = engine }

    /// The image that a reference names now.
    ///
    /// - Parameters:
    ///   - maximumAge: a look at the registry older than this is repeated.
    ///   - pulling: called before an image is pulled.
    /// - Throws: `Ending` when there is no such image.
    nonisolated func resolve(
        _ reference: String, maximumAge: Duration, log: JobLog, pulling: @Sendable () async throws -> Void
    ) async throws -> DockerImage {
        // Jobs that want the same image at the same time share one look.
        let image = try await turns.take(reference) {
            if let image = await remembered(reference, maximumAge: maximumAge) { return image }
            let present = try await engine.image(reference)
            if let present, await isFresh(reference, present, maximumAge: maximumAge) {
                await remember(present, as: reference)
                return present
            }
            return try await pull(reference, present: present, log: log, pulling: pulling)
        }
        try await log.note("Using image \(reference) (\(Self.short(image.id)))")
        return image
    }

    /// The beginning of an image's id, enough for people.
    static func short(_ id: String) -> String {
        id.hasPrefix("sha256:") ? "sha256:\(id.dropFirst(7).prefix(12))" : id
    }

    private nonisolated func pull(
        _ reference: String, present: DockerImage?, log: JobLog, pulling: @Sendable () async throws -> Void
    ) async throws -> DockerImage {
        try await pulling()
        try await log.note(
            present == nil ? "Pulling image \(reference)" : "Looking for a newer image of \(reference)")
        let start = clock.now
        do {
            try await engine.pull(reference)
        } catch {
            guard error.kind != .cancelled else { throw error }
            guard let present else {
                throw Ending.error("the image \(reference) cannot be pulled: \(error.message)")
            }
            await looked(at: reference)
            try await log.note("The registry gave no newer image (\(error.message)); using the one that is here")
            return present
        }
        await looked(at: reference)
        guard let image = try await engine.image(reference) else {
            throw Ending.error("the image \(reference) was pulled and is not there")
        }
        if image.id != present?.id { try await log.note("Pulled in \(Amount.elapsed(clock.now - start))") }
        return image
    }

    /// An image that no registry has ever seen was made here: a registry could only have another one by that name. One
    /// that is named by its digest never changes.
    private func isFresh(_ reference: String, _ image: DockerImage, maximumAge: Duration) -> Bool {
        if image.digests.isEmpty || reference.contains("@") || image.id == reference { return true }
        guard let last = lastLook[reference] else { return false }
        return clock.now - last < maximumAge
    }

    /// The image that was found may not be there any more.
    func forget(_ reference: String) { answers[reference] = nil }

    func remember(_ image: DockerImage, as reference: String) { answers[reference] = (image, clock.now) }

    /// - Parameter maximumAge: of the asking job, whose hook may want a newer look than the one that found the image.
    func remembered(_ reference: String, maximumAge: Duration) -> DockerImage? {
        guard let (image, time) = answers[reference], clock.now - time < Self.memory,
            isFresh(reference, image, maximumAge: maximumAge)
        else { return nil }
        return image
    }

    func looked(at reference: String) {
        lastLook[reference] = clock.now
        // The reference may name another image now.
        forget(reference)
    }
}
