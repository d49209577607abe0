import Model

/// The environment of the two scripts, in the form that the engine takes.
enum ScriptEnvironment {
    /// The variables that tell about one build and must never be kept in a cached image.
    static let ofOneBuild = [
        "KOZMIC_BUILD_NUMBER", "KOZMIC_BUILD_URL", "KOZMIC_COMMIT", "KOZMIC_REF", "KOZMIC_BRANCH", "KOZMIC_TAG",
        "KOZMIC_PULL_REQUEST",
    ]

    /// `NAME=value` for each variable, sorted; a bare `NAME` removes one that the image may have. The hook's own win over
    /// ours. Secrets are not among them: see `SecretLauncher`.
    static func list(_ job: JobSpec) -> [String] {
        var values = ofEveryBuild(job)
        for (name, value) in ofThisBuild(job) { values[name] = value }
        values.merge(job.hook.environment) { $1 }
        return lines(values)
    }

    /// The same without what tells about one build: a container has it before its build is known.
    static func lasting(_ job: JobSpec) -> [String] {
        lines(ofEveryBuild(job).merging(job.hook.environment) { $1 })
    }

    /// What `lasting` lacks, sorted by name.
    static func ofThisBuild(_ job: JobSpec) -> [(key: String, value: String)] {
        var values = [
            "KOZMIC_BUILD_NUMBER": String(job.buildNumber),
            "KOZMIC_BUILD_URL": job.buildURL,
            "KOZMIC_COMMIT": job.commit,
            "KOZMIC_REF": job.ref.description,
        ]
        // The ref decides: a push and a pull request of one branch share a build, whichever event came first.
        switch job.ref.kind {
        case .branch(let name): values["KOZMIC_BRANCH"] = name
        case .tag(let name): values["KOZMIC_TAG"] = name
        case .pullRequest(let number): values["KOZMIC_PULL_REQUEST"] = String(number)
        case .other: values["KOZMIC_PULL_REQUEST"] = job.pullRequest.map { String($0) }
        }
        return values.filter { job.hook.environment[$0.key] == nil }.sorted { $0.key < $1.key }
    }

    private static func ofEveryBuild(_ job: JobSpec) -> [String: String] {
        [
            "CI": "true", "KOZMIC": "true", "TERM": "xterm",
            "KOZMIC_REPOSITORY": job.repository.description,
            "KOZMIC_HOOK": job.hook.id.description,
        ]
    }

    private static func lines(_ values: [String: String]) -> [String] {
        let removed = ofOneBuild.filter { values[$0] == nil }
        return (values.map { "\($0.key)=\($0.value)" } + removed).sorted()
    }
}
