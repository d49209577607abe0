/// Remembers which images have no shell.
actor ShellLookup {
    private var missing: Set<String> = []

    /// Whether the image may have one, as far as is known.
    func has(_ image: String) -> Bool { !missing.contains(image) }

    /// The engine found none.
    func isMissing(in image: String) {
        if missing.count >= 1000 { missing.removeAll() }
        missing.insert(image)
    }
}
