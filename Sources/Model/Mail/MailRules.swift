/// Who is mailed about which outcomes of builds.
public struct MailRules: Sendable, Hashable, Codable {
    /// The outcomes that are mailed.
    public enum Outcome: String, Sendable, Hashable, Codable, CaseIterable {
        /// A job failed.
        case failure
        /// A job could not be run.
        case error
        /// A success after something else on the same branch.
        case fixed
    }

    /// Stands in `to` for the author of the commit.
    public static let author = "author"

    /// The outcomes.
    public var on: [Outcome]
    /// Addresses, and `author`.
    public var to: [String]

    /// Everything that can go wrong, to whoever wrote the commit.
    public init(on: [Outcome] = Outcome.allCases, to: [String] = [author]) {
        self.on = on
        self.to = to
    }

    /// The mailboxes, each once; an author who hides the address gets nothing.
    ///
    /// - Parameter author: the address that the commit names, which its author chose freely.
    public func recipients(author: String?) -> [MailAddress] {
        var seen: Set<String> = []
        return to.compactMap { name -> MailAddress? in
            guard name == Self.author else { return MailAddress(name) }
            guard let address = author.flatMap({ MailAddress($0) }), !address.isGitHubNoReply else { return nil }
            return address
        }.filter { seen.insert($0.description.lowercased()).inserted }
    }
}

extension ServerSettings {
    /// What holds for projects that say nothing.
    public var mail: MailRules { MailRules(on: mailOn.compactMap(MailRules.Outcome.init), to: mailTo) }
}
