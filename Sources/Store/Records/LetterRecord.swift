import Foundation
import Model

/// How a build ended, when that is worth telling: it failed, had an error, or passed after something else on its ref.
/// A row of `buildNews`; it is there until somebody decided whom to tell.
public struct BuildNews: Sendable, Hashable, Identifiable {
    /// Grows in the order of the events.
    public var id: Int64
    /// The build as it is now; it may have been run again since.
    public var build: BuildRecord
    /// Its project.
    public var project: ProjectRecord
    /// What happened.
    public var outcome: MailRules.Outcome
    /// When.
    public var happenedAt: Date
    /// The bisection that tells which commit broke the build; then this is the news, and not the failure.
    public var bisection: BisectionReport?
    /// The address of the author of the commit that it is about; `nil` when it is not known, or one of several.
    public var authorEmail: String?
}

/// A message that has to go to one mailbox; a row of `letter`.
public struct Letter: Sendable, Hashable, Identifiable {
    /// The row's number.
    public var id: Int64
    /// The mailbox.
    public var recipient: String
    /// Headers and body, the same in every try.
    public var message: [UInt8]
    /// When that happened which it tells of.
    public var happenedAt: Date
    /// How often sending failed.
    public var failures: Int
}

/// A message to be put into the outbox.
public struct NewLetter: Sendable, Hashable {
    /// The mailbox.
    public var recipient: String
    /// Headers and body.
    public var message: [UInt8]

    /// Memberwise.
    public init(recipient: String, message: [UInt8]) {
        self.recipient = recipient
        self.message = message
    }
}

/// How many messages there are of each kind.
public struct LetterFigures: Sendable, Hashable {
    /// Those still to be sent.
    public var waiting = 0
    /// Those that a mail server took.
    public var sent = 0
    /// Those that no mail server took.
    public var gaveUp = 0

    /// Memberwise.
    public init(waiting: Int = 0, sent: Int = 0, gaveUp: Int = 0) {
        self.waiting = waiting
        self.sent = sent
        self.gaveUp = gaveUp
    }
}
