/// What a new container is to be. Everything but the image may be left to the image or the engine.
public struct DockerContainerSpec: Sendable, Hashable {
    /// A name or an id (`sha256:…`).
    public var image: String
    /// Instead of the image's; empty for none.
    public var entrypoint: [String]?
    /// Instead of the image's.
    public var command: [String]?
    /// A name or number, with `:group` or without.
    public var user: String?
    /// An absolute path; the engine makes it if the image has none.
    public var workingDirectory: String?
    /// Each `NAME=value`; a `NAME` alone removes the image's variable.
    public var environment: [String] = []
    /// Labels beside the image's.
    public var labels: [String: String] = [:]
    /// The host name inside; the engine takes the start of the id otherwise.
    public var hostname: String?
    /// A terminal. Kozmic's streams need it off: with it, the output has no frames.
    public var tty = false
    /// The signal of a polite `stop`, such as `SIGTERM`.
    public var stopSignal: String?
    /// Volumes, folders and memory.
    public var mounts: [DockerMount] = []
    /// `bridge`, `none`, `host`, `container:<id>` or a network's name.
    public var networkMode: String?
    /// `name:address` lines for `/etc/hosts`.
    public var extraHosts: [String] = []
    /// Bytes of memory at most.
    public var memory: Int64?
    /// Bytes of memory and swap together at most; the same as `memory` forbids swap.
    public var memorySwap: Int64?
    /// Billionths of a processor at most.
    public var nanoCPUs: Int64?
    /// Processes and threads at most.
    public var pidsLimit: Int64?
    /// Bytes of `/dev/shm`.
    public var sharedMemory: Int64?
    /// Capabilities beyond the default ones.
    public var capAdd: [String] = []
    /// Capabilities taken away; `ALL` for every one.
    public var capDrop: [String] = []
    /// Such as `no-new-privileges`.
    public var securityOptions: [String] = []
    /// A small init as process 1, which reaps orphans and forwards signals.
    public var usesInit = false
    /// `json-file`, `none`, …
    public var logDriver: String?
    /// The driver's options, such as `max-size`.
    public var logOptions: [String: String] = [:]
    /// Whether the engine removes the container by itself when it ends.
    public var autoRemove = false

    /// A container of this image, everything else as the image and the engine have it.
    public init(image: String) {
        self.image = image
    }
}

/// The environment may hold secrets: neither a description nor a dump shows it.
extension DockerContainerSpec: CustomStringConvertible, CustomReflectable {
    public var description: String { "container of \(image)" }
    public var customMirror: Mirror { Mirror(self, children: ["image": image]) }
}
