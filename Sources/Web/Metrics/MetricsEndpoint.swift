import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Model
import NIOCore
import Store

/// `/_metrics`: figures for Prometheus. They name no project, so that they may be read without signing in.
struct MetricsEndpoint: Sendable {
    let store: Store
    let ledger: MetricsLedger
    let lag: LoopLag
    let sources: MetricsSources
    let version: String
    private let start = Date()

    init(store: Store, ledger: MetricsLedger, lag: LoopLag, sources: MetricsSources, version: String) {
        self.store = store
        self.ledger = ledger
        self.lag = lag
        self.sources = sources
        self.version = version
    }

    func add(to router: Router<WebContext>) {
        router.get("_metrics") { _, _ in
            let text = PrometheusText.render(try await families())
            var headers = HTTPFields()
            headers[.contentType] = PrometheusText.contentType
            headers[.cacheControl] = "no-store"
            return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        }
    }

    /// All figures; those that are not known have no samples.
    func families() async throws -> [MetricFamily] {
        let figures = try await ledger.look()
        return about() + work(figures) + (await ended()) + deliveries(figures) + (try await configuration(figures))
            + gitHub(sources.quotas())
    }

    private func about() -> [MetricFamily] {
        let process = ProcessFigures.read()
        let lag = lag.values
        let labels = [("version", version)]
        return [
            MetricFamily(
                name: "kozmic_build_info", help: "The program's version; always 1.", kind: .gauge,
                samples: [MetricFamily.Sample(labels: labels, value: 1)]),
            .gauge(
                "process_start_time_seconds", "When the server started, in seconds since 1970.",
                start.timeIntervalSince1970.rounded()),
            .gauge("process_resident_memory_bytes", "Memory in use.", process.residentBytes),
            .counter("process_cpu_seconds_total", "Processor time.", process.processorSeconds ?? 0),
            .gauge("process_open_fds", "Files and connections that are open.", process.openFiles),
            .labelled(
                .gauge, "kozmic_event_loop_lag_seconds",
                "How late work began that could begin at once; the largest delay of the last minute.", by: "loop",
                [("network", lag.network), ("tasks", lag.tasks)]),
            .gauge(
                "kozmic_data_free_bytes", "Room left where logs and mirrors are.",
                (try? store.logs.freeBytes()).map(Double.init)),
        ]
    }

    private func work(_ figures: StoreFigures) -> [MetricFamily] {
        [
            .gauge("kozmic_jobs_queued", "Jobs that wait for a slot.", Double(figures.queuedJobs.count)),
            .gauge(
                "kozmic_jobs_queued_oldest_seconds", "How long the first of them has been waiting.",
                Self.age(figures.queuedJobs)),
            .gauge("kozmic_jobs_running", "Jobs that have a slot.", Double(figures.runningJobs)),
            .gauge("kozmic_job_slots", "How many jobs may run at once.", Double(sources.slots)),
            .gauge(
                "kozmic_statuses_waiting", "Commit statuses that GitHub has not taken.",
                Double(figures.waitingStatuses)),
        ]
    }

    private func ended() async -> [MetricFamily] {
        let jobs = await ledger.jobs
        let cache = await ledger.cache
        return [
            .labelled(
                .counter, "kozmic_jobs_total", "Jobs that ended since the server started.", by: "state",
                JobState.allCases.filter(\.isFinished).map { ($0.rawValue, Double(jobs[$0] ?? 0)) }),
            .histogram("kozmic_job_wait_seconds", "How long jobs waited for a slot.", await ledger.waits),
            .histogram("kozmic_job_duration_seconds", "How long jobs had a slot.", await ledger.durations),
            .labelled(
                .counter, "kozmic_cached_images_total", "Jobs whose cached image was there or had to be made.",
                by: "result", [("hit", Double(cache[true] ?? 0)), ("miss", Double(cache[false] ?? 0))]),
        ]
    }

    private func deliveries(_ figures: StoreFigures) -> [MetricFamily] {
        [
            .gauge(
                "kozmic_deliveries_waiting", "Webhook deliveries that wait for a decision.",
                Double(figures.waitingDeliveries.count)),
            .gauge(
                "kozmic_deliveries_waiting_oldest_seconds", "How long the first of them has been waiting.",
                Self.age(figures.waitingDeliveries)),
        ]
    }

    private static func age(_ queue: StoreFigures.Queue) -> Double {
        queue.oldest.map { max(0, -$0.timeIntervalSinceNow) } ?? 0
    }
}
