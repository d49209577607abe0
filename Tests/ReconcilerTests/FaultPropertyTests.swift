import Model
import Reconciler
import SeededRandom
import Testing

@Suite struct FaultPropertyTests {
    /// What becomes of one operation.
    private enum Fate: CaseIterable {
        case done
        /// GitHub says no to this one thing: the rest of its part waits, other parts go on.
        case refused
        /// GitHub, or the way there, is broken: nothing more is tried.
        case unreachable
        /// Carried out, and nobody heard so.
        case unheard
        /// Carried out and heard, and the process died before it was written down.
        case unrecorded
        /// Of what is deleted and made again, only the deleting was carried out.
        case half

        var isCarriedOut: Bool { self != .refused && self != .unreachable }
        var endsPass: Bool { self != .done && self != .refused }
    }

    /// What the reconcile loop knows, apart from GitHub.
    private struct Pair {
        var desired: DesiredRepository
        var model: RepositoryModel
        /// Operations that were carried out, all passes together.
        var carriedOut = 0
        /// Operations that a fault may have made necessary again.
        var owed = 0

        var plan: Plan { Planner.plan(desired, model.observed, externalURL: external) }
    }

    @Test("whatever fails at whatever operation, passes end with an empty plan, and do no more than was needed")
    func converges() throws {
        var random = SeededGenerator(seed: 20_261_128)
        var fates: [Fate: Int] = [:]
        for round in 0..<5000 {
            var pair = Pair(
                desired: try RandomRepository.desired(using: &random),
                model: RepositoryModel(RandomRepository.observed(using: &random)))
            pair.model.members = Set(
                RandomRepository.people.filter { _ in Bool.random(using: &random) }.map { $0.lowercased() })
            let first = pair.plan
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                pass(&pair, from: round) {
                    let fate =
                        Int.random(in: 0..<3, using: &random) == 0 ? Fate.allCases.randomElement(using: &random) : .done
                    fates[fate ?? .done, default: 0] += 1
                    return fate ?? .done
                }
            }
            // GitHub is well again: one pass is enough, and the next has nothing to do.
            pass(&pair, from: round) { .done }
            let rest = pair.plan
            #expect(rest.operations.isEmpty, "round \(round): \(rest)")
            #expect(rest.problems == first.problems, "round \(round)")
            #expect(
                pair.carriedOut <= first.operations.count + pair.owed,
                "round \(round): \(pair.carriedOut) operations for \(first)")
        }
        for fate in Fate.allCases { #expect(fates[fate, default: 0] > 300, "\(fate)") }
    }

    /// Observes, plans and applies once. What the plan holds never grows by more than what faults broke.
    private func pass(_ pair: inout Pair, from round: Int, fate: () -> Fate) {
        var left = pair.plan.operations.count
        var refused: Set<Operation.Part> = []
        for operation in pair.plan.operations where !refused.contains(operation.part) {
            let fate = fate()
            let owed = pair.owed
            carryOut(operation, fate, &pair)
            let now = pair.plan.operations.count
            let expected = left - (fate.isCarriedOut ? 1 : 0) + (pair.owed - owed)
            #expect(now <= expected, "round \(round): \(operation) \(fate)")
            left = now
            if fate == .refused { refused.insert(operation.part) }
            if fate.endsPass { return }
        }
    }

    private func carryOut(_ operation: Operation, _ fate: Fate, _ pair: inout Pair) {
        guard fate.isCarriedOut else { return }
        pair.carriedOut += 1
        if fate == .half, case .deployKey(.replace(let id, _, _, _)) = operation {
            // The key itself is known: it was stored before GitHub was asked.
            pair.model.observed.deployKeys.removeAll { $0.id == id }
            pair.owed += 1
            return
        }
        if let key = pair.model.apply(operation) { pair.desired.deployKey.held = key }
        // GitHub never tells a webhook's secret: what is not recorded has to be set again.
        guard fate != .done, case .webhook(let change) = operation, let webhook = change.wanted else { return }
        for index in pair.model.observed.webhooks.indices
        where pair.model.observed.webhooks[index].url == webhook.url {
            pair.model.observed.webhooks[index].secretFingerprint = "unknown"
        }
        pair.owed += 1
    }
}

extension WebhookOperation {
    /// What the webhook shall be; `nil` for one that is deleted.
    fileprivate var wanted: DesiredWebhook? {
        switch self {
        case .create(let webhook), .update(_, let webhook, _): webhook
        case .delete: nil
        }
    }
}
