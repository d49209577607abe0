import Foundation

/// A time in a payload: GitHub writes the same key as a number in one event and as text in another.
///
/// Only a hint about the order of events, so one that cannot be read is no error.
struct EventTime: Decodable {
    /// Since 1970.
    var seconds: Int64?

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Int64.self) {
            seconds = number
        } else if let text = try? container.decode(String.self), let date = try? Date(text, strategy: .iso8601) {
            seconds = Int64(exactly: date.timeIntervalSince1970.rounded(.down))
        }
    }
}
