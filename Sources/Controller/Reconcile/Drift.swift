import Reconciler
import Store

extension Reconciler.Operation {
    /// The differences that it repairs, as they are recorded: what was declared and what was found.
    var differences: [DriftDifference] {
        let change = change
        let object = change.object
        switch (change.action, change.fields.isEmpty) {
        case (.create, true): return [DriftDifference(object: object, field: "exists", old: "yes", new: "no")]
        case (.delete, true): return [DriftDifference(object: object, field: "exists", old: "no", new: "yes")]
        default:
            return change.fields.map { field in
                let isSecret = field.field == "secret"
                return DriftDifference(
                    object: object, field: field.field, old: isSecret ? "********" : field.new,
                    new: isSecret ? "another" : field.old)
            }
        }
    }
}
