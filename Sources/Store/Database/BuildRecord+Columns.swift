import Model

extension BuildRecord {
    static let columns = """
        build.id, build.projectID, build.number, build.ref, build.sha, build.message, build.authorName, \
        build.authorEmail, build.sender, build.kind, build.pullRequest, build.trusted, build.configCommit, \
        build.state, build.createdAt, build.startedAt, build.finishedAt, build.needsApproval, build.approvedBy, \
        build.authorLogin, build.isOffHead, build.standing, build.standingNumber
        """

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), projectID: try columns.next(), number: try columns.next(),
            ref: GitRef(try columns.next()), commit: try columns.next(), message: try columns.next(),
            authorName: try columns.next(), authorEmail: try columns.next(), sender: try columns.next(),
            trigger: try columns.value(TriggerEvent.Kind.init(rawValue:)), pullRequest: try columns.next(),
            trusted: try columns.next(), configCommit: try columns.next(),
            state: try columns.value(BuildState.init(rawValue:)), createdAt: try columns.date(),
            startedAt: try columns.dateIfAny(), finishedAt: try columns.dateIfAny(),
            needsApproval: try columns.next(), approvedBy: try columns.next(),
            authorLogin: try columns.next(String?.self).flatMap { AccountName($0) }, isOffHead: try columns.next())
        if trigger == .push, MergeQueueBranch(ref) != nil { trigger = .mergeGroup }
        let standing = try columns.valueIfAny(BuildState.init(rawValue:))
        let standingNumber: Int? = try columns.next()
        if let standing, let standingNumber {
            older = RefStanding(state: standing, number: standingNumber, latest: number)
        }
    }
}

extension RefStanding {
    /// Of a row of `build` under another name.
    static func columns(_ build: String) -> String {
        "\(build).number, coalesce(\(build).standing, \(build).state), coalesce(\(build).standingNumber, \(build).number)"
    }

    /// `nil` when there is no such row.
    init?(_ columns: inout Columns) throws {
        let latest: Int? = try columns.next()
        let state = try columns.valueIfAny(BuildState.init(rawValue:))
        let number: Int? = try columns.next()
        guard let latest, let state, let number else { return nil }
        self.init(state: state, number: number, latest: latest)
    }
}

extension TriggerEvent.Kind {
    /// How a build's row says it. A merge queue pushes its branch as well, and the branch's name tells.
    var stored: String { self == .mergeGroup ? Self.push.rawValue : rawValue }
}

extension DeliveryRecord {
    static let columns = """
        delivery.id, delivery.repository, delivery.hook, delivery.guid, delivery.event, delivery.receivedAt, \
        delivery.state, coalesce(delivery.decision, delivery.problem) AS decision, delivery.buildNumber, \
        delivery.action, delivery.ref, delivery.failures
        """

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), repository: try columns.value { RepositoryName($0) },
            hook: try columns.value(HookID.init(ofDelivery:)), guid: try columns.next(), event: try columns.next(),
            receivedAt: try columns.date(), state: try columns.value(State.init(rawValue:)),
            decision: try columns.next(), buildNumber: try columns.next(), action: try columns.next(),
            ref: try columns.next(String?.self).map { GitRef($0) }, failures: try columns.next())
    }
}
