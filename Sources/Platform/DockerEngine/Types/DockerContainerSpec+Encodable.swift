extension DockerContainerSpec: Encodable {
    private enum CodingKeys: String, CodingKey {
        case image = "Image"
        case entrypoint = "Entrypoint"
        case command = "Cmd"
        case user = "User"
        case workingDirectory = "WorkingDir"
        case environment = "Env"
        case labels = "Labels"
        case hostname = "Hostname"
        case tty = "Tty"
        case stopSignal = "StopSignal"
        case hostConfig = "HostConfig"
    }

    private enum HostKeys: String, CodingKey {
        case mounts = "Mounts"
        case networkMode = "NetworkMode"
        case extraHosts = "ExtraHosts"
        case memory = "Memory"
        case memorySwap = "MemorySwap"
        case nanoCPUs = "NanoCpus"
        case pidsLimit = "PidsLimit"
        case sharedMemory = "ShmSize"
        case capAdd = "CapAdd"
        case capDrop = "CapDrop"
        case securityOptions = "SecurityOpt"
        case usesInit = "Init"
        case log = "LogConfig"
        case autoRemove = "AutoRemove"
    }

    private enum LogKeys: String, CodingKey {
        case driver = "Type"
        case options = "Config"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(image, forKey: .image)
        try container.encodeIfPresent(entrypoint, forKey: .entrypoint)
        try container.encodeIfPresent(command, forKey: .command)
        try container.encodeIfPresent(user, forKey: .user)
        try container.encodeIfPresent(workingDirectory, forKey: .workingDirectory)
        if !environment.isEmpty { try container.encode(environment, forKey: .environment) }
        if !labels.isEmpty { try container.encode(labels, forKey: .labels) }
        try container.encodeIfPresent(hostname, forKey: .hostname)
        if tty { try container.encode(true, forKey: .tty) }
        try container.encodeIfPresent(stopSignal, forKey: .stopSignal)
        try encodeHostConfig(to: container.nestedContainer(keyedBy: HostKeys.self, forKey: .hostConfig))
    }

    private func encodeHostConfig(to container: KeyedEncodingContainer<HostKeys>) throws {
        var host = container
        if !mounts.isEmpty { try host.encode(mounts, forKey: .mounts) }
        try host.encodeIfPresent(networkMode, forKey: .networkMode)
        if !extraHosts.isEmpty { try host.encode(extraHosts, forKey: .extraHosts) }
        try host.encodeIfPresent(memory, forKey: .memory)
        try host.encodeIfPresent(memorySwap, forKey: .memorySwap)
        try host.encodeIfPresent(nanoCPUs, forKey: .nanoCPUs)
        try host.encodeIfPresent(pidsLimit, forKey: .pidsLimit)
        try host.encodeIfPresent(sharedMemory, forKey: .sharedMemory)
        if !capAdd.isEmpty { try host.encode(capAdd, forKey: .capAdd) }
        if !capDrop.isEmpty { try host.encode(capDrop, forKey: .capDrop) }
        if !securityOptions.isEmpty { try host.encode(securityOptions, forKey: .securityOptions) }
        if usesInit { try host.encode(true, forKey: .usesInit) }
        if autoRemove { try host.encode(true, forKey: .autoRemove) }
        if let logDriver {
            var log = host.nestedContainer(keyedBy: LogKeys.self, forKey: .log)
            try log.encode(logDriver, forKey: .driver)
            try log.encode(logOptions, forKey: .options)
        }
    }
}
