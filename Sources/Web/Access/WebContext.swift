import Hummingbird

/// What goes along with a request: who asks.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// A stranger until `Visitors` found out more.
    var viewer = Viewer.stranger

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
    }
}
