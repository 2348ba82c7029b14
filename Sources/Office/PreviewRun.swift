import Dunning
import FeeLedger
import Letters
public import Primitives
import SQLiteStore

/// What `runPeriod` would do, by the very decisions that it takes, and what it leaves out, because
/// of what. Reads alone: others go on writing meanwhile.
///
/// - Throws: as `runPeriod` does, before anything is looked at.
public func previewRun(
    _ period: Period, asOf: CivilDate, effects: Effects
) throws -> RunPreview {
    guard asOf >= period.firstDay else {
        throw OfficeError.periodNotBegun(period: period, asOf: asOf)
    }
    let folder = Result { try TemplateFolder(path: effects.templates) }
    return try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        let inUse = try templatesToUse(folder, of: context, session: session)
        var work = try PreviewMaking(
            RunDecisions(period: period, asOf: asOf, context: context, session: session),
            Letterhead(
                templates: inUse.templates, stationery: try context.stationery(in: session)),
            session)
        work.preview.summary.keptTemplates = inUse.kept
        let units = try session.begin(.community(context.id))
        for done in stride(from: 0, to: units, by: unitsPerChunk) {
            try work.look(after: done)
            effects.progress(
                Bilingual(zh: "预览", en: "looking at units"), min(done + unitsPerChunk, units),
                units)
        }
        return work.finished()
    }
}

private struct PreviewMaking {
    private let decisions: RunDecisions
    private let session: Session
    private let names: [FeeItem: String]
    private let lines: [FeeLine]
    private var serial: Int
    private var groups: [GroupKey: RunPreview.ChargeGroup] = [:]
    private var notCharged: [LeftKey<RunPreview.NotCharged>: [RunPreview.Listed]] = [:]
    private var spared: [RunPreview.Spared: [RunPreview.Listed]] = [:]
    private var redirected: [RunPreview.Redirected: [RunPreview.Listed]] = [:]
    private var sampled: Set<SampleKey> = []
    var preview: RunPreview

    private struct GroupKey: Hashable {
        let item: FeeItem
        let kind: UnitKind
    }
    private struct LeftKey<Reason: Hashable>: Hashable {
        let reason: Reason
        let item: FeeItem?
    }
    private struct SampleKey: Hashable {
        let stage: String?
        let form: SampleNotice.Form
        let language: Language
    }

    init(_ decisions: RunDecisions, _ letterhead: Letterhead, _ session: Session) throws {
        self.decisions = decisions
        self.session = session
        let context = decisions.context
        names = try session.items(of: context.id)
        lines = try session.feeLines(of: context.id)
        serial = try session.nextSerial(of: decisions.period, in: context.id)
        let ladder = context.policy.ladder
        preview = RunPreview(
            period: decisions.period, asOf: decisions.asOf,
            due: decisions.period.day(context.policy.dueDay), summary: RunSummary(of: ladder),
            notices: [RunPreview.NoticeGroup(stage: nil)]
                + ladder.stages.map { RunPreview.NoticeGroup(stage: $0) },
            letterhead: letterhead)
    }

    /// Looks at the units of one chunk.
    mutating func look(after done: Int) throws {
        guard var chunk = try decisions.chunk(after: done, in: session) else { return }
        let facts = try decisions.facts(of: chunk, in: session)
        for place in chunk.units.indices {
            let issued = decisions.issueCharges(to: &chunk.units[place], facts)
            let unit = chunk.units[place]
            preview.summary.count(issued, to: unit.unit, asOf: decisions.asOf)
            list(issued, of: unit, facts)
            for book in unit.accounts where !book.charges.isEmpty {
                let word = decisions.word(to: book, facts)
                preview.summary.count(word)
                list(word, of: unit.unit)
                addRelief(of: book, word)
                guard let told = word.told else { continue }
                list(told, word, of: unit.unit, facts)
                try sample(told, word, of: book, in: unit.unit, chunk)
                serial += 1
            }
        }
    }

    // MARK: - Charges

    private mutating func list(
        _ issued: RunDecisions.Issued, of unit: UnitBooks, _ facts: RunDecisions.Facts
    ) {
        for book in unit.accounts {
            let owners = book.account.owners.compactMap { facts.owners[$0]?.name }
            for charge in book.issued {
                let key = GroupKey(item: charge.item, kind: unit.unit.kind)
                var group = groups[key] ?? emptyGroup(key)
                group.sum += charge.amount
                group.units.append(
                    RunPreview.Listed(unit: unit.unit.code, owners: owners, amount: charge.amount))
                groups[key] = group
            }
        }
        let holder = unit.accounts.last { $0.account.holds(on: decisions.asOf) }
        let listed = RunPreview.Listed(
            unit: unit.unit.code,
            owners: holder?.account.owners.compactMap { facts.owners[$0]?.name } ?? [], amount: nil)
        func leave(_ reason: RunPreview.NotCharged, _ item: FeeItem?) {
            let key = LeftKey(reason: reason, item: item)
            if notCharged[key]?.last != listed { notCharged[key, default: []].append(listed) }
        }
        let omissions = decisions.schedule.omissions(
            for: unit.unit, uses: facts.uses[unit.unit.id] ?? [:])
        for (item, why) in omissions {
            switch why {
            case .notHandedOver: leave(.notHandedOver, nil)
            case .notRead: leave(.notRead, item)
            case .nothing: leave(.nothing, item)
            }
        }
        for item in issued.before { leave(.chargedBefore, item) }
        if !issued.unheld.isEmpty { leave(unit.accounts.isEmpty ? .noOwner : .ownerLeft, nil) }
    }

    private func emptyGroup(_ key: GroupKey) -> RunPreview.ChargeGroup {
        let period = decisions.period
        return RunPreview.ChargeGroup(
            item: key.item, name: names[key.item] ?? key.item.code, kind: key.kind,
            lines: lines.filter {
                $0.item == key.item && $0.kinds.contains(key.kind) && $0.from <= period.lastDay
                    && $0.to ?? .distantFuture >= period.firstDay
            })
    }

    /// What concessions and credit take off what was issued to the account.
    private mutating func addRelief(of book: AccountBook, _ word: RunDecisions.Word) {
        if book.issued.isEmpty { return }
        let issued = Set(book.issued.map(\.key))
        let standings = word.statement.standings.filter { issued.contains($0.charge.key) }
        let conceded = standings.reduce(Money.zero) { $0 + $1.conceded }
        let met = standings.reduce(Money.zero) {
            $0 + $1.charge.amount - $1.conceded - $1.principalOpen
        }
        preview.conceded.add(conceded)
        preview.metByCredit.add(met)
    }

    // MARK: - Notices

    private mutating func list(_ word: RunDecisions.Word, of unit: Unit) {
        guard let sparing = word.decision.spared else { return }
        var listed = RunPreview.Listed(
            unit: unit.code, owners: word.owners.map(\.name),
            amount: word.statement.principalOpen + word.statement.lateFeeOpen)
        if case .tooSoon(let day) = sparing {
            listed.detail = Bilingual(zh: "上次 \(day)", en: "last on \(day)")
        }
        spared[RunPreview.Spared(sparing), default: []].append(listed)
    }

    private mutating func list(
        _ told: RunDecisions.Told, _ word: RunDecisions.Word, of unit: Unit,
        _ facts: RunDecisions.Facts
    ) {
        let listed = RunPreview.Listed(
            unit: unit.code, owners: word.owners.map(\.name), amount: word.statement.total)
        let code: String? = if case .dunning(let stage) = told.decided { stage.code } else { nil }
        let place = preview.notices.firstIndex { $0.stage?.code == code }!
        preview.notices[place].accounts.append(listed)
        preview.notices[place].emails += told.dispatch.emails.count
        for channel in [told.dispatch.letter, told.dispatch.task].compactMap(\.self) {
            preview.notices[place].others[channel, default: 0] += 1
        }
        guard told.dispatch.letter == .mailbox else { return }
        if word.owners.contains(where: { facts.unreachable.contains($0.id) }) {
            redirected[.addressMarked, default: []].append(listed)
        } else if !word.owners.contains(where: { $0.channels.contains(.mailbox) }) {
            redirected[.noneAgreed, default: []].append(listed)
        }
    }

    // MARK: - Samples

    /// The first letter and the first mail of each notice, and of each language.
    private mutating func sample(
        _ told: RunDecisions.Told, _ word: RunDecisions.Word, of book: AccountBook, in unit: Unit,
        _ chunk: UnitChunk
    ) throws {
        guard let office = decisions.context.policy.office else { return }
        let stage: String? = if case .dunning(let stage) = told.decided { stage.code } else { nil }
        var forms: [(SampleNotice.Form, Language)] = []
        if told.dispatch.letter != nil {
            forms.append((.letter, word.owners.first?.language ?? .zh))
        }
        for id in told.dispatch.emails {
            forms.append((.mail, word.owners.first { $0.id == id }!.language))
        }
        for (form, language) in forms {
            let key = SampleKey(stage: stage, form: form, language: language)
            guard sampled.insert(key).inserted else { continue }
            let notice = decisions.notice(told, of: book, word.statement, serial: serial)
            let trail = try session.dunningTrails(of: chunk, asOf: decisions.asOf)
            let earlier = (trail[book.account.id] ?? []).map(\.date).filter { $0 < notice.asOf }
            preview.samples.append(
                SampleNotice(
                    stage: stage, unit: unit.code, form: form, language: language,
                    facts: NoticeFacts(
                        notice, unit: unit, owners: word.owners, names: names, earlier: earlier,
                        language: language, office: office, context: decisions.context)))
        }
    }

    // MARK: - The end

    func finished() -> RunPreview {
        var preview = preview
        preview.charges = groups.values.sorted {
            $0.item == $1.item
                ? $0.kind.rawValue < $1.kind.rawValue : inByteOrder($0.item.code, $1.item.code)
        }
        preview.notCharged = notCharged.map { key, units in
            RunPreview.Left(
                reason: key.reason, item: key.item.map { names[$0] ?? $0.code }, units: units)
        }.sorted { ($0.reason.rawValue, $0.item ?? "") < ($1.reason.rawValue, $1.item ?? "") }
        preview.spared = spared.map { RunPreview.Left(reason: $0, item: nil, units: $1) }
            .sorted { $0.reason.rawValue < $1.reason.rawValue }
        preview.redirected = redirected.map { RunPreview.Left(reason: $0, item: nil, units: $1) }
            .sorted { $0.reason.rawValue < $1.reason.rawValue }
        let order = [String?.none] + decisions.context.policy.ladder.stages.map(\.code)
        preview.samples.sort { a, b in
            let key = { (sample: SampleNotice) in
                [
                    -order.firstIndex(of: sample.stage)!, sample.form == .letter ? 0 : 1,
                    sample.language == .zh ? 0 : 1,
                ]
            }
            return key(a).lexicographicallyPrecedes(key(b))
        }
        return preview
    }
}

extension RunPreview.Part {
    fileprivate mutating func add(_ amount: Money) {
        guard amount > .zero else { return }
        households += 1
        self.amount += amount
    }
}

extension RunPreview.Spared {
    /// Of several holds the one that weighs most.
    fileprivate init(_ sparing: NoticeDecision.Sparing) {
        switch sparing {
        case .noticedAlready: self = .noticedAlready
        case .tooSoon: self = .tooSoon
        case .belowLadder: self = .belowLadder
        case .hardship: self = .hardship
        case .held(let reasons):
            let weight: [DunningHold.Reason] = [.deceased, .court, .disputed, .plan, .promise]
            self =
                switch weight.first(where: reasons.contains) {
                case .deceased: .deceased
                case .court: .court
                case .disputed: .disputed
                case .plan: .plan
                default: .promise
                }
        }
    }
}
