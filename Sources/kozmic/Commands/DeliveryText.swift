import Foundation
import Model
import Store

/// What became of deliveries, for people and for programs.
enum DeliveryText {
    /// Deliveries of one event have the same decision, which is printed once.
    static func lines(_ deliveries: [ExplainedDelivery]) -> [String] {
        var lines: [String] = []
        var last: (sentence: String?, explanation: DeliveryExplanation?)?
        for item in deliveries {
            let delivery = item.delivery
            let what = [delivery.event, delivery.action, delivery.ref?.shortName].compactMap(\.self)
            lines.append(
                "\(delivery.guid)  \(delivery.receivedAt.formatted(.iso8601))  \(delivery.repository)  "
                    + "\(what.joined(separator: " "))  hook \(delivery.hook)"
                    + (delivery.buildNumber.map { "  build #\($0)" } ?? ""))
            let isSame = last.map { $0.sentence == delivery.decision && $0.explanation == item.explanation } ?? false
            guard !isSame else { continue }
            last = (delivery.decision, item.explanation)
            if let explanation = item.explanation, !explanation.hooks.isEmpty {
                lines += explanation.hooks.flatMap(Self.lines)
            } else {
                lines.append("  \(delivery.decision ?? "waits for its turn")")
            }
        }
        return lines.map(\.withoutControls)
    }

    private static func lines(_ answer: DeliveryExplanation.Answer) -> [String] {
        let word =
            switch answer.outcome {
            case .runs: "runs"
            case .skipped: "skipped"
            case .no: "does not run"
            }
        return ["  \(answer.hook): \(word)"]
            + answer.rules.map { rule in
                "    \(rule.holds ? "yes" : "no"), \(rule.reason)"
                    + (rule.file.map { " (\($0):\(rule.line ?? 1))" } ?? "")
            }
    }

    /// A build with its jobs.
    static func lines(_ item: ExplainedBuild) -> [String] {
        let build = item.build
        let head = "build #\(build.number)  \(item.repository)  \(build.ref.shortName)  \(build.state.rawValue)"
        let jobs = item.jobs.map { job in
            "  \(job.hook): \(job.state.rawValue)" + ((job.reason ?? job.cancelReason).map { ", \($0)" } ?? "")
        }
        return ([head] + jobs).map(\.withoutControls)
    }

    /// A delivery for programs.
    struct Document: Encodable {
        var guid: String
        var repository: RepositoryName
        var hook: HookID
        var event: String
        var action: String?
        var ref: String?
        var commit: String?
        var receivedAt: Date
        var state: DeliveryRecord.State
        var decision: String?
        var build: Int?
        /// The commit of the admin repository whose rules were asked.
        var configCommit: String?
        var hooks: [DeliveryExplanation.Answer]

        init(_ item: ExplainedDelivery) {
            let delivery = item.delivery
            (guid, repository, hook, event) = (delivery.guid, delivery.repository, delivery.hook, delivery.event)
            (action, ref, receivedAt) = (delivery.action, delivery.ref?.description, delivery.receivedAt)
            (state, decision, build) = (delivery.state, delivery.decision, delivery.buildNumber)
            commit = item.explanation?.event.commit
            configCommit = item.explanation?.configCommit
            hooks = item.explanation?.hooks ?? []
        }
    }

    /// A build for programs.
    struct BuildDocument: Encodable {
        struct Job: Encodable {
            var hook: HookID
            var state: JobState
            var attempt: Int
            var reason: String?
        }

        var repository: RepositoryName
        var number: Int
        var ref: String
        var commit: String
        var state: BuildState
        var jobs: [Job]

        init(_ item: ExplainedBuild) {
            (repository, number, ref) = (item.repository, item.build.number, item.build.ref.description)
            (commit, state) = (item.build.commit, item.build.state)
            jobs = item.jobs.map {
                Job(hook: $0.hook, state: $0.state, attempt: $0.attempt, reason: $0.reason ?? $0.cancelReason)
            }
        }
    }
}
