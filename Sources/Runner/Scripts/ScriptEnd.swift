import Foundation
import Model

/// How a script's container ended, as far as it can be seen from outside.
struct ScriptEnd: Sendable, Equatable {
    /// The exit code of the container's first process.
    var exitCode: Int
    /// Whether the kernel killed one of its processes for want of memory.
    var oomKilled = false
    /// How long it ran.
    var duration = Duration.zero
    /// Why Kozmic stopped it, if it did.
    var stop: Deadlines.Stop?
    /// The last bytes that it wrote to its standard error.
    var errorTail: [UInt8] = []
    /// The engine, or the controller, was away when the script ended.
    var unwatched = false
    /// By the engine's clock, when it was seen only later.
    var endedAt: Date?
    /// Whether somebody else sent it a signal: the engine when it shuts down, or `docker stop`.
    var killedFromOutside = false

    /// An earlier process may have stopped a script whose end nobody saw.
    mutating func guessStop(settings: HookSettings, cancelReason: String?) {
        guard stop == nil, exitCode != 0 else { return }
        if let cancelReason {
            stop = .cancel(cancelReason)
        } else if duration >= .seconds(settings.timeoutSeconds) {
            stop = .timeout
        }
    }
}
