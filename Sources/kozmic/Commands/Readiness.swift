import Runner
import Store
import Web

/// Whether the server can do its work: what `/_health/ready` answers.
struct Readiness: Sendable {
    var store: Store
    var executor: any Executor

    /// One line for each thing that jobs need.
    func checks() async -> [ReadinessCheck] {
        async let engine = engineCheck()
        return await [configurationCheck(), engine, Self.disk(store)]
    }

    /// On a full disk deliveries are refused and jobs end with an error, so a probe has to see it.
    ///
    /// - Parameter reserve: the bytes that have to be left.
    static func disk(_ store: Store, reserve: Int64 = LogFiles.reserve) -> ReadinessCheck {
        do throws(StoreError) {
            let free = try store.logs.freeBytes()
            let text = "\(free >> 20) MiB left for the database and logs"
            return ReadinessCheck(
                name: "disk", ok: free >= reserve, detail: free >= reserve ? text : "only \(text); make room")
        } catch {
            return ReadinessCheck(name: "disk", ok: false, detail: "\(error)")
        }
    }

    private func configurationCheck() async -> ReadinessCheck {
        do {
            guard let revision = try await store.latestConfigRevision() else {
                return ReadinessCheck(name: "configuration", ok: false, detail: "the admin repository was not read yet")
            }
            return ReadinessCheck(
                name: "configuration", ok: try await store.appliedConfigRevision() != nil,
                detail: revision.error ?? "commit \(revision.commit)")
        } catch {
            return ReadinessCheck(name: "store", ok: false, detail: "\(error)")
        }
    }

    private func engineCheck() async -> ReadinessCheck {
        do throws(ExecutorError) {
            return ReadinessCheck(name: "docker", ok: true, detail: try await executor.check())
        } catch {
            return ReadinessCheck(name: "docker", ok: false, detail: "\(error)")
        }
    }
}
