import Foundation
import Glibc
import Logging

extension TreeTemplates {
    /// How many are kept at most, beside those that volumes lie above.
    static let mostKept = 16
    /// Of those for one project and user the latest stay: two branches that are far apart take turns.
    static let mostOfGroup = 2
    /// One that nobody used for so long goes.
    static let patience: TimeInterval = 7 * 24 * 3600
    /// When the disk is fuller, those that nobody uses go.
    static let diskHigh = 0.9

    private struct Found {
        var name: String
        /// When it was made; 0 for what is no template, or none any more.
        var stamp: Int64
        /// When its group was last used.
        var used: Date
        /// Whether it is one of the latest.
        var isNew: Bool
    }

    /// Removes what nobody needs.
    ///
    /// - Parameter used: the names of templates that volumes lie above.
    func sweep(used: Set<String>) async {
        var found: [Found] = []
        for project in await names(root) where !project.hasPrefix(".") {
            for user in await names("\(root)/\(project)") {
                let folder = "\(project)/\(user)"
                let all = await names("\(root)/\(folder)")
                for name in all where name.hasPrefix(".") && !making.contains("\(root)/\(folder)/\(name)") {
                    await remove("\(root)/\(folder)/\(name)")
                }
                let date = await modified("\(root)/\(folder)")
                let latest = all.compactMap { TreeTemplate("\(folder)/\($0)") }.sorted { $0.stamp > $1.stamp }
                    .prefix(Self.mostOfGroup)
                for name in all.map({ "\(folder)/\($0)" }) where !name.hasPrefix("\(folder)/.") {
                    found.append(
                        Found(
                            name: name, stamp: TreeTemplate(name)?.stamp ?? 0, used: date,
                            isNew: latest.contains { $0.name == name }))
                }
                if all.isEmpty { await removeEmpty(folder) }
            }
            if await names("\(root)/\(project)").isEmpty { await removeEmpty(project) }
        }
        // Those used longest ago first, and the older ones of a group.
        found.sort { ($0.used, $0.stamp) < ($1.used, $1.stamp) }
        var left = found.count { $0.isNew }
        for template in found {
            let isIdle = -template.used.timeIntervalSinceNow > Self.patience
            let isCrowded = left > Self.mostKept || isDiskFull
            guard !template.isNew || isIdle || isCrowded, !used.contains(template.name) else { continue }
            guard await retire(template.name) else { continue }
            if template.isNew { left -= 1 }
        }
    }

    /// Removes a template unless a job has it; nobody gets it meanwhile.
    private func retire(_ name: String) async -> Bool {
        guard !isHeld(name), retiring.insert(name).inserted else { return false }
        defer { retiring.remove(name) }
        let folder = name.split(separator: "/").dropLast().joined(separator: "/")
        let gone = "\(root)/\(folder)/.gone-\(UInt32.random(in: .min ... .max))"
        let place = "\(root)/\(name)"
        // Half of one must not be taken for a whole one, if we are killed.
        guard (try? await workspace.blocking { rename(place, gone) }) == 0 else { return false }
        await remove(gone)
        return true
    }

    private func remove(_ path: String) async {
        do {
            try await workspace.blocking { try FileManager.default.removeItem(atPath: path) }
        } catch {
            logger.warning("\(error)")
        }
    }

    private func removeEmpty(_ folder: String) async {
        let path = "\(root)/\(folder)"
        _ = try? await workspace.blocking { rmdir(path) }
    }

    private func modified(_ path: String) async -> Date {
        let facts = try? await workspace.blocking {
            var facts = stat()
            return lstat(path, &facts) == 0 ? facts.st_mtim.tv_sec : nil
        }
        return (facts ?? nil).map { Date(timeIntervalSince1970: TimeInterval($0)) } ?? Date()
    }

    private var isDiskFull: Bool {
        var facts = statvfs()
        guard statvfs(root, &facts) == 0 else { return false }
        let (used, free) = (Double(facts.f_blocks - facts.f_bfree), Double(facts.f_bavail))
        return used + free > 0 && used / (used + free) > Self.diskHigh
    }
}
