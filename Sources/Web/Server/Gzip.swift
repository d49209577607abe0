import Foundation
import HTTPTypes
import Hummingbird
import Zlib

/// The one coding of contents that the server knows.
enum Gzip {
    /// Whether whoever asks takes compressed answers: `gzip`, but not `gzip;q=0`.
    static func isAccepted(by request: Request) -> Bool {
        (request.headers[.acceptEncoding] ?? "").lowercased().split(separator: ",").contains { offer in
            let parts = offer.split(separator: ";").map { $0.trimmingCharacters(in: .whitespaces) }
            guard parts.first == "gzip" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=") && Double($0.dropFirst(2)) == 0 }
        }
    }

    /// The bytes compressed; `nil` when memory is short, or it would not be worth it.
    ///
    /// - Parameter level: from 1, the quickest, to 9, the smallest.
    static func compress(_ bytes: [UInt8], level: Int32) -> [UInt8]? {
        guard bytes.count > 500, let stream = try? GzipStream(level: level),
            let most = try? stream.compress(bytes), let rest = try? stream.end()
        else { return nil }
        return most.count + rest.count < bytes.count ? most + rest : nil
    }
}
