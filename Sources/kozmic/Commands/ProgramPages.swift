import Glibc
import ServiceLifecycle

/// Gives the program's own code back to the page cache when the start is over.
///
/// A kernel that maps files in large pieces counts nearly the whole program (30 MB of machine code) to a process that has
/// once touched a part of each piece. The start does: it parses, migrates and makes tables which are not needed again.
/// What is needed comes back piece by piece without reading the disk, and an idle controller is smaller by a third.
struct ProgramPages: Service {
    /// Seconds after the start: when the first pass is over, and when the first pages have been looked at.
    private static let moments: [Duration] = [.seconds(3), .seconds(60)]

    func run() async throws {
        await cancelWhenGracefulShutdown {
            for moment in Self.moments {
                guard (try? await Task.sleep(for: moment)) != nil else { return }
                Self.giveBack()
            }
        }
        try? await gracefulShutdown()
    }

    /// Only code is given back: it is never written to, so the file has all of it. Pages with relocations look read-only as
    /// well, but are this process's own.
    static func giveBack() {
        guard let maps = fopen("/proc/self/maps", "r") else { return }
        defer { fclose(maps) }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while getline(&line, &capacity, maps) > 0, let line {
            guard let code = CodeRange(String(cString: line)) else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: code.start), code.count, Int32(MADV_DONTNEED))
        }
    }
}

/// A mapping of machine code from a file.
struct CodeRange: Equatable {
    var start: UInt
    var count: Int

    /// - Parameter line: a line of `/proc/<pid>/maps`, as proc(5) describes it: addresses, permissions, offset, device, inode, path.
    init?(_ line: String) {
        let fields = line.split(whereSeparator: \.isWhitespace)
        guard fields.count >= 6, fields[1] == "r-xp", fields[5].hasPrefix("/") else { return nil }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1] else { return nil }
        start = ends[0]
        count = Int(ends[1] - ends[0])
    }
}
