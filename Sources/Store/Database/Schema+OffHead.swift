extension Schema {
    /// A build of a commit that was not its ref's head when somebody asked for it, by hand: it says nothing about the ref
    /// as it is.
    static let offHead = """
        ALTER TABLE build ADD COLUMN isOffHead INTEGER NOT NULL DEFAULT 0 CHECK (isOffHead IN (0, 1));
        """
}
