/// Plans as texts; each form is a file of its own.
public enum PlanText {
    /// The line of an operation.
    ///
    /// - Parameters:
    ///   - drift: the operations that nobody asked for, which are marked.
    ///   - reported: those of them that are not done, but only reported.
    public static func line(
        _ operation: Operation, drift: Set<Operation> = [], reported: Set<Operation> = []
    ) -> String {
        if reported.contains(operation) { return "\(operation)  (drift, only reported)" }
        return "\(operation)" + (drift.contains(operation) ? "  (drift)" : "")
    }
}
