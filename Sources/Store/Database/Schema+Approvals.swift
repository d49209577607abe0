extension Schema {
    /// A stranger's build waits until somebody of the project lets this very commit run.
    static let approvals = """
        ALTER TABLE build ADD COLUMN needsApproval INTEGER NOT NULL DEFAULT 0 CHECK (needsApproval IN (0, 1));
        ALTER TABLE build ADD COLUMN approvedBy TEXT;
        """
}
