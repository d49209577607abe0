extension World {
    /// Gives, changes or takes (`nil`) access, with the event that GitHub sends then.
    func setCollaborator(
        _ user: Account, _ permission: Permission?, in repository: Repository, sender: Account
    ) {
        let old = repository.collaborators[user.key]
        guard old != permission else { return }
        repository.collaborators[user.key] = permission
        let member: JSON = ["member": simple(user, addresses)]
        switch (old, permission) {
        case (let old?, let new?):
            let change: JSON = ["permission": ["from": .string(old.legacy), "to": .string(new.legacy)]]
            emit("member", action: "edited", member.adding(["changes": change]), in: repository, sender: sender)
        case (nil, let new?):
            let change: JSON = [
                "permission": ["to": .string(new.legacy)], "role_name": ["to": .string(new.role)],
            ]
            emit("member", action: "added", member.adding(["changes": change]), in: repository, sender: sender)
        case (_, nil):
            emit("member", action: "removed", member, in: repository, sender: sender)
        }
    }

    /// Hides or shows a repository, with the events that GitHub sends then.
    func setPrivate(_ isPrivate: Bool, _ repository: Repository, sender: Account) {
        guard repository.isPrivate != isPrivate else { return }
        repository.isPrivate = isPrivate
        emit("repository", action: isPrivate ? "privatized" : "publicized", [:], in: repository, sender: sender)
        if !isPrivate { emit("public", [:], in: repository, sender: sender) }
    }
}
