import DockerEngine

/// The image of the waiting containers: two programs of some 200 bytes.
enum BerthImage {
    /// The number goes up when a program changes.
    static let reference = "kozmic/berth:2"

    /// The image's name; makes the image if the engine does not have it.
    ///
    /// - Throws: `DockerError`; `unsupported` for machines that the programs are not for.
    static func find(_ engine: DockerEngine) async throws -> String {
        if try await engine.image(reference) != nil { return reference }
        let version = try await engine.version()
        guard version.operatingSystem == "linux", version.architecture == BerthProgram.architecture else {
            throw DockerError(.unsupported, "no starts are prepared on \(version.architecture)")
        }
        var archive: [UInt8] = []
        let files = [BerthProgram.hold, .keep].map { program in
            TarEntry(String(program.path.dropFirst()), .bytes(program.file), mode: 0o755, uid: 0, gid: 0)
        }
        for try await chunk in TarStream(files) { archive += chunk }
        try await engine.importImage(archive, as: reference, changes: ["LABEL kozmic.image=berth"])
        return reference
    }

    /// What a waiting container is made like.
    ///
    /// - Parameter pipe: the file that the program finds at its place.
    static func spec(_ image: String, _ program: BerthProgram, pipe: String) -> DockerContainerSpec {
        var spec = DockerContainerSpec(image: image)
        spec.entrypoint = [program.path]
        spec.command = []
        spec.mounts = [DockerMount(.bind(pipe), at: program.pipePath)]
        spec.memory = 16 << 20
        spec.memorySwap = 16 << 20
        spec.pidsLimit = 4
        spec.capDrop = ["ALL"]
        spec.securityOptions = ["no-new-privileges"]
        spec.logDriver = "none"
        return spec
    }
}
