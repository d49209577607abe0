/// A container, looked at closely.
public struct DockerContainer: Sendable, Hashable {
    /// 64 hexadecimal digits.
    public var id: String
    /// Its name, without the slash that the engine puts in front.
    public var name: String
    /// The id of its image, `sha256:…`.
    public var imageID: String
    /// The image as its maker named it.
    public var image: String
    /// Its labels, those of the image included.
    public var labels: [String: String]
    /// Its environment, each `NAME=value`.
    public var environment: [String]
    /// The user of its first process; empty for the image's.
    public var user: String
    /// Whether it has a terminal, and so an output without frames.
    public var tty: Bool
    /// When it was made.
    public var created: DockerTime?
    /// How it is doing.
    public var state: DockerContainerState
    /// The names of the volumes it uses, by the path where they are mounted.
    public var volumes: [String: String]
    /// Its addresses, by the network's name; empty while it does not run.
    public var addresses: [String: String]
    /// The files on the engine's machine that it has as `/etc/resolv.conf`, `/etc/hostname` and `/etc/hosts`; a container
    /// that joins its network has the same ones.
    public var networkFiles: [String]
}

extension DockerContainer: Decodable {
    private enum CodingKeys: String, CodingKey {
        case id = "Id"
        case name = "Name"
        case imageID = "Image"
        case created = "Created"
        case state = "State"
        case configuration = "Config"
        case mounts = "Mounts"
        case networks = "NetworkSettings"
        case nameServers = "ResolvConfPath"
        case hostname = "HostnamePath"
        case hosts = "HostsPath"
    }

    private struct Configuration: Decodable {
        var image: String?
        var labels: [String: String]?
        var tty: Bool?
        var environment: [String]?
        var user: String?

        enum CodingKeys: String, CodingKey {
            case image = "Image"
            case labels = "Labels"
            case tty = "Tty"
            case environment = "Env"
            case user = "User"
        }
    }

    private struct Mount: Decodable {
        var type: String
        var name: String?
        var destination: String

        enum CodingKeys: String, CodingKey {
            case type = "Type"
            case name = "Name"
            case destination = "Destination"
        }
    }

    private struct Networks: Decodable {
        var networks: [String: Endpoint]?

        enum CodingKeys: String, CodingKey { case networks = "Networks" }

        struct Endpoint: Decodable {
            var address: String?
            enum CodingKeys: String, CodingKey { case address = "IPAddress" }
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        let name = try container.decode(String.self, forKey: .name)
        self.name = name.hasPrefix("/") ? String(name.dropFirst()) : name
        imageID = try container.decode(String.self, forKey: .imageID)
        created = try container.decodeIfPresent(String.self, forKey: .created).flatMap(DockerTime.init)
        state = try container.decode(DockerContainerState.self, forKey: .state)
        let configuration = try container.decodeIfPresent(Configuration.self, forKey: .configuration)
        image = configuration?.image ?? ""
        labels = configuration?.labels ?? [:]
        environment = configuration?.environment ?? []
        user = configuration?.user ?? ""
        tty = configuration?.tty ?? false
        let mounts = try container.decodeIfPresent([Mount].self, forKey: .mounts) ?? []
        volumes = Dictionary(
            mounts.filter { $0.type == "volume" }.map { ($0.destination, $0.name ?? "") }, uniquingKeysWith: { $1 })
        let networks = try container.decodeIfPresent(Networks.self, forKey: .networks)?.networks ?? [:]
        addresses = networks.compactMapValues { $0.address?.isEmpty == false ? $0.address : nil }
        networkFiles = try [.nameServers, .hostname, .hosts].compactMap { key in
            try container.decodeIfPresent(String.self, forKey: key)
        }.filter { !$0.isEmpty }
    }
}
