import Foundation

extension World {
    /// A repository with ISO times, as REST and every event but push have it.
    func shape(_ repository: Repository, _ addresses: Addresses) -> JSON {
        let api = addresses.repository(repository)
        let web = "\(addresses.web)/\(repository.fullName)"
        let first: JSON = [
            "id": .int(repository.id), "node_id": .string("R_\(repository.id)"), "name": .string(repository.name),
            "full_name": .string(repository.fullName), "private": JSON(repository.isPrivate),
            "owner": simple(repository.owner, addresses), "html_url": .string(web),
            "description": JSON(repository.description), "fork": JSON(repository.parent != nil), "url": .string(api),
        ]
        let links: JSON = [
            "keys_url": .string("\(api)/keys{/key_id}"), "hooks_url": .string("\(api)/hooks"),
            "collaborators_url": .string("\(api)/collaborators{/collaborator}"),
            "teams_url": .string("\(api)/teams"), "branches_url": .string("\(api)/branches{/branch}"),
            "statuses_url": .string("\(api)/statuses/{sha}"), "commits_url": .string("\(api)/commits{/sha}"),
            "pulls_url": .string("\(api)/pulls{/number}"), "clone_url": .string("\(web).git"),
        ]
        let rest: JSON = [
            "created_at": JSON(repository.createdAt), "updated_at": JSON(repository.updatedAt),
            "pushed_at": JSON(repository.pushedAt), "ssh_url": .string("\(sshPrefix)\(repository.fullName).git"),
            "homepage": nil, "size": 0, "stargazers_count": 0, "watchers_count": 0, "language": nil,
            "has_issues": true, "forks_count": 0, "archived": JSON(repository.isArchived), "disabled": false,
            "open_issues_count": JSON(repository.pulls.filter(\.isOpen).count), "license": nil,
            "is_template": false, "topics": [], "visibility": repository.isPrivate ? "private" : "public",
            "default_branch": .string(repository.defaultBranch),
        ]
        return first.adding(links).adding(rest)
    }

    /// The repository of a push event: times are numbers, the owner has two names, the organization is a word.
    func pushRepository(_ repository: Repository) -> JSON {
        let owner: JSON = [
            "name": .string(repository.owner.login),
            "email": repository.owner.isOrganization ? .null : .string(repository.owner.email),
        ]
        func seconds(_ date: Date) -> JSON { .int(Int64(date.timeIntervalSince1970)) }
        let differing: JSON = [
            "owner": simple(repository.owner, addresses).adding(owner), "created_at": seconds(repository.createdAt),
            "pushed_at": seconds(repository.pushedAt), "url": .string("\(addresses.web)/\(repository.fullName)"),
            "stargazers": 0, "master_branch": .string(repository.defaultBranch),
        ]
        let organization: JSON =
            repository.owner.isOrganization ? ["organization": .string(repository.owner.login)] : [:]
        return shape(repository, addresses).adding(differing).adding(organization)
    }

    func shape(_ hook: Webhook, in repository: Repository, _ addresses: Addresses) -> JSON {
        let api = "\(addresses.repository(repository))/hooks/\(hook.id)"
        let last = hook.lastResponse
        return [
            "type": "Repository", "id": .int(hook.id), "name": "web", "active": JSON(hook.isActive),
            "events": JSON(hook.events), "config": shape(hook.config), "updated_at": JSON(hook.updatedAt),
            "created_at": JSON(hook.createdAt), "url": .string(api), "test_url": .string("\(api)/test"),
            "ping_url": .string("\(api)/pings"), "deliveries_url": .string("\(api)/deliveries"),
            "last_response": [
                "code": last.code.map { JSON($0) } ?? .null, "status": JSON(last.status),
                "message": JSON(last.message),
            ],
        ]
    }

    /// The secret never comes back.
    func shape(_ config: Webhook.Config) -> JSON {
        let secret: JSON = config.secret.map { $0.isEmpty } ?? true ? [:] : ["secret": "********"]
        let open: JSON = [
            "content_type": .string(config.contentType), "insecure_ssl": .string(config.insecureSSL),
        ]
        return open.adding(secret).adding(["url": .string(config.url)])
    }

    /// A delivery as it stands in a list.
    func shape(_ delivery: Delivery, _ call: RESTCall) -> JSON {
        [
            "id": .int(delivery.id), "guid": .string(delivery.guid), "delivered_at": JSON(delivery.deliveredAt),
            "redelivery": JSON(delivery.isRedelivery), "duration": .double(delivery.duration),
            "status": .string(delivery.outcome?.status ?? "pending"), "status_code": JSON(delivery.outcome?.code ?? 0),
            "event": .string(delivery.event), "action": JSON(delivery.action), "installation_id": nil,
            "repository_id": .int(delivery.repository), "throttled_at": nil,
            "url": .string(
                "\(call.addresses.api)/repositories/\(delivery.repository)/hooks/\(delivery.hook)/deliveries/"
                    + String(delivery.id)),
        ]
    }

    func shape(_ status: StatusEntry, of commit: String, in repository: Repository, _ addresses: Addresses) -> JSON {
        [
            "url": .string("\(addresses.repository(repository))/statuses/\(commit)"),
            "avatar_url": .string("\(addresses.web)/avatars/u/\(status.creator.id)?v=4"), "id": .int(status.id),
            "node_id": .string("SC_\(status.id)"), "state": .string(status.state),
            "description": JSON(status.description), "target_url": JSON(status.targetURL),
            "context": .string(status.context), "created_at": JSON(status.createdAt),
            "updated_at": JSON(status.createdAt),
        ]
    }

    func shape(_ key: DeployKey, in repository: Repository, _ addresses: Addresses) -> JSON {
        [
            "id": .int(key.id), "key": .string(key.key),
            "url": .string("\(addresses.repository(repository))/keys/\(key.id)"), "title": .string(key.title),
            "verified": true, "created_at": JSON(key.createdAt), "read_only": JSON(key.isReadOnly),
            "last_used": nil, "added_by": .string(key.addedBy), "enabled": true,
        ]
    }

    func shape(_ invitation: Invitation, to repository: Repository, _ addresses: Addresses) -> JSON {
        [
            "id": .int(invitation.id), "node_id": .string("RI_\(invitation.id)"),
            "repository": shape(repository, addresses), "invitee": simple(invitation.invitee, addresses),
            "inviter": simple(invitation.inviter, addresses), "permissions": .string(invitation.permission.role),
            "created_at": JSON(invitation.createdAt),
            "url": .string("\(addresses.api)/user/repository_invitations/\(invitation.id)"),
            "html_url": .string("\(addresses.web)/\(repository.fullName)/invitations"), "expired": false,
        ]
    }
}
