import Model

extension ProjectRecord {
    static let columns = """
        project.id, project.repository, project.isActive, project.config, project.configCommit, project.githubID, \
        project.isPrivate, project.defaultBranch, project.condition, project.conditionReason, \
        project.conditionSince, project.createdAt, project.failedTries, project.retryAt, project.keptSince
        """

    init(_ columns: inout Columns) throws {
        self.init(
            id: try columns.next(), repository: try columns.value { RepositoryName($0) },
            isActive: try columns.next(), config: try JSONColumn.project(columns.next()),
            configCommit: try columns.next(), githubID: try columns.next(), isPrivate: try columns.next(),
            defaultBranch: try columns.next(),
            condition: ProjectCondition(
                status: try columns.value(ProjectCondition.Status.init(rawValue:)), reason: try columns.next(),
                since: try columns.date()),
            createdAt: try columns.date(), failures: try columns.next(), nextTryAt: try columns.dateIfAny(),
            keptSince: try columns.dateIfAny())
    }
}

extension WebhookRecord {
    static let columns = "projectID, hook, githubID, secretFingerprint, url, updatedAt, refusedAt"

    init(_ columns: inout Columns) throws {
        self.init(
            projectID: try columns.next(), hook: try columns.value { HookID($0) }, githubID: try columns.next(),
            secretFingerprint: try columns.next(), url: try columns.next(), updatedAt: try columns.date(),
            refusedAt: try columns.dateIfAny())
    }
}

extension ConfigRevision {
    static let columns = "sha, authorName, committedAt, message, readAt, appliedAt, diagnostics, error"

    init(_ columns: inout Columns) throws {
        self.init(
            commit: try columns.next(), authorName: try columns.next(), committedAt: try columns.date(),
            message: try columns.next(), readAt: try columns.date(), appliedAt: try columns.dateIfAny(),
            diagnosticsJSON: try columns.next(), error: try columns.next())
    }
}
