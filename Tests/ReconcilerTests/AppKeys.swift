import Foundation

/// A key pair of an app that exists in tests only: the one of Tests/Support.
enum AppKeys {
    static let privateKey = read("app-key.pem")
    static let publicKey = read("app-key-public.pem")

    private static func read(_ name: String) -> String {
        let support = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().appending(
            path: "Support/\(name)")
        return (try? String(contentsOf: support, encoding: .utf8)) ?? ""
    }
}
