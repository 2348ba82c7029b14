import Dunning
import Files
import FoundationEssentials
import Interchange
import Letters
import Primitives
import SQLiteStore

/// The pictures that the policy names for letters, from beside it.
extension CommunityImport {
    mutating func readPictures() throws {
        guard case .folder(let folder) = source, let policy else { return }
        for name in policy.letters.pictures {
            if isThere(folder + "/" + name) {
                try readPicture(name, in: folder)
            } else if try session.picture(named: name, of: community) == nil {
                report.add(ImportProblem(file: name, pictureMissing))
            }
        }
    }

    private mutating func readPicture(_ name: String, in folder: String) throws {
        guard let data = FileManager.default.contents(atPath: folder + "/" + name) else {
            return report.add(ImportProblem(file: name, unreadable))
        }
        let bytes = Array(data)
        do {
            _ = try Picture(bytes, named: name)
        } catch {
            return report.add(ImportProblem(file: name, pictureRefused))
        }
        var count = ImportReport.FileCount(file: name)
        count.rows = 1
        let saved = try session.savePicture(
            bytes, sha256: Files.sha256(bytes), named: name, of: community, act: act)
        tally(saved, in: &count)
        report.files.append(count)
    }
}

private let pictureMissing = Bilingual(
    zh: "policy.yaml 的 letters 用到这个图片，文件夹里却没有。请放进去，或删去那一行。",
    en: "is named under letters in policy.yaml, but is not in the folder. Put it there, or delete "
        + "that line.")
private let pictureRefused = Bilingual(
    zh: "不能印在信上：要是 PNG 或 JPEG 图片，不超过 2 MB，每边不超过 4000 像素。",
    en: "cannot stand on a letter: it must be a PNG or JPEG picture of at most 2 MB and 4,000 "
        + "pixels a side.")
