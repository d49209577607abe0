/// A place prepared for one job: a pipe for its output and, unless there was no time for it, a network namespace, kept by
/// a small waiting container.
///
/// Making a network namespace is the largest part of a container's start; a job's container joins one that is there
/// already. The pipe outlives the controller and the script: what is in it stays as long as somebody has it open.
struct Berth: Sendable, Hashable {
    /// Of the container, and of the folder.
    let name: String
    /// The waiting container's id; without, the job has a network of its own and the pipe is kept by `PipeKeeper`.
    let container: String?
    /// The folder with the pipe, on this machine and the engine's.
    let folder: String
}
