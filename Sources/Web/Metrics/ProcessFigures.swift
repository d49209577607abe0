import Foundation
import Glibc

/// What the kernel says about this process.
struct ProcessFigures: Sendable {
    /// Bytes of memory in use.
    var residentBytes: Double?
    /// Seconds of processor time.
    var processorSeconds: Double?
    /// Files and connections that are open.
    var openFiles: Double?

    static func read() -> ProcessFigures {
        var figures = ProcessFigures()
        let pages = field(1, of: "/proc/self/statm")
        figures.residentBytes = pages.map { $0 * Double(sysconf(Int32(_SC_PAGESIZE))) }
        // The second field is the program's name in brackets, which may hold anything.
        if let text = text("/proc/self/stat"), let end = text.lastIndex(of: ")") {
            let fields = text[text.index(after: end)...].split(separator: " ").map { Double($0) }
            if fields.count > 12, let user = fields[11], let system = fields[12] {
                figures.processorSeconds = (user + system) / Double(sysconf(Int32(_SC_CLK_TCK)))
            }
        }
        figures.openFiles = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map {
            Double($0.count)
        }
        return figures
    }

    private static func text(_ path: String) -> String? {
        FileManager.default.contents(atPath: path).map { String(decoding: $0.prefix(4096), as: UTF8.self) }
    }

    private static func field(_ number: Int, of path: String) -> Double? {
        let fields = text(path)?.split(separator: " ") ?? []
        return fields.count > number ? Double(fields[number]) : nil
    }
}
