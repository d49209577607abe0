import Foundation
import Model
import Store

/// The links that all pages of a project have.
enum ProjectLinks {
    /// The tabs of a project.
    enum Tab { case latest, history, settings }

    static func crumbs(_ project: ProjectRecord, _ more: Page.Link...) -> [Page.Link] {
        [Page.Link(text: project.repository.description, url: "/\(project.repository)")] + more
    }

    /// - Parameter current: `nil` for a page below a tab.
    static func tabs(_ project: ProjectRecord, current: Tab?) -> [Page.Link] {
        let base = "/\(project.repository)"
        return [
            Page.Link(text: "Latest build", url: base, isCurrent: current == .latest),
            Page.Link(text: "Build history", url: "\(base)/builds", isCurrent: current == .history),
            Page.Link(text: "Settings", url: "\(base)/settings", isCurrent: current == .settings),
        ]
    }

    /// A value of a query.
    static func encode(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics.union(CharacterSet(charactersIn: "-._~/"))) ?? ""
    }
}
