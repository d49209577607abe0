import Config
import Foundation
import Model
import Reconciler

/// What a pull request of the admin repository would do once it is merged.
struct Preview: Sendable {
    /// The pull request's commit.
    var head: String
    /// The commit of the admin branch that it was merged with, in memory.
    var base: String
    /// Whether it comes from somebody else's copy: what only insiders know is then not told.
    var isFromFork = false
    /// Why there is no plan: it does not merge, or what it holds cannot be read. One sentence.
    var problem: String?
    /// What is wrong with the files, as they would be.
    var diagnostics: [Diagnostic] = []
    /// What is wrong already, without it.
    var known: Set<KnownDiagnostic> = []
    /// Why the merge would be held; one sentence.
    var refusal: String?
    /// How many things it removes, when it would be held for that.
    var removalCount: Int?
    /// What is to be known about signatures, if commits must be signed.
    var signatureNote: String?
    /// What would be done on GitHub, for each project that it touches.
    var entries: [LivePlan.Entry] = []
    /// The projects in the store that it touches: when what is known of one of them changes, the plan may.
    var touched: [Int64] = []
    /// When GitHub was first seen as it is remembered, for each of them that was ever looked at.
    var observed: [Int64: Date] = [:]
    /// What else comes of it.
    var consequences = Consequences()
    /// Why something could not be looked at, although it may be possible later.
    var isIncomplete = false

    /// The errors that it would bring.
    var newErrors: [Diagnostic] {
        diagnostics.filter { $0.severity == .error && !known.contains(KnownDiagnostic($0)) }
    }

    /// How many operations there are.
    var changeCount: Int { entries.reduce(0) { $0 + ($1.plan?.operations.count ?? 0) } }

    /// The projects with something to tell.
    var told: [LivePlan.Entry] {
        entries.filter { $0.error != nil || $0.plan?.isEmpty == false || !$0.missing.isEmpty }
    }
}

/// A remark without its place, which other lines move.
struct KnownDiagnostic: Sendable, Hashable {
    private let path: String
    private let message: String

    init(_ diagnostic: Diagnostic) {
        path = diagnostic.path
        message = diagnostic.message
    }
}
