extension Schema {
    /// When a cached image was last used, which the engine does not know. The key names the image.
    static let cacheUses = """
        CREATE TABLE cacheUse (
            projectID INTEGER NOT NULL REFERENCES project (id) ON DELETE CASCADE,
            hook TEXT NOT NULL,
            cacheKey TEXT NOT NULL,
            lastUsedAt INTEGER NOT NULL,
            PRIMARY KEY (projectID, hook, cacheKey)
        ) STRICT, WITHOUT ROWID;
        """
}
