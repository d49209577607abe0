/// What a page holds: the values of its template, and what all pages have.
struct Page {
    /// For the window, without the program's name.
    var title: String
    /// The address that it is known by, without the server's; `nil` for one that nobody should send on.
    var path: String?
    /// One sentence for those who were sent the address.
    var description: String?
    /// Where the reader is, from the left.
    var crumbs: [Link] = []
    /// The tabs of a project.
    var tabs: [Link] = []
    /// The state of what is open, for the icon.
    var mark: StateMark?
    /// Whether it shows lines of a log, which need their colours.
    var showsLog = false
    /// Whether a whole log is what it is about: it is as wide as the window then.
    var isWide = false
    /// Whether nothing more is to come once what it shows has ended. A tab in the background does not look again then.
    var settles = false
    /// Where the live parts of the page are read anew, if not at its own address.
    var refreshURL: String?
    /// Whatever the template names.
    var values: PageValues

    /// The feed of the project whose tabs the page has; the first tab is the project's own address.
    var feedURL: String? { tabs.first.map { "\($0.url)/\(FeedEndpoint.name)" } }

    /// A link of a page.
    struct Link {
        var text: String
        var url: String
        var isCurrent = false

        var values: PageValues { ["text": text, "url": url, "isCurrent": isCurrent] }
    }
}
