import DockerEngine
import Glibc

/// The disk that the engine's images and containers lie on, as far as it can be looked at: when it is one of this machine.
struct EngineDisk: Sendable {
    let engine: DockerEngine

    /// What the kernel says of a disk, in units of its own.
    struct Facts: Sendable {
        var blockSize: UInt64
        var blocks: UInt64
        /// Those that nobody uses, and those of them that not only root may use.
        var freeBlocks: UInt64
        var availableBlocks: UInt64
        /// 0 where files have no limit of their own.
        var files: UInt64
        var availableFiles: UInt64

        /// From 0 to 1, as `df` counts: what only root may use is neither used nor free.
        var use: Double? {
            let used = Double(blocks) - Double(freeBlocks)
            let all = used + Double(availableBlocks)
            return all > 0 ? used / all : nil
        }

        /// Whether nothing more can be written that is worth it.
        var isFull: Bool {
            blocks > 0 && Double(availableBlocks) * Double(blockSize) < Self.least || files > 0 && availableFiles == 0
        }

        /// 4 MiB.
        private static let least = Double(4 << 20)
    }

    /// - Throws: the engine's error.
    func facts() async throws -> Facts? {
        guard engine.isLocal else { return nil }
        return Self.facts(of: try await engine.info().rootDirectory)
    }

    /// What is known of the disk that a folder of this machine is on.
    static func facts(of folder: String) -> Facts? {
        var facts = statvfs()
        guard !folder.isEmpty, statvfs(folder, &facts) == 0, facts.f_blocks > 0 else { return nil }
        return Facts(
            blockSize: UInt64(facts.f_frsize), blocks: UInt64(facts.f_blocks), freeBlocks: UInt64(facts.f_bfree),
            availableBlocks: UInt64(facts.f_bavail), files: UInt64(facts.f_files),
            availableFiles: UInt64(facts.f_favail))
    }

    /// Whether it is known to be full.
    var isFull: Bool {
        get async { (try? await facts())?.isFull ?? false }
    }
}
