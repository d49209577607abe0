import HTTPTypes
import Hummingbird

/// Cookies of this server: for its own pages only, out of reach of scripts.
struct Cookies: Sendable {
    /// Whether people reach this server over TLS. Browsers then take a cookie from nobody but this very host.
    var isSecure: Bool

    /// What the browser sent under that name.
    func value(_ name: String, in request: Request) -> String? {
        let wanted = self.name(name)
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                let key = parts.first?.drop { $0 == " " }
                if parts.count == 2, key == wanted[...] { return String(parts[1].prefix(4096)) }
            }
        }
        return nil
    }

    /// A `Set-Cookie` header.
    ///
    /// - Parameters:
    ///   - value: without characters that cookies cannot have.
    ///   - seconds: how long the browser keeps it; 0 removes it.
    func header(_ name: String, _ value: String, seconds: Int) -> String {
        "\(self.name(name))=\(value); Path=/; Max-Age=\(seconds); HttpOnly; SameSite=Lax" + (isSecure ? "; Secure" : "")
    }

    private func name(_ name: String) -> String { isSecure ? "__Host-\(name)" : name }
}
