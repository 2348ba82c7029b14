import Dunning
import Letters
public import Primitives
import SQLiteStore

/// The last good templates, used because those in the folder are broken.
public struct KeptTemplates: Sendable {
    /// What is wrong with those in the folder: a line each.
    public let problems: Bilingual
    /// Of the version that is used: its first twelve digits, when it was taken into use, by whom.
    public let version, since, staff: String

    init(problems: Bilingual, used: Session.UsedTemplates) {
        self.problems = problems
        version = shortVersion(used.sha256)
        since = used.at
        staff = used.staff
    }
}

/// Takes the folder's templates into use for new notices; where they are broken, the last good ones
/// stay in use, so that a slip in one file does not cost the office its month.
///
/// - Throws: what is wrong with the folder's, where there are no good ones to fall back on.
func takeIntoUse(
    _ folder: Result<TemplateFolder, any Error>, of context: CommunityContext, session: Session,
    effects: Effects
) throws -> (set: TemplateSetID, kept: KeptTemplates?) {
    let used = try session.usedTemplates(of: context.id)
    let chosen = try choose(folder, used, of: context, session: session)
    switch chosen.kept {
    case .none: return (try note(folder.get(), after: used, of: context, session, effects), nil)
    case .some(let kept): return (used!.id, kept)
    }
}

/// The templates that a run would use, without taking them into use.
///
/// - Throws: as `takeIntoUse` does.
func templatesToUse(
    _ folder: Result<TemplateFolder, any Error>, of context: CommunityContext, session: Session
) throws -> (templates: NoticeTemplates, kept: KeptTemplates?) {
    try choose(folder, session.usedTemplates(of: context.id), of: context, session: session)
}

/// The folder's, or the last good ones, with what is wrong with the folder's.
private func choose(
    _ folder: Result<TemplateFolder, any Error>, _ used: Session.UsedTemplates?,
    of context: CommunityContext, session: Session
) throws -> (templates: NoticeTemplates, kept: KeptTemplates?) {
    let stages = context.policy.ladder.stages.map(\.template)
    do {
        return (try folder.get().checked(stages: stages), nil)
    } catch {
        guard let used, let problems = told(error) else { throw error }
        let files = try session.templates(used.id)
        guard let good = try? NoticeTemplates(files: files, stages: stages) else { throw error }
        return (good, KeptTemplates(problems: problems, used: used))
    }
}

/// Keeps the folder's templates, and notes that they are in use from now on, unless they are.
func note(
    _ folder: TemplateFolder, after used: Session.UsedTemplates?, of context: CommunityContext,
    _ session: Session, _ effects: Effects
) throws -> TemplateSetID {
    let sha256 = folder.sha256
    if let used, used.sha256 == sha256 { return used.id }
    _ = try session.addAct(
        community: context.id, kind: "templates", by: effects.staff,
        at: effects.now().description, detail: sha256)
    return try session.saveTemplates(folder.files, sha256: sha256, in: context.id)
}

/// What is wrong with templates; `nil` for another error.
private func told(_ error: any Error) -> Bilingual? {
    switch error {
    case let error as TemplateError:
        error.both
    case let error as OfficeError: error.message
    default: nil
    }
}

/// As people compare versions.
func shortVersion(_ sha256: String) -> String { String(sha256.prefix(12)) }
