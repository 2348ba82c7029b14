import FoundationEssentials

/// 枫林苑: the small building that all tests share. Four units, five owners, one sale in mid-year,
/// one late payer, one household in hardship; dates are absolute. Its files stand in `MapleCourt/`.
public enum MapleCourt {
    public static let folder = repository + "/Tests/TestKit/MapleCourt"

    /// File name → text.
    public static let files: [String: String] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.reduce(into: [:]) { files, name in
            let bytes = FileManager.default.contents(atPath: folder + "/" + name)
            files[name] = bytes.map { String(decoding: $0, as: UTF8.self) }
        }
    }()

    public static var policy: String { files["policy.yaml"]! }
}
