import Foundation
import Hummingbird

/// The probes of whoever keeps the server running.
struct HealthEndpoints: Sendable {
    var readiness: @Sendable () async -> [ReadinessCheck]

    /// `/_health/live`: the process answers. `/_health/ready`: everything that it needs is there, else 503.
    func add(to router: Router<WebContext>) {
        router.get("_health/live") { _, _ in JSONResponse.make(["status": "ok"]) }
        router.get("_health/ready") { _, _ in
            let checks = await readiness()
            return JSONResponse.make(checks, status: checks.allSatisfy(\.ok) ? .ok : .serviceUnavailable)
        }
    }
}
