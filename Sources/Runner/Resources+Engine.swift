import Model

extension Resources {
    /// The cores to ask of an engine, in thousandths: it refuses to make a container with more than it has.
    ///
    /// - Parameter processors: what the engine has; 0 if that is not known.
    func milliCPUs(processors: Int) -> Int {
        processors > 0 ? min(milliCPUs, processors * 1000) : milliCPUs
    }

    /// What a log says when a hook asks for more than there is; `nil` if there is enough, or nobody asked for so much.
    func processorsNote(_ processors: Int) -> String? {
        guard milliCPUs(processors: processors) < milliCPUs, milliCPUs != Resources().milliCPUs else { return nil }
        let asked = milliCPUs.isMultiple(of: 1000) ? "\(milliCPUs / 1000)" : "\(Double(milliCPUs) / 1000)"
        let there = processors == 1 ? "1 processor" : "\(processors) processors"
        return "resources.cpus: \(asked), the engine has \(there); limited to \(processors)"
    }
}
