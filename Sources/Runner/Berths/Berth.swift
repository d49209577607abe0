/// A place prepared for one job: a pipe for its output and, unless there was no time for it, a network namespace.
///
/// Making a network namespace is the largest part of a container's start; a job's container joins one that is there
/// already. The pipe outlives the controller and the script: what is in it stays as long as somebody has it open.
struct Berth: Sendable, Hashable {
    /// Of the pipe's folder.
    let name: String
    /// Without, the job has a network of its own.
    let network: BerthNetwork?
    /// The folder with the pipe, on this machine and the engine's.
    let folder: String

    /// The id of the container that keeps the network.
    var container: String? { network?.container }
}
