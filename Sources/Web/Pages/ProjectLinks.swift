import Foundation
import Model
import Store

/// The links that all pages of a project have.
enum ProjectLinks {
    /// The tabs of a project.
    enum Tab { case latest, history, branches, settings }

    static func crumbs(_ project: ProjectRecord, _ more: Page.Link...) -> [Page.Link] {
        let owner = project.repository.owner
        return [
            Page.Link(text: owner, url: "/?q=\(encode("\(owner)/"))"),
            Page.Link(text: project.repository.name, url: url(project)),
        ] + more
    }

    /// - Parameter current: `nil` for a page below a tab.
    static func tabs(_ project: ProjectRecord, current: Tab?) -> [Page.Link] {
        let base = url(project)
        return [
            Page.Link(text: "Latest build", url: base, isCurrent: current == .latest),
            Page.Link(text: "Build history", url: "\(base)/builds", isCurrent: current == .history),
            Page.Link(
                text: "Branches and pull requests", url: "\(base)/branches", isCurrent: current == .branches),
            Page.Link(text: "Settings", url: "\(base)/settings", isCurrent: current == .settings),
        ]
    }

    static func url(_ project: ProjectRecord) -> String { "/\(project.repository)" }

    static func url(_ project: ProjectRecord, build number: Int) -> String { "/\(project.repository)/builds/\(number)" }

    static func history(_ project: ProjectRecord, of ref: GitRef) -> String {
        "\(url(project))/builds?ref=\(query(ref))"
    }

    /// A ref as `ref` understands it, for a query.
    static func query(_ ref: GitRef) -> String { encode(ref.kindIsBranch ? ref.shortName : ref.description) }

    /// A ref in a query: `main` or `refs/tags/v1`; `nil` for one that cannot be.
    static func ref(_ text: some StringProtocol) -> GitRef? {
        guard (1...512).contains(text.utf8.count), !text.utf8.contains(0) else { return nil }
        return text.hasPrefix("refs/") ? GitRef(String(text)) : .branch(String(text))
    }

    /// A value of a query.
    static func encode(_ text: String) -> String {
        if text.utf8.allSatisfy(isUnreserved) { return text }
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            if isUnreserved(byte) {
                bytes.append(byte)
            } else {
                bytes += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
            UInt8(ascii: "~"), UInt8(ascii: "/"):
            true
        default: false
        }
    }
}

extension GitRef {
    /// Whether its short name is enough to find it again.
    var kindIsBranch: Bool { if case .branch = kind { true } else { false } }
}
