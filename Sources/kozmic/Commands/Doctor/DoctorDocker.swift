import Curl
import DockerEngine
import Glibc
import Model

/// The engine that jobs run in, and the images that they begin with.
struct DoctorDocker {
    var settings: ServeSettings
    var curl: CurlClient
    var projects: [Project]
    /// Whether missing images are pulled here and now.
    var pulls: Bool

    func findings() async -> [Finding] {
        do throws(DockerError) {
            let engine = try DockerEngine(host: settings.dockerHost, curl: curl)
            let version = try await engine.version()
            let info = try await engine.info()
            let kind =
                info.isRootless ? ", rootless" : info.mapsUsers ? ", root in a container is another user outside" : ""
            let engineLine = Finding.ok(
                "Docker", "version \(version.engine), API \(version.api), \(info.processors) processors\(kind)")
            return [engineLine] + account(info) + machine(info) + (await images(engine))
        } catch {
            return [
                .failed(
                    "Docker", "\(settings.dockerHost): \(error.message)",
                    "start the engine, put this account into the group docker, or set --docker-host")
            ]
        }
    }

    /// A rootless engine opens no folder that only another account may open.
    private func account(_ info: DockerInfo) -> [Finding] {
        var status = stat()
        guard info.isRootless, settings.dockerHost.hasPrefix("unix://"),
            stat(String(settings.dockerHost.dropFirst(7)), &status) == 0, status.st_uid != geteuid()
        else { return [] }
        return [
            .warning(
                "account",
                "the engine is that of user \(status.st_uid), who may not open the data directory of user \(geteuid())",
                "jobs begin sooner, and an engine that is killed loses no output, if kozmic serve runs as that user")
        ]
    }

    private func machine(_ info: DockerInfo) -> [Finding] {
        var findings: [Finding] = []
        let isOverlay = info.storageDriver.hasPrefix("overlay")
        findings.append(
            isOverlay
                ? .ok("image layers", info.storageDriver)
                : .warning(
                    "image layers", "the storage driver is \(info.storageDriver): cached images are copied whole",
                    "use overlay2 if the file system of \(info.rootDirectory) can"))
        let version = info.cgroupVersion.isEmpty ? "unknown" : info.cgroupVersion
        findings.append(
            info.missingLimits.isEmpty
                ? .ok("limits", "cgroup version \(version)")
                : .warning(
                    "limits",
                    "the engine cannot limit \(DockerLimit.words(info.missingLimits)) (cgroup version \(version)): "
                        + "a job can take all that the machine has",
                    info.isRootless
                        ? "a rootless engine needs cgroup version 2, systemd, and Delegate=cpu cpuset io memory pids for its "
                            + "user: https://docs.docker.com/engine/security/rootless"
                        : "mount the control groups; cgroup_enable=memory on the kernel's command line may help"))
        let amiss = info.warnings.filter { $0.contains("swap limit support") }
        if !amiss.isEmpty, !info.missingLimits.contains(.memory) {
            findings.append(
                .warning(
                    "limits", amiss.joined(separator: "; "),
                    "jobs are not limited there; cgroup_enable=memory swapaccount=1 on the kernel's command line helps")
            )
        }
        return findings
    }

    private func images(_ engine: DockerEngine) async -> [Finding] {
        var findings: [Finding] = []
        for name in Set(projects.flatMap { $0.hooks.map(\.image) }).sorted() {
            findings.append(await image(engine, name))
        }
        return findings
    }

    private func image(_ engine: DockerEngine, _ name: String) async -> Finding {
        do throws(DockerError) {
            if let found = try await engine.image(name) {
                return .ok("image \(name)", "here, \(found.size >> 20) MiB")
            }
            guard pulls else {
                return .warning(
                    "image \(name)", "not here yet; the first job pulls it", "kozmic doctor --pull tries it now")
            }
            try await engine.pull(name) { _ in }
            return .ok("image \(name)", "pulled")
        } catch {
            return .failed(
                "image \(name)", error.message,
                "check the name and the network; a private registry needs docker login on this account")
        }
    }
}
