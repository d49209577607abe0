import Foundation
import Glibc
import Testing

@testable import Pipes

@Suite("A pipe with a file beside it", .timeLimit(.minutes(2)))
struct SpooledPipeTests {
    private func with(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "kozmic-pipe-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try SpooledPipe.make(in: folder)
        try await body(folder)
    }

    /// Writes as a script does: it waits when the pipe is full.
    private func write(_ bytes: [UInt8], to folder: String) throws {
        let handle = try #require(FileHandle(forWritingAtPath: "\(folder)/\(SpooledPipe.pipeName)"))
        Thread.detachNewThread {
            try? handle.write(contentsOf: Data(bytes))
            try? handle.close()
        }
    }

    private func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    private func read(_ pipe: SpooledPipe, from offset: Int64 = 0, until count: Int64) async throws -> [UInt8] {
        var bytes: [UInt8] = []
        while offset + Int64(bytes.count) < count {
            bytes += try await pipe.read(from: offset + Int64(bytes.count), limit: 100_000)
        }
        return bytes
    }

    @Test("more than it holds arrives as it was written, and the end comes when it is said")
    func whole() async throws {
        try await with { folder in
            let pipe = try SpooledPipe(folder: folder)
            await pipe.start()
            let bytes = pattern(60 << 20)
            try write(bytes, to: folder)
            #expect(try await read(pipe, until: Int64(bytes.count)) == bytes)
            await pipe.finish()
            #expect(try await pipe.read(from: Int64(bytes.count), limit: 10).isEmpty)
        }
    }

    @Test("whoever comes later reads on where the first was, also what was taken and never read")
    func handedOn() async throws {
        try await with { folder in
            // Stands for the process that keeps the pipe open.
            let holder = try Descriptor("\(folder)/\(SpooledPipe.pipeName)", O_RDWR | O_NONBLOCK)
            let bytes = pattern(3 << 20)
            do {
                let first = try SpooledPipe(folder: folder)
                await first.start()
                try write(bytes, to: folder)
                _ = try await read(first, until: 1 << 20)
            }
            let second = try SpooledPipe(folder: folder)
            await second.start()
            #expect(try await read(second, from: 1000, until: Int64(bytes.count)) == Array(bytes.dropFirst(1000)))
            withExtendedLifetime(holder) {}
        }
    }

    @Test("what is in the pipe at the end is taken, and waiting can be given up")
    func finish() async throws {
        try await with { folder in
            let holder = try Descriptor("\(folder)/\(SpooledPipe.pipeName)", O_RDWR | O_NONBLOCK)
            #expect(Glibc.write(holder.number, "last words", 10) == 10)
            let pipe = try SpooledPipe(folder: folder)
            let reading = Task { try await pipe.read(from: 0, limit: 10) }
            reading.cancel()
            await #expect(throws: CancellationError.self) { try await reading.value }
            await pipe.finish()
            #expect(try await pipe.read(from: 0, limit: 100) == Array("last words".utf8))
            #expect(try await pipe.read(from: 10, limit: 100).isEmpty)
        }
    }

    @Test("a pipe that is none is refused")
    func none() throws {
        let folder = NSTemporaryDirectory() + "kozmic-pipe-\(UUID().uuidString)"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        #expect(throws: PipeError.self) { try SpooledPipe(folder: folder) }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        #expect(FileManager.default.createFile(atPath: "\(folder)/\(SpooledPipe.pipeName)", contents: nil))
        #expect(throws: PipeError.self) { try SpooledPipe(folder: folder) }
    }
}
