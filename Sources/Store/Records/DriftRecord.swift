import Foundation
import Model

/// A difference on GitHub that nobody asked for.
public struct DriftDifference: Sendable, Hashable, Codable {
    /// Such as `webhook tests` or `collaborator alice`.
    public var object: String
    /// Such as `events` or `permission`.
    public var field: String
    /// As it was declared and was.
    public var old: String
    /// As it was found; empty when it is gone.
    public var new: String

    /// Memberwise.
    public init(object: String, field: String, old: String, new: String) {
        self.object = object
        self.field = field
        self.old = old
        self.new = new
    }
}

extension Adoption.Difference {
    /// The same for whoever looks for the declaration that fits.
    public init(_ difference: DriftDifference) {
        self.init(
            object: difference.object, field: difference.field, declared: difference.old, found: difference.new)
        // What exists although it should not, or the other way round, is told by words.
        if difference.field == "exists", difference.new == "no" { found = "" }
    }
}

/// A row of `drift`: a difference with what became of it.
public struct DriftRecord: Sendable, Hashable, Codable, Identifiable {
    /// Grows in the order of finding.
    public var id: Int64
    /// The project.
    public var projectID: Int64
    /// The difference.
    public var difference: DriftDifference
    /// When it was seen first.
    public var foundAt: Date
    /// When it was repaired, by us or by somebody else; `nil` while it is there.
    public var healedAt: Date?
}
