extension Schema {
    /// The one webhook that the admin repository has.
    static let adminWebhook = """
        CREATE TABLE adminWebhook (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            repository TEXT NOT NULL,
            githubID INTEGER NOT NULL,
            secretFingerprint TEXT NOT NULL
        ) STRICT;
        """
}
