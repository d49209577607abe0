extension Schema {
    /// When a job began to pull its base image and when it had it, in milliseconds since 1970; both empty where it was there.
    static let pulls = """
        ALTER TABLE job ADD COLUMN pullStartedAt INTEGER;
        ALTER TABLE job ADD COLUMN pullEndedAt INTEGER;
        """
}
