import DockerEngine

/// The image of the waiting containers: one program of 172 bytes, so that it needs nothing of anybody's image and takes
/// 12 kB of memory.
enum BerthImage {
    /// Where the program expects the pipe.
    static let pipePath = "/output"
    static let programPath = "/hold"
    /// The number goes up when the program changes.
    static let reference = "kozmic/berth:1"
    /// The engines' name of the machine that the program is for.
    static let architecture = "amd64"

    /// Opens the pipe for reading and writing, and waits for ever. Ends with 1 when there is no pipe.
    private static let code: [UInt8] = [
        0xb8, 0x02, 0x00, 0x00, 0x00,  // mov eax, 2 (open)
        0x48, 0x8d, 0x3d, 0x20, 0x00, 0x00, 0x00,  // lea rdi, [rip + 32] (the path, which follows the code)
        0xbe, 0x02, 0x00, 0x00, 0x00,  // mov esi, 2 (O_RDWR)
        0x0f, 0x05,  // syscall
        0x85, 0xc0,  // test eax, eax
        0x78, 0x09,  // js +9
        0xb8, 0x22, 0x00, 0x00, 0x00,  // mov eax, 34 (pause)
        0x0f, 0x05,  // syscall
        0xeb, 0xf7,  // jmp -9
        0xb8, 0x3c, 0x00, 0x00, 0x00,  // mov eax, 60 (exit)
        0xbf, 0x01, 0x00, 0x00, 0x00,  // mov edi, 1
        0x0f, 0x05,  // syscall
    ]

    /// The program as an ELF file: a header, one segment that holds all of the file, the code, the path.
    static var program: [UInt8] {
        let base: UInt64 = 0x40_0000
        let headers: UInt64 = 64 + 56
        let body = code + Array(pipePath.utf8) + [0]
        let size = headers + UInt64(body.count)
        let file: [[UInt8]] = [
            [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], [UInt8](repeating: 0, count: 8),
            bytes(UInt16(2)), bytes(UInt16(62)), bytes(UInt32(1)),  // a program, for x86-64
            bytes(base + headers), bytes(UInt64(64)), bytes(UInt64(0)), bytes(UInt32(0)),  // where it begins
            bytes(UInt16(64)), bytes(UInt16(56)), bytes(UInt16(1)),  // one segment
            bytes(UInt16(0)), bytes(UInt16(0)), bytes(UInt16(0)),
            bytes(UInt32(1)), bytes(UInt32(5)), bytes(UInt64(0)), bytes(base), bytes(base),  // read and execute
            bytes(size), bytes(size), bytes(UInt64(0x1000)), body,
        ]
        return Array(file.joined())
    }

    /// The image's name; makes the image if the engine does not have it.
    ///
    /// - Throws: `DockerError`; `unsupported` for machines that the program is not for.
    static func find(_ engine: DockerEngine) async throws -> String {
        if try await engine.image(reference) != nil { return reference }
        let version = try await engine.version()
        guard version.operatingSystem == "linux", version.architecture == architecture else {
            throw DockerError(.unsupported, "no starts are prepared on \(version.architecture)")
        }
        var archive: [UInt8] = []
        let file = TarEntry(String(programPath.dropFirst()), .bytes(program), mode: 0o755, uid: 0, gid: 0)
        for try await chunk in TarStream(file) { archive += chunk }
        try await engine.importImage(archive, as: reference, changes: ["LABEL kozmic.image=berth"])
        return reference
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
