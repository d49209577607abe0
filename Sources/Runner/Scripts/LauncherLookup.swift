import DockerEngine

/// Remembers what of a script's launcher is there: a shell in each image, and an init in the engine.
actor LauncherLookup {
    private let engine: DockerEngine
    private var shells: [String: Bool] = [:]
    /// Whether the engine may have one, as far as is known.
    private(set) var engineHasInit = true

    init(engine: DockerEngine) { self.engine = engine }

    /// Whether the image may have one, as far as is known.
    func mayHaveShell(_ image: String) -> Bool { shells[image] ?? true }

    /// Whether nobody has to look.
    func knowsShell(of image: String) -> Bool { shells[image] != nil }

    /// Looks into a container that was just made of the image, the first time: an init says nothing of what it cannot
    /// find before it is too late.
    func hasShell(_ image: String, container: String) async throws -> Bool {
        if let known = shells[image] { return known }
        let found: Bool
        do throws(DockerError) {
            found = try await engine.getArchive(container, path: Launcher.shell, limit: 16 << 20) != nil
        } catch {
            // Too large is there.
            guard case .tooLarge = error.kind else { throw error }
            found = true
        }
        remember(found, image)
        return found
    }

    /// The engine found none.
    func shellIsMissing(in image: String) { remember(false, image) }

    /// The engine could not start one.
    func engineLacksInit() { engineHasInit = false }

    private func remember(_ found: Bool, _ image: String) {
        if shells.count >= 1000 { shells.removeAll() }
        shells[image] = found
    }
}
