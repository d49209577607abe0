import Model

/// The two scripts of a job.
enum ScriptPhase: String, Sendable {
    case install, build

    /// Where the script's output goes.
    var section: LogSection { self == .install ? .install : .build }
    /// What the job is doing while the script runs.
    var phase: JobPhase { self == .install ? .installing : .building }
    /// The script's file name under `/kozmic`.
    var fileName: String { "\(rawValue)-script" }
    /// The script's path in the container.
    var path: String { "/kozmic/\(fileName)" }
    /// How sentences name it.
    var words: String { "\(rawValue) script" }

    /// The script's text; the install script is only asked for when there is one.
    func text(_ hook: Hook) -> String { self == .install ? hook.installScript ?? "" : hook.buildScript }
}
