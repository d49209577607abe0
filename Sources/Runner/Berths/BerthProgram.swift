/// The two programs of the waiting containers, in machine code for x86-64: they need nothing of anybody's image, no
/// library, and 12 kB of memory.
struct BerthProgram {
    /// Where it is in the image.
    let path: String
    /// The pipe that it opens; it ends with 1 when there is none.
    let pipePath: String
    private let code: [UInt8]

    /// The engines' name of the machine that the programs are for.
    static let architecture = "amd64"

    /// Opens the pipe for reading and writing, and waits for ever.
    static let hold = BerthProgram(
        path: "/hold", pipePath: "/output",
        code: [
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
        ])

    /// Opens the pipe for reading and writing, reads requests of 64 bytes from it for ever, and opens the path in each
    /// the same way. It closes nothing.
    static let keep = BerthProgram(
        path: "/keep", pipePath: "/requests",
        code: [
            0xb8, 0x02, 0x00, 0x00, 0x00,  // mov eax, 2 (open)
            0x48, 0x8d, 0x3d, 0x41, 0x00, 0x00, 0x00,  // lea rdi, [rip + 65] (the path, which follows the code)
            0xbe, 0x02, 0x00, 0x00, 0x00,  // mov esi, 2 (O_RDWR)
            0x0f, 0x05,  // syscall
            0x85, 0xc0,  // test eax, eax
            0x78, 0x2a,  // js +42
            0x89, 0xc3,  // mov ebx, eax
            0x48, 0x83, 0xec, 0x40,  // sub rsp, 64
            0x31, 0xc0,  // xor eax, eax (read)
            0x89, 0xdf,  // mov edi, ebx
            0x48, 0x89, 0xe6,  // mov rsi, rsp
            0xba, 0x40, 0x00, 0x00, 0x00,  // mov edx, 64
            0x0f, 0x05,  // syscall
            0x83, 0xf8, 0x40,  // cmp eax, 64
            0x75, 0xed,  // jne -19
            0xb8, 0x02, 0x00, 0x00, 0x00,  // mov eax, 2 (open)
            0x48, 0x89, 0xe7,  // mov rdi, rsp
            0xbe, 0x02, 0x08, 0x00, 0x00,  // mov esi, 0x802 (O_RDWR | O_NONBLOCK)
            0x0f, 0x05,  // syscall
            0xeb, 0xdc,  // jmp -36
            0xb8, 0x3c, 0x00, 0x00, 0x00,  // mov eax, 60 (exit)
            0xbf, 0x01, 0x00, 0x00, 0x00,  // mov edi, 1
            0x0f, 0x05,  // syscall
        ])

    /// The program as an ELF file: a header, one segment that holds all of the file, the code, the path.
    var file: [UInt8] {
        let base: UInt64 = 0x40_0000
        let headers: UInt64 = 64 + 56
        let body = code + Array(pipePath.utf8) + [0]
        let size = headers + UInt64(body.count)
        let parts: [[UInt8]] = [
            [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0], [UInt8](repeating: 0, count: 8),
            Self.bytes(UInt16(2)), Self.bytes(UInt16(62)), Self.bytes(UInt32(1)),  // a program, for x86-64
            // Where it begins.
            Self.bytes(base + headers), Self.bytes(UInt64(64)), Self.bytes(UInt64(0)), Self.bytes(UInt32(0)),
            Self.bytes(UInt16(64)), Self.bytes(UInt16(56)), Self.bytes(UInt16(1)),  // one segment
            Self.bytes(UInt16(0)), Self.bytes(UInt16(0)), Self.bytes(UInt16(0)),
            Self.bytes(UInt32(1)), Self.bytes(UInt32(5)), Self.bytes(UInt64(0)), Self.bytes(base), Self.bytes(base),
            Self.bytes(size), Self.bytes(size), Self.bytes(UInt64(0x1000)), body,  // read and execute
        ]
        return Array(parts.joined())
    }

    private static func bytes(_ number: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: number.littleEndian) { Array($0) }
    }
}
