import Dunning
import Files
public import Letters
public import Primitives
import SQLiteStore

/// One file of the folder of templates, for a list.
public struct TemplateListing: Sendable {
    public let file: String
    /// The first twelve digits of its SHA-256; of the last good one, where notices were made.
    public let version: String
    public let lastGood: String?
    public let problems: Int
    /// The stages of the policy that use it, `bill` for the bill; `all` for what all share.
    public let usedBy: [String]
}

/// The stages of a policy, and the name of the template of each.
public typealias TemplateUses = [(stage: String, template: String)]

/// - Returns: the bill, then the stages of the community's ladder.
public func templateUses(effects: Effects) throws -> TemplateUses {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return uses(context.policy)
    }
}

private func uses(_ policy: CommunityPolicy) -> TemplateUses {
    [("bill", "bill")] + policy.ladder.stages.map { ($0.code, $0.template) }
}

/// Every file, with what is wrong with it counted.
///
/// - Parameters:
///   - effects: of the database whose last good version is compared; `nil`: there is none.
public func listTemplates(
    in folder: String, uses: TemplateUses, effects: Effects?
) throws -> [TemplateListing] {
    let there = try TemplateFolder(path: folder)
    let lastGood = try effects.map(lastGoodTemplates) ?? [:]
    var problems: [String: Int] = [:]
    do {
        _ = try there.checked(stages: uses.map(\.template))
    } catch {
        for problem in error.problems { problems[problem.file, default: 0] += 1 }
    }
    let names = Set(there.files.keys).union(there.unreadable).union(problems.keys)
    return names.sorted(by: inByteOrder).map { name in
        TemplateListing(
            file: name, version: there.files[name].map(version) ?? "",
            lastGood: lastGood[name].map(version), problems: problems[name] ?? 0,
            usedBy: users(of: name, uses))
    }
}

private func version(_ content: String) -> String { shortVersion(sha256(Array(content.utf8))) }

private func lastGoodTemplates(_ effects: Effects) throws -> [String: String] {
    try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let used = try session.usedTemplates(of: context.id) else { return [:] }
        return try session.templates(used.id)
    }
}

private func users(of file: String, _ uses: TemplateUses) -> [String] {
    if NoticeTemplates.requiredFiles(stages: []).contains(file), !file.hasPrefix("bill.") {
        return ["all"]
    }
    let stage = file.prefix { $0 != "." }
    return uses.filter { $0.template == stage }.map(\.stage)
}

/// Checks the folder's templates, those at `drafts` in place of the ones of the same names.
/// - Returns: how many files are good.
/// - Throws: everything that is wrong with them.
public func checkTemplates(
    in folder: String, drafts: [String], uses: TemplateUses
) throws -> Int {
    let checked = try TemplateFolder(path: folder).with(drafts: drafts)
    _ = try checked.checked(stages: uses.map(\.template))
    return checked.files.count
}

/// Puts edited files into the folder, if all templates are good with them; then new notices use
/// them. Where they are not, the folder stays as it is.
///
/// - Parameter dryRun: check, and change nothing.
/// - Returns: the names of the files that changed.
/// - Throws: everything that is wrong with them.
public func saveTemplates(
    _ drafts: [String], dryRun: Bool, effects: Effects
) throws -> [String] {
    let before = try TemplateFolder(path: effects.templates)
    let after = try before.with(drafts: drafts)
    return try effects.store.write { session in
        let context = try CommunityContext(named: effects.community, in: session)
        _ = try after.checked(stages: uses(context.policy).map(\.template))
        let changed = drafts.map(fileName).filter { before.files[$0] != after.files[$0] }
        if dryRun { return changed }
        for name in changed {
            try writeFile(Array(after.files[name]!.utf8), to: effects.templates + "/" + name)
        }
        let used = try session.usedTemplates(of: context.id)
        _ = try note(after, after: used, of: context, session, effects)
        return changed
    }
}

/// What a preview shows.
public enum PreviewForm: String, CaseIterable, Sendable {
    case letter, text, html
}

/// What is to be looked at before it is used.
public struct Preview: Sendable {
    public var template: String
    public var language: Language?
    public var form: PreviewForm
    public var drafts: [String]
    public init(template: String, language: Language?, form: PreviewForm, drafts: [String]) {
        self.template = template
        self.language = language
        self.form = form
        self.drafts = drafts
    }
}

/// Writes a notice of an invented account as the folder's templates word it.
///
/// - Parameters:
///   - asksForSignature: as the policy's stage does.
///   - now: the date of the PDF.
public func previewSample(
    _ preview: Preview, asksForSignature: Bool, in folder: String, to path: String, at now: Instant
) throws {
    let facts = NoticeFacts.sample(
        template: preview.template, language: preview.language ?? .zh,
        asksForSignature: asksForSignature)
    try write(preview, facts, in: folder, to: path, at: now)
}

/// Writes a real notice as the folder's templates word it now; what was sent stays as it was.
public func previewNotice(
    _ number: String, _ preview: Preview, to path: String, effects: Effects
) throws {
    let facts = try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        guard let notice = try session.notice(number: number, of: context.id) else {
            throw OfficeError.unknownNotice(number: number)
        }
        var facts = try NoticeRendering(context).facts(
            notice, in: preview.language, in: session)
        facts.template = preview.template
        return facts
    }
    try write(preview, facts, in: effects.templates, to: path, at: effects.now())
}

private func write(
    _ preview: Preview, _ facts: NoticeFacts, in folder: String, to path: String, at now: Instant
) throws {
    let templates = try TemplateFolder(path: folder).with(drafts: preview.drafts)
        .checked(stages: [preview.template])
    let bytes: [UInt8]
    switch preview.form {
    case .letter:
        let letter = try templates.letter(facts)
        bytes = try letter.pdf(title: letter.title, created: now.toTheSecond)
    case .text:
        let message = try templates.message(facts)
        bytes = Array("\(message.subject)\n\n\(message.text)".utf8)
    case .html: bytes = Array(try templates.message(facts).html.utf8)
    }
    try writeFile(bytes, to: path)
}
