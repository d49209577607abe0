extension Schema {
    /// The rows among the deliveries that stand for events of which no webhook told; there are few.
    static let foundEvents = """
        CREATE INDEX delivery_found ON delivery (repositoryKey, id) WHERE guid >= 'found-' AND guid < 'found.';
        """
}
