/// A repository on GitHub, and what people did to it by hand.
struct SoakRepository {
    /// Its name now.
    var name: String
    /// All the names that it had.
    var names: Set<String>
    var isPrivate: Bool
    /// Numbers of webhooks and keys of others, which nobody may touch.
    var foreignHooks: Set<Int64> = []
    var foreignKeys: Set<Int64> = []
    /// Whether somebody gave access to mallory, whom no file ever names.
    var hasMallory = false

    init(name: String, isPrivate: Bool) {
        self.name = name
        names = [name]
        self.isPrivate = isPrivate
    }
}
