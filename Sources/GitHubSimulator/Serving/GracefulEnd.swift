import Logging
import ServiceLifecycle

extension Service {
    /// Runs until graceful shutdown, and takes a cancellation for one.
    ///
    /// A listener whose task is cancelled drops the connections that it has just accepted, and NIO ends the process for
    /// each that was half made ("Deinited NIOAsyncWriter"). A graceful shutdown closes the listener first. What is still
    /// open half a second later is cut off.
    func runEndingGracefully(logger: Logger) async throws {
        var configuration = ServiceGroupConfiguration(services: [self], logger: logger)
        configuration.maximumGracefulShutdownDuration = .milliseconds(500)
        let group = ServiceGroup(configuration: configuration)
        try await withTaskCancellationOrGracefulShutdownHandler {
            // A task of its own, because it must not be cancelled with the one that waits for it.
            try await Task { try await group.run() }.value
        } onCancelOrGracefulShutdown: {
            Task { await group.triggerGracefulShutdown() }
        }
    }
}
