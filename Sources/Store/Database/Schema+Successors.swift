extension Schema {
    /// The number of the build that a job had to make room for, so that pages and statuses lead there. A number and no
    /// reference: retention may remove that build, and its page then says so.
    static let successors = """
        ALTER TABLE job ADD COLUMN successor INTEGER;
        """
}
