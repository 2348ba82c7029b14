import Files
import FoundationEssentials
public import Primitives

/// The evidence pack of one account as one file, to be sent to whoever asks for it in a browser.
///
/// - Parameter forOffice: with the folder of what the office should see to, which may name a hold
///   for hardship: for managers.
/// - Returns: a ZIP archive with the folder that `exportEvidence` writes.
/// - Throws: what `exportEvidence` throws.
public func evidenceArchive(
    of unit: String, owner: String?, asOf: CivilDate, forOffice: Bool, effects: Effects
) throws -> [UInt8] {
    let place = FileManager.default.temporaryDirectory.path + "/evidence-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    _ = try exportEvidence(
        of: unit, owner: owner, asOf: asOf, rates: nil, to: place, effects: effects)
    if !forOffice { try FileManager.default.removeItem(atPath: place + "/office-only") }
    let name = unit.map { $0 == "/" || $0 == "\\" ? "-" : String($0) }.joined()
    return try zipArchive(of: place, as: "\(name)-\(asOf)")
}
