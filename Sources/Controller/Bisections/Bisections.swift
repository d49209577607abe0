import Git
import Logging
import Model
import Store

/// Searches for the commits that broke hooks: begins bisections, and takes them on step by step.
///
/// All that is known is in the store, and each step is decided anew from there: a process that ends between two steps
/// loses none and does none twice.
public struct Bisections: Sendable {
    let configuration: ControllerConfiguration
    let store: Store
    let mirrors: ProjectMirrors
    let logger: Logger
    let failures = ScheduleFailures()

    /// - Parameter logger: gets a line for each step, with the project and the commit.
    init(
        configuration: ControllerConfiguration, store: Store, mirrors: ProjectMirrors,
        logger: Logger = Logger(label: "kozmic.bisections")
    ) {
        self.configuration = configuration
        self.store = store
        self.mirrors = mirrors
        self.logger = logger
    }
}
