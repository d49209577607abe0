import Model
import Reconciler
import SeededRandom
import Testing

@Suite struct PlannerPropertyTests {
    @Test(
        "after a plan, applied whole or cut anywhere and planned again, nothing is left to do, and nobody is shut out")
    func converges() throws {
        var random = SeededGenerator(seed: 20_261_125)
        var (operations, problems) = (0, 0)
        for round in 0..<5000 {
            var desired = try RandomRepository.desired(using: &random)
            var model = RepositoryModel(RandomRepository.observed(using: &random))
            model.members = Set(
                RandomRepository.people.filter { _ in Bool.random(using: &random) }.map { $0.lowercased() })
            let before = model.observed
            var shuffled = before
            shuffled.collaborators.shuffle(using: &random)
            shuffled.invitations.shuffle(using: &random)
            shuffled.teams.shuffle(using: &random)
            shuffled.deployKeys.shuffle(using: &random)
            shuffled.webhooks.shuffle(using: &random)
            let plan = Planner.plan(desired, before, externalURL: external)
            #expect(plan == Planner.plan(desired, shuffled, externalURL: external), "round \(round)")
            operations += plan.operations.count
            problems += plan.problems.count

            // The process is killed in the middle up to three times, sometimes after an operation that was not recorded.
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let next = Planner.plan(desired, model.observed, externalURL: external)
                for operation in next.operations.prefix(Int.random(in: 0...3, using: &random)) {
                    apply(operation, to: &model, &desired)
                }
            }
            for operation in Planner.plan(desired, model.observed, externalURL: external).operations {
                apply(operation, to: &model, &desired)
            }
            let rest = Planner.plan(desired, model.observed, externalURL: external)
            #expect(rest.operations.isEmpty, "round \(round): \(rest)")
            #expect(rest.problems == plan.problems)
            check(desired, before, model.observed, plan)
        }
        #expect(operations > 10_000)
        #expect(problems > 200)
    }

    @Test(
        "what hands changed is drift, what is declared anew is not; whoever only reports drift writes nothing about it")
    func drift() throws {
        var random = SeededGenerator(seed: 20_261_127)
        var (drifted, asked) = (0, 0)
        for round in 0..<3000 {
            var desired = try RandomRepository.desired(using: &random)
            var model = RepositoryModel(RandomRepository.observed(using: &random))
            model.members = Set(RandomRepository.people.map { $0.lowercased() })
            converge(&desired, &model)
            let problems = Planner.plan(desired, model.observed, externalURL: external).problems
            guard problems.isEmpty else { continue }
            let baseline = Baseline(desired: desired, isPrivate: model.observed.isPrivate)

            // Declared anew, and nobody touched GitHub.
            var next = try RandomRepository.desired(using: &random)
            next.deployKey.held = desired.deployKey.held
            let wanted = Planner.plan(next, model.observed, externalURL: external)
            asked += wanted.operations.count
            #expect(
                Planner.drift(in: wanted, since: baseline, model.observed, externalURL: external).isEmpty,
                "round \(round)")

            // Touched by hand, and nothing declared anew.
            meddle(&model.observed, using: &random)
            let repair = Planner.plan(desired, model.observed, externalURL: external)
            let drift = Planner.drift(in: repair, since: baseline, model.observed, externalURL: external)
            #expect(drift == repair.operations, "round \(round)")
            drifted += drift.count

            // Both at once, with drift only reported: what is done leaves the drift, and then nothing is left to do.
            let both = Planner.plan(next, model.observed, externalURL: external)
            guard both.problems.isEmpty else { continue }
            let left = Planner.drift(in: both, since: baseline, model.observed, externalURL: external)
            for operation in both.operations where !left.contains(operation) { apply(operation, to: &model, &next) }
            let later = Baseline(desired: next, isPrivate: model.observed.isPrivate)
            let rest = Planner.plan(next, model.observed, externalURL: external)
            #expect(
                Planner.drift(in: rest, since: later, model.observed, externalURL: external) == rest.operations,
                "round \(round)")
            #expect(rest.operations.count <= left.count, "round \(round): \(rest)")
        }
        #expect(drifted > 2000 && asked > 2000)
    }

    private func converge(_ desired: inout DesiredRepository, _ model: inout RepositoryModel) {
        for operation in Planner.plan(desired, model.observed, externalURL: external).operations {
            apply(operation, to: &model, &desired)
        }
    }

    /// One to three things that people do on GitHub's pages.
    private func meddle(_ observed: inout ObservedRepository, using random: inout SeededGenerator) {
        for _ in 0..<Int.random(in: 1...3, using: &random) {
            switch Int.random(in: 0..<7, using: &random) {
            case 0: if !observed.webhooks.isEmpty { observed.webhooks.removeLast() }
            case 1: if !observed.webhooks.isEmpty { observed.webhooks[0].active.toggle() }
            case 2: observed.deployKeys.removeAll { _ in Bool.random(using: &random) }
            case 3:
                for index in observed.collaborators.indices where Bool.random(using: &random) {
                    observed.collaborators[index].level =
                        RandomRepository.levels.randomElement(using: &random)?.rawValue ?? "pull"
                }
            case 4: observed.collaborators.removeAll { $0.login != "acme" && Bool.random(using: &random) }
            case 5: observed.teams.removeAll { _ in Bool.random(using: &random) }
            default:
                for index in observed.teams.indices where Bool.random(using: &random) {
                    observed.teams[index].level =
                        RandomRepository.levels.randomElement(using: &random)?.rawValue ?? "pull"
                }
            }
        }
    }

    private func apply(_ operation: Operation, to model: inout RepositoryModel, _ desired: inout DesiredRepository) {
        if let key = model.apply(operation) { desired.deployKey.held = key }
    }

    private func check(
        _ desired: DesiredRepository, _ before: ObservedRepository, _ after: ObservedRepository, _ plan: Plan
    ) {
        let permissions = desired.permissions
        if !plan.problems.isEmpty {
            #expect(after.collaborators == before.collaborators && after.invitations == before.invitations)
            #expect(after.teams == before.teams)
        }
        // Whoever it was: the account of the token is what it was or more, and some admin is left.
        let viewer = { (observed: ObservedRepository) in
            observed.collaborators.first { $0.login == "kozmic" }?.level
        }
        if viewer(before) == "admin" { #expect(viewer(after) == "admin") }
        if before.collaborators.contains(where: { $0.level == "admin" }) {
            let isLeft = after.collaborators.contains { $0.level == "admin" }
            #expect(
                isLeft || after.isViewerAdmin || after.teams.contains { $0.level == "admin" }
                    || after.isOrganization == false)
        }
        let declared = Set(permissions.collaborators.keys.map { $0.lowercased() })
        guard plan.problems.isEmpty else { return }
        if permissions.authoritative {
            #expect(after.collaborators.allSatisfy { declared.contains($0.login.lowercased()) || $0.login == "acme" })
        } else {
            let others = { (list: [ObservedCollaborator]) in
                list.filter { !declared.contains($0.login.lowercased()) }
            }
            #expect(others(after.collaborators) == others(before.collaborators))
        }
        let foreign = before.deployKeys.filter { $0.key != "ssh-ed25519 held" && $0.title != RandomRepository.title }
        #expect(after.deployKeys.filter { key in foreign.contains { $0.id == key.id } } == foreign)
    }
}
