import Model
import Store

extension JobRun {
    /// Why a job does not run that was declared when its image was allowed.
    struct DisallowedImage: Error, CustomStringConvertible {
        let description: String
    }

    /// Asked when a job begins, and when one that is taken up again begins anew: a project whose file has errors keeps its
    /// last good state, and a job may have waited, or be a rerun of an old one. Of a job whose script was started it is
    /// not asked: what runs is not left half done.
    ///
    /// - Throws: `DisallowedImage`.
    func checkImage(_ claimed: ClaimedJob) throws(DisallowedImage) {
        let hook = claimed.job.config
        guard let settings = claimed.settings, !AllowedImages(settings.allowedImages).allow(hook.image) else { return }
        let place = hook.origin.map { ", \($0.file):\($0.line)" } ?? ""
        throw DisallowedImage(
            description: "the image '\(hook.image)' (hook \(hook.id)\(place)) is not in allowed_images of kozmic.yaml: "
                + "use one that is, or add it there")
    }
}
