/// What can go wrong in the store; every case says in words what happened and, where there is one, the way out.
public enum StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Too many deliveries wait to be written; try again in a moment.
    case busy
    /// The file system that holds the file has no room left.
    case diskFull(path: String)
    /// The file is not a database, or a damaged one.
    case corrupt(path: String, detail: String)
    /// A newer Kozmic wrote the database.
    case newerSchema(path: String)
    /// Another process works with this data directory.
    case inUse(path: String)
    /// There is no such row.
    case notFound(String)
    /// The request does not fit the row's present state.
    case conflict(String)
    /// The values given break a rule of the store.
    case invalid(String)
    /// The store was closed.
    case closed
    /// Anything else, in the words of SQLite or of the operating system.
    case failed(String)

    public var description: String {
        switch self {
        case .busy: "too many deliveries wait to be stored; try again in a moment"
        case .diskFull(let path): "no space left on the disk that holds \(path)"
        case .corrupt(let path, let detail):
            """
            \(path) is not a usable database (\(detail)). Restore it from a backup, or move it away and start again: \
            the configuration is read anew from the admin repository, only the history of builds is lost
            """
        case .newerSchema(let path):
            "\(path) was written by a newer version of Kozmic; run that version, or restore an older backup"
        case .inUse(let path): "\(path) is in use by another process"
        case .notFound(let what): "\(what) does not exist"
        case .conflict(let why), .invalid(let why), .failed(let why): why
        case .closed: "the store is closed"
        }
    }
}
