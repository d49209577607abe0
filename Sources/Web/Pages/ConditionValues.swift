import Foundation
import Model
import Store

/// Whether GitHub agrees with what is declared of a project, as pages say it.
enum ConditionValues {
    /// A mark and a sentence.
    ///
    /// - Parameters:
    ///   - differs: whether something is otherwise on GitHub and only reported.
    ///   - saysWhy: whether the viewer may read the reason, which may name people.
    static func make(_ project: ProjectRecord, differs: Bool = false, saysWhy: Bool) -> PageValues {
        let words =
            switch project.condition.status {
            case _ where !project.isActive: "no longer declared"
            case .ready where differs: "as declared, but for what was changed there by hand"
            case .ready: "as declared"
            case .reconciling: "being made as declared"
            case .stalled: "cannot be made as declared"
            }
        return [
            "state": project.isActive ? mark(project.condition.status) : StateMark("cancelled", word: "Removed"),
            "text": words, "reason": saysWhy ? project.condition.reason : nil,
            "retry": project.isActive ? retry(project) : nil,
            "kept": project.isActive ? Moment.html(project.keptSince) : nil,
        ]
    }

    /// The mark alone, of a project that is declared.
    static func mark(_ status: ProjectCondition.Status) -> StateMark {
        switch status {
        case .ready: StateMark("success", word: "Ready")
        case .reconciling: StateMark("running", word: "Working")
        case .stalled: StateMark("error", word: "Stalled")
        }
    }

    /// When a project that failed is tried again.
    private static func retry(_ project: ProjectRecord) -> PageValues? {
        guard let next = project.nextTryAt else { return nil }
        let failures = project.failures > 1 ? "Failed \(project.failures) times in a row; next" : "Next"
        let isSoon = next.timeIntervalSinceNow < 10
        return ["text": failures + (isSoon ? " try within seconds" : " try"), "when": isSoon ? nil : Moment.html(next)]
    }
}
