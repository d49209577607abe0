import Model

/// What `notify:` says, in `kozmic.yaml` or in a project.
struct MailPart {
    /// The outcomes that are mailed; `nil` when it does not say.
    var on: [MailRules.Outcome]?
    /// Who is mailed; `nil` when it does not say.
    var to: [String]?

    init(_ notify: MappingReader<NotifyKey>?) {
        guard let email = notify?.mapping(.email, EmailKey.self) else { return }
        on = email.read(.on, ListOf(Choice()))
        to = email.read(.to, ListOf(MailRecipient(), maximum: 50))
    }

    /// What holds, given what holds above; the nearest wins, key by key.
    func applied(to above: MailRules) -> MailRules { MailRules(on: on ?? above.on, to: to ?? above.to) }
}
