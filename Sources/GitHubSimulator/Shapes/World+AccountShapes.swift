extension World {
    /// A user or organization as it stands inside of other things.
    func simple(_ account: Account, _ addresses: Addresses) -> JSON {
        let api = "\(addresses.api)/users/\(account.login)"
        return [
            "login": .string(account.login), "id": .int(account.id), "node_id": .string("U_\(account.id)"),
            "avatar_url": .string("\(addresses.web)/avatars/u/\(account.id)?v=4"), "gravatar_id": "",
            "url": .string(api), "html_url": .string("\(addresses.web)/\(account.login)"),
            "organizations_url": .string("\(api)/orgs"), "repos_url": .string("\(api)/repos"),
            "type": account.isOrganization ? "Organization" : "User", "user_view_type": "public",
            "site_admin": false,
        ]
    }

    /// A user of their own.
    func full(_ account: Account, _ addresses: Addresses) -> JSON {
        simple(account, addresses).adding([
            "name": JSON(account.name), "company": nil, "email": .string(account.email), "bio": nil,
            "public_repos": JSON(repositories.values.filter { $0.owner === account && !$0.isPrivate }.count),
            "created_at": JSON(account.createdAt), "updated_at": JSON(account.createdAt),
        ])
    }

    /// The `organization` of an event.
    func organization(_ account: Account, _ addresses: Addresses) -> JSON {
        let api = "\(addresses.api)/orgs/\(account.login)"
        return [
            "login": .string(account.login), "id": .int(account.id), "node_id": .string("O_\(account.id)"),
            "url": .string(api), "repos_url": .string("\(api)/repos"), "hooks_url": .string("\(api)/hooks"),
            "members_url": .string("\(api)/members{/member}"),
            "avatar_url": .string("\(addresses.web)/avatars/u/\(account.id)?v=4"), "description": nil,
        ]
    }

    func shape(_ team: Team, of organization: Account, _ addresses: Addresses) -> JSON {
        let api = "\(addresses.api)/organizations/\(organization.id)/team/\(team.id)"
        return [
            "id": .int(team.id), "node_id": .string("T_\(team.id)"), "name": .string(team.name),
            "slug": .string(team.slug), "description": JSON(team.description), "privacy": .string(team.privacy),
            "notification_setting": "notifications_enabled", "permission": "pull", "url": .string(api),
            "html_url": .string("\(addresses.web)/orgs/\(organization.login)/teams/\(team.slug)"),
            "members_url": .string("\(api)/members{/member}"), "repositories_url": .string("\(api)/repos"),
            "parent": nil,
        ]
    }

    func membership(of user: Account, in team: Team, of organization: Account, _ addresses: Addresses) -> JSON {
        let isMaintainer = team.maintainers.contains(user.key) || organization.owners.contains(user.key)
        let api = "\(addresses.api)/organizations/\(organization.id)/team/\(team.id)/memberships/\(user.login)"
        return [
            "state": organization.hasMember(user) ? "active" : "pending",
            "role": isMaintainer ? "maintainer" : "member", "url": .string(api),
        ]
    }
}
