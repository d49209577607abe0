import Dispatch

/// A dispatch source that may be paused, and may then be dropped all the same: Dispatch ends the process when a source is
/// released while it is suspended.
///
/// Its owner is an actor. Its end is here and not in an `isolated deinit` of the actor, which the optimiser of Swift 6.3
/// does not compile in another module ("circular reference").
final class PipeSource {
    private let source: any DispatchSourceRead
    private(set) var isPaused = false

    /// - Parameter source: with its handlers, not started yet.
    init(_ source: any DispatchSourceRead) { self.source = source }

    deinit { cancel() }

    func start() { source.resume() }

    func pause() {
        guard !isPaused else { return }
        isPaused = true
        source.suspend()
    }

    func goOn() {
        guard isPaused else { return }
        isPaused = false
        source.resume()
    }

    /// Nothing is told after this.
    func cancel() {
        goOn()
        source.cancel()
    }
}
