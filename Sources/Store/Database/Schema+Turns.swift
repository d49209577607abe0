extension Schema {
    /// Who got a slot last: each start gives its project the highest number, so that of two projects the one with the
    /// lower number has waited longer. A project without a row never had a slot.
    static let turns = """
        CREATE TABLE slotTurn (
            projectID INTEGER PRIMARY KEY REFERENCES project (id) ON DELETE CASCADE,
            turn INTEGER NOT NULL UNIQUE
        ) STRICT;
        INSERT INTO slotTurn (projectID, turn)
            SELECT projectID, ROW_NUMBER() OVER (ORDER BY MAX(startedAt), projectID) FROM job
            WHERE startedAt IS NOT NULL GROUP BY projectID;
        """
}
