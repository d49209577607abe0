import Model

/// The settings that one level (defaults, a project, a hook) writes. The nearest level wins, key by key; `resources`
/// are merged key by key too.
struct SettingsPart: Equatable {
    var timeout: Int?
    var stallTimeout: Int?
    var cancelGrace: Int?
    var milliCPUs: Int?
    var memory: Int64?
    var pids: Int?
    var cachedImages: Int?
    var status: HookSettings.StatusMode?
    var drift: HookSettings.DriftMode?
    var forkPullRequests: HookSettings.ForkMode?
    var logLimit: Int64?
    var pull: Int?
    var bisect: HookSettings.BisectMode?

    init() {}

    init(_ reader: MappingReader<SettingsKey>) {
        timeout = reader.read(.timeout, DurationText(1...7 * DurationText.day))
        stallTimeout = reader.read(.stallTimeout, DurationText(1...7 * DurationText.day))
        cancelGrace = reader.read(.cancelGrace, DurationText(0...600))
        if let resources = reader.mapping(.resources, ResourcesKey.self) {
            milliCPUs = resources.read(.cpus, Cores())
            // The engine refuses less than 6 MiB.
            memory = resources.read(.memory, SizeText(6 << 20...16 << 40))
            pids = resources.read(.pids, Whole(1...4_194_304))
        }
        cachedImages = reader.read(.cachedImages, Whole(0...1000))
        status = reader.read(.status, Choice())
        drift = reader.read(.drift, Choice())
        forkPullRequests = reader.read(.forkPullRequests, Choice())
        logLimit = reader.read(.logLimit, SizeText(64 << 10...1 << 40))
        pull = reader.read(.pull, DurationText())
        bisect = reader.read(.bisect, Choice())
    }

    /// What holds at this level, given what holds at the one above it.
    func applied(to above: HookSettings) -> HookSettings {
        var result = above
        if let timeout { result.timeoutSeconds = timeout }
        if let stallTimeout { result.stallTimeoutSeconds = stallTimeout }
        if let cancelGrace { result.cancelGraceSeconds = cancelGrace }
        if let milliCPUs { result.resources.milliCPUs = milliCPUs }
        if let memory { result.resources.memoryBytes = memory }
        if let pids { result.resources.pids = pids }
        if let cachedImages { result.cachedImages = cachedImages }
        if let status { result.status = status }
        if let drift { result.drift = drift }
        if let forkPullRequests { result.forkPullRequests = forkPullRequests }
        if let logLimit { result.logLimitBytes = logLimit }
        if let pull { result.pullSeconds = pull }
        if let bisect { result.bisect = bisect }
        return result
    }
}
