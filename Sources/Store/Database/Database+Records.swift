internal import GRDB

/// Records are read by listing their columns; `make` takes them in the same order.
extension Database {
    func all<Record>(
        _ sql: String, _ arguments: StatementArguments = [], _ make: (inout Columns) throws -> Record
    ) throws -> [Record] {
        var records: [Record] = []
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        while let row = try rows.next() {
            var columns = Columns(row)
            records.append(try make(&columns))
        }
        return records
    }

    func first<Record>(
        _ sql: String, _ arguments: StatementArguments = [], _ make: (inout Columns) throws -> Record
    ) throws -> Record? {
        let rows = try Row.fetchCursor(cachedStatement(sql: sql), arguments: arguments)
        guard let row = try rows.next() else { return nil }
        var columns = Columns(row)
        return try make(&columns)
    }

    func run(_ sql: String, _ arguments: StatementArguments = []) throws {
        try cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func project(_ id: Int64) throws -> ProjectRecord? {
        try first("SELECT \(ProjectRecord.columns) FROM project WHERE id = ?", [id], ProjectRecord.init)
    }

    func build(_ id: Int64) throws -> BuildRecord? {
        try first("SELECT \(BuildRecord.columns) FROM build WHERE id = ?", [id], BuildRecord.init)
    }

    func job(_ id: Int64) throws -> JobRecord? {
        try first("SELECT \(JobRecord.columns) FROM job WHERE id = ?", [id], JobRecord.init)
    }
}
