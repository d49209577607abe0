import Foundation
import Glibc
import Synchronization

/// What the demo says while it works: one line a step, with a mark when it is done.
final class DemoConsole: Sendable {
    private let colour = isatty(STDOUT_FILENO) == 1
    private let begun = ContinuousClock.now
    private let count = Mutex(0)

    /// How many checks passed.
    var passed: Int { count.withLock { $0 } }

    /// A heading.
    func heading(_ text: String) { line("\n" + styled(text, "1")) }

    /// Work that takes a while begins.
    func working(_ text: String) { line("  \(styled("…", "2")) \(text)") }

    /// Something that was promised has been seen to be so.
    func done(_ text: String) {
        count.withLock { $0 += 1 }
        let seconds = (ContinuousClock.now - begun) / .seconds(1)
        let time = seconds.formatted(.number.precision(.fractionLength(1)))
        line("  \(styled("✓", "32")) \(text) \(styled("(\(time) s)", "2"))")
    }

    /// Something else.
    func note(_ text: String) { line("    \(text)") }

    /// It did not work.
    func failed(_ text: String) { line("  \(styled("✗", "31")) \(text)") }

    private func styled(_ text: String, _ code: String) -> String { colour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }

    private func line(_ text: String) { FileHandle.standardOutput.write(Data("\(text)\n".utf8)) }
}
