extension Hook {
    /// Whether a job of one says of a commit what a job of the other would: both run the same scripts in the same way.
    /// When they run, what they are called, and who is told may differ.
    public func doesSameWork(as other: Hook) -> Bool { work == other.work }

    /// Only what the outcome may depend on; the rest as in a configuration that says nothing.
    private var work: Hook {
        var work = Hook(id: id, image: image, buildScript: buildScript)
        work.user = user
        work.installScript = installScript
        work.trackedFiles = trackedFiles
        work.environment = environment
        work.secrets = secrets
        work.settings.timeoutSeconds = settings.timeoutSeconds
        work.settings.stallTimeoutSeconds = settings.stallTimeoutSeconds
        work.settings.resources = settings.resources
        work.submodules = submodules
        work.sudo = sudo
        return work
    }
}
