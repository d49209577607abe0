import Hummingbird

/// What goes along with a request: who asks.
struct WebContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// A stranger until `Visitors` found out more.
    var viewer = Viewer.stranger

    /// The network address of whoever is at the other end of the connection: a proxy, often.
    let address: String?

    init(source: ApplicationRequestContextSource) {
        address = source.channel.remoteAddress?.ipAddress
        coreContext = CoreRequestContextStorage(source: source)
    }
}
