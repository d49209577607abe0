import Store

/// Differences on GitHub that nobody asked for, as pages list them.
enum DriftValues {
    /// - Parameter project: its name, where several projects' differences stand together.
    static func make(_ record: DriftRecord, project: String?) -> PageValues {
        let difference = record.difference
        func text(_ value: String) -> String? { value.isEmpty ? nil : value }
        let mark =
            record.healedAt == nil ? StateMark("error", word: "Differs") : StateMark("success", word: "Repaired")
        return [
            "state": mark, "project": project, "object": difference.object, "field": text(difference.field),
            "old": text(difference.old), "new": text(difference.new),
            "when": Moment.html(record.healedAt ?? record.foundAt),
        ]
    }
}
