import Foundation
import Model
import Web

/// What became of deliveries, for people and for programs.
enum DeliveryText {
    /// Deliveries of one event have the same decision, which is printed once.
    static func lines(_ deliveries: [DeliveryDocument]) -> [String] {
        var lines: [String] = []
        var last: (sentence: String?, hooks: [DeliveryExplanation.Answer])?
        for delivery in deliveries {
            let name = delivery.ref.map { GitRef($0).shortName }
            let what = [delivery.event, delivery.action, name].compactMap(\.self)
            let hooks = delivery.hooks ?? []
            lines.append(
                "\(delivery.guid)  \(delivery.receivedAt.formatted(.iso8601))  \(delivery.repository)  "
                    + "\(what.joined(separator: " "))  hook \(delivery.hook)"
                    + (delivery.build.map { "  build #\($0)" } ?? ""))
            let isSame = last.map { $0.sentence == delivery.decision && $0.hooks == hooks } ?? false
            guard !isSame else { continue }
            last = (delivery.decision, hooks)
            if !hooks.isEmpty {
                lines += hooks.flatMap(Self.lines)
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
    static func lines(_ build: BuildDocument) -> [String] {
        let head = "build #\(build.number)  \(build.repository)  \(build.refName)  \(build.state)"
        let jobs = (build.jobs ?? []).map { job in
            "  \(job.hook): \(job.state)" + (job.reason.map { ", \($0)" } ?? "")
        }
        return ([head] + jobs).map(\.withoutControls)
    }
}
