import Model

/// Compares what is declared with what GitHub has. Pure: equal arguments give equal plans.
public enum Planner {
    /// The operations that make the observed repository the desired one, parts in the order webhooks, deploy key,
    /// permissions. A part with a problem has no operations.
    ///
    /// - Parameter externalURL: where this server is reached: how its webhooks are known among those of others.
    public static func plan(_ desired: DesiredRepository, _ observed: ObservedRepository, externalURL: String) -> Plan {
        let webhooks = WebhookPlanner.operations(
            repository: desired.repository, desired: desired.webhooks, observed: observed.webhooks,
            externalURL: externalURL)
        let keys = DeployKeyPlanner.operations(
            desired.deployKey, isPrivate: observed.isPrivate, observed: observed.deployKeys)
        let permissions = PermissionPlanner(desired, observed).result()
        return Plan(
            repository: desired.repository,
            operations: webhooks.map(Operation.webhook) + keys.map(Operation.deployKey)
                + permissions.operations.map(Operation.permission),
            problems: permissions.problems)
    }

    /// Why an operation of a plan must not be done after another one of it was refused, such as the only admin's; `nil`
    /// when it can.
    ///
    /// - Parameter observed: what GitHub has by now.
    public static func obstacle(
        to operation: PermissionOperation, _ desired: DesiredRepository, _ observed: ObservedRepository
    ) -> PlanProblem? {
        PermissionPlanner(desired, observed).obstacle(to: operation)
    }

    /// The operations of a plan that nobody asked for: what they are about was as declared when the baseline was
    /// taken, is declared now as it was then, and yet differs.
    public static func drift(
        in plan: Plan, since baseline: Baseline, _ observed: ObservedRepository, externalURL: String
    ) -> [Operation] {
        let before = Set(Planner.plan(baseline.desired, observed, externalURL: externalURL).operations)
        return plan.operations.filter { operation in
            // Whether a repository is private decides whether it has a key: no key of a public one is no drift.
            let isConsequence = operation.part == .deployKey && baseline.isPrivate != observed.isPrivate
            return before.contains(operation) && baseline.parts.contains(operation.part) && !isConsequence
        }
    }
}
