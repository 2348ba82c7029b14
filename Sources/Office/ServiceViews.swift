import Dunning
import Evidence
import Files
public import Primitives
public import SQLiteStore

/// The services as they were recorded, those of one unit or all; withdrawn ones too.
public func forEachService(
    of unit: String?, effects: Effects, _ body: (Session.RecordedService) throws -> Void
) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        if let unit, try session.unit(code: unit, in: context.id) == nil {
            throw OfficeError.unknownUnit(code: unit)
        }
        try session.forEachService(of: context.id, unit: unit, body)
    }
}

/// A notice whose arrival is not proven, with what to do next.
public struct ServiceGap: Sendable {
    public let notice: Session.ServedNotice
    public let next: Bilingual
}

/// Notices that were printed, or served in any way, whose arrival is not proven yet, oldest first.
///
/// A dunning notice is proven by grade A, B or C, or by D in a way that the contract agreed to
/// (`limitation.accept`): by what starts the limitation anew. A bill is proven by any D.
public func forEachServiceGap(effects: Effects, _ body: (ServiceGap) throws -> Void) throws {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let accepted = context.policy.limitation.accept
        try session.forEachServiceGap(of: context.id, accepting: accepted) { notice in
            try body(ServiceGap(notice: notice, next: next(for: notice)))
        }
    }
}

private func next(for notice: Session.ServedNotice) -> Bilingual {
    guard let best = notice.best else {
        if notice.asksForSignature {
            return Bilingual(
                zh: "当面送达，请业主在回执上签字；签好的用 service scan 或 service add 登记",
                en: "hand it over and have the stub signed; then service scan, or service add")
        }
        if notice.stage == nil {
            return Bilingual(
                zh: "投递并拍照（约定了信箱的），或请业主签收；然后用 service add 登记",
                en: "deliver it with a photo (where the mailbox is agreed), or have it signed; "
                    + "then service add")
        }
        return Bilingual(
            zh: "请业主签收，或寄挂号信并留存三证（存根、内件、轨迹）；然后用 service add 登记",
            en:
                "have it signed, or send it by registered mail and keep stub, content and track; then "
                + "service add")
    }
    if best.grade == .d {
        return Bilingual(
            zh: "请业主签收，或寄挂号信；合同约定了 \(best.how.rawValue) 的，写进 limitation.accept",
            en: "have it signed, or send it by registered mail; where the contract agreed to "
                + "\(best.how.rawValue), list it under limitation.accept")
    }
    return Bilingual(
        zh: "\(best.how.rawValue) 证据不足：请业主签收，或寄挂号信并留存三证（存根、内件、轨迹）",
        en:
            "\(best.how.rawValue) as it stands proves nothing: have it signed, or send it by registered mail "
            + "and keep stub, content and track")
}

/// A notice as it was frozen, with all services recorded of it, withdrawn ones too.
public struct NoticeServices: Sendable {
    public let notice: Session.FrozenNotice
    public let services: [Session.RecordedService]
}

/// - Throws: `OfficeError.unknownNotice` where the community has no such notice.
public func services(ofNotice number: String, effects: Effects) throws -> NoticeServices {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let id = try session.notice(number: number, of: context.id) else {
            throw OfficeError.unknownNotice(number: number)
        }
        return NoticeServices(
            notice: try session.frozenNotice(id), services: try session.services(of: id))
    }
}

/// A file that was kept with a service of the notice, seen to be what it was.
///
/// - Returns: its bytes and its ending; `nil` where no service of the notice names it.
public func proofFile(
    _ sha256: String, ofNotice number: String, effects: Effects
) throws -> (bytes: [UInt8], suffix: String)? {
    let files = try services(ofNotice: number, effects: effects).services.flatMap(\.files)
    guard let file = files.first(where: { $0.sha256 == sha256 }) else { return nil }
    let folder = EvidenceFolder(path: effects.evidence)
    return (try readFile(try folder.file(sha256, extension: file.suffix)), file.suffix)
}
