import Foundation
internal import GRDB

/// Takes the values of a row from left to right, in the order in which the record lists its columns.
struct Columns {
    private let row: Row
    private var index = 0

    init(_ row: Row) { self.row = row }

    /// The next column as it is.
    mutating func next<Value: DatabaseValueConvertible & StatementColumnConvertible>(
        _ type: Value.Type = Value.self
    ) throws -> Value {
        defer { index += 1 }
        return try row.decode(type, atIndex: index)
    }

    /// The next column, milliseconds since 1970.
    mutating func date() throws -> Date { Date(milliseconds: try next()) }

    /// The next column, milliseconds since 1970 or null.
    mutating func dateIfAny() throws -> Date? { try next(Int64?.self).map(Date.init(milliseconds:)) }

    /// The next column as a domain value. A text that the value does not know means that the row was written by
    /// something else.
    mutating func value<Value>(_ make: (String) -> Value?) throws -> Value {
        let column = row.columnNames[row.columnNames.index(row.columnNames.startIndex, offsetBy: index)]
        let text: String = try next()
        guard let value = make(text) else {
            throw StoreError.failed("column \(column) holds '\(text.prefix(100))', which is no \(Value.self)")
        }
        return value
    }

    /// The same for a column that may be null.
    mutating func valueIfAny<Value>(_ make: (String) -> Value?) throws -> Value? {
        try next(String?.self).flatMap(make)
    }
}

extension Date {
    /// To the millisecond, as all times are stored.
    init(milliseconds: Int64) { self.init(timeIntervalSince1970: Double(milliseconds) / 1000) }

    /// Bounded, because a conversion out of range would trap.
    var milliseconds: Int64 {
        let value = (timeIntervalSince1970 * 1000).rounded()
        return value.isFinite ? Int64(max(-1e15, min(1e15, value))) : 0
    }
}
