import Model

/// A mail address, or the word for the commit's author.
struct MailRecipient: TextKind {
    var maximumBytes: Int { 254 }
    var expected: String { "author or a mail address" }
    var plural: String { "mail addresses" }

    func parse(_ text: String) throws(Mistake) -> String {
        guard text == MailRules.author || MailAddress(text) != nil else {
            throw Mistake("expected author or a plain address such as team@example.org, found \(quoted(text))")
        }
        return text
    }
}
