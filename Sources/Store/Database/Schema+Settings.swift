extension Schema {
    /// What `kozmic.yaml` of the applied revision says about the server itself; one row.
    static let settings = """
        CREATE TABLE serverSettings (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            value TEXT NOT NULL CHECK (json_valid(value))
        ) STRICT;
        """
}
