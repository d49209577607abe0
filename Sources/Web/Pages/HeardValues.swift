import Store

/// When GitHub last told something of a project, and what it did not tell, as pages say it.
enum HeardValues {
    /// - Parameter saysWhat: whether the viewer may know which event it was: some are about people.
    static func make(_ heard: LastHeard, _ project: ProjectRecord, saysWhat: Bool) -> PageValues {
        [
            "when": Moment.html(heard.at), "event": saysWhat ? heard.event : nil,
            "declared": Moment.html(project.createdAt),
            "missed": heard.foundSince > 0 ? Count.text(heard.foundSince, "event") : nil,
            "found": Moment.html(heard.foundAt),
        ]
    }
}
