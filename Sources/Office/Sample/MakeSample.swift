import Files
import Interchange
public import Primitives

/// Writes a plausible community of any size; the same seed gives the same bytes.
///
/// - Parameter folder: new or empty.
public func makeSample(
    in folder: String, units: Int, seed: UInt64,
    progress: (_ what: Bilingual, _ done: Int, _ of: Int) -> Void
) throws {
    let sample = SampleCommunity(units: units, seed: seed)
    try makeWholeFolder(folder) { part in
        for (index, format) in TableFormat.all.enumerated() {
            progress(Bilingual(zh: "写出样例", en: "writing the sample"), index, TableFormat.all.count)
            _ = try writeTable(format, to: part) { row in
                try sample.writeRows(of: format.file, row)
            }
        }
        try writeFile(Array(sample.policy.utf8), to: part + "/" + TableFormat.policyFile)
    }
    progress(Bilingual(zh: "", en: ""), 1, 1)
}

/// Writes the files of a community folder with headers in both languages, empty, and beside them
/// an example, filled.
///
/// - Parameter folder: new or empty.
public func makeTemplate(in folder: String) throws {
    try makeFolder(folder, mustBeEmpty: true)
    for format in TableFormat.all {
        let header = format.columns.map { "\($0.chinese) \($0.english)" }.joined(separator: ",")
        // The mark lets Excel know that this is UTF-8.
        try writeFile(Array("\u{FEFF}\(header)\r\n".utf8), to: folder + "/" + format.file)
    }
    let example = folder + "/example"
    try makeSample(in: example, units: 12, seed: 1) { _, _, _ in }
    let policy = SampleCommunity(units: 12, seed: 1).policy
    try writeFile(Array(policy.utf8), to: folder + "/" + TableFormat.policyFile)
}
