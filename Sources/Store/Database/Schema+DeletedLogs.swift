extension Schema {
    /// Who deleted a job's log, and when; retention takes a log with its build. A letter knows what it tells of, so that
    /// one that quotes such a log can be written anew; those of earlier versions do not.
    static let deletedLogs = """
        ALTER TABLE job ADD COLUMN logDeletedAt INTEGER;
        ALTER TABLE job ADD COLUMN logDeletedBy TEXT;
        ALTER TABLE letter ADD COLUMN outcome TEXT CHECK (outcome IN ('failure', 'error', 'fixed'));
        """
}
