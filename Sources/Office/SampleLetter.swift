import Dunning
import FeeLedger
import Files
import Interchange
import Letters
import Primitives
import SQLiteStore

/// Prints what the letter of a stage looks like, by the community's own settings and the templates
/// as they stand in their folder, in both languages; household and figures are invented.
///
/// Nothing is recorded. Before anything was imported, the settings are the sample community's.
/// - Parameter stage: `bill`, or a stage of the policy's ladder.
public func printSampleLetter(of stage: String, to path: String, effects: Effects) throws {
    let (policy, stationery) = try effects.store.read { try letterhead(in: $0, effects) }
    let account = try SampleAccount(of: stage, policy: policy)
    let files = try TemplateFolder(path: effects.templates).files
    let templates = try NoticeTemplates(files: files, stages: [account.notice.template])
    try printWhole(to: path) { part in
        let printer = try LetterPrinter(
            to: part, title: policy.name, created: effects.now().toTheSecond, on: stationery)
        for language in Language.allCases {
            let letter = try templates.letter(account.facts(in: language))
            _ = try printer.add(letter, mark: "样张 SAMPLE")
        }
        try printer.finish()
    }
}

/// Prints the sheet by which printer and envelope are adjusted to the address window.
public func printTestSheet(to path: String, effects: Effects) throws {
    let (policy, stationery) = try effects.store.read { try letterhead(in: $0, effects) }
    let number = NoticeNumber(community: policy.code, period: SampleAccount.period, serial: 0)
    try printWhole(to: path) { part in
        let printer = try LetterPrinter(
            to: part, title: policy.name, created: effects.now().toTheSecond, on: stationery)
        try printer.add(
            TestSheet(
                title: "试印：信封窗口 · Test sheet: the envelope's window",
                steps: steps(policy.letters.window),
                address: policy.letters.address + [
                    home(of: SampleAccount.unit, in: policy), "周启明、林晓芸 收",
                ], code: number.description))
        try printer.finish()
    }
}

private func steps(_ window: AddressWindow) -> [String] {
    let now = [
        "left: \(window.left.shortDescription)", "top: \(window.top.shortDescription)",
        "width: \(window.width.shortDescription)", "height: \(window.height.shortDescription)",
    ].joined(separator: ", ")
    return [
        "1. 按实际大小（100%）打印，不要“适合页面”；最下面的线应当正好 100 毫米。"
            + "Print at actual size; the line at the bottom must be 100 mm long.",
        "2. 沿左边的短线折成三折，装进信封。Fold at the marks on the left, and put it in the envelope.",
        "3. 看窗口露出格子的哪一块。格子上的数是离纸左边、上边的毫米数。"
            + "See which part of the grid shows; its numbers are millimetres from the sheet's edges.",
        "4. 粗框应当整个露在窗口里；没有的话，就按看到的数改 policy.yaml，重新导入，再试印一次。"
            + "The whole frame should show; if it does not, set what you read in policy.yaml, import, and try again:",
        "    letters: { window: { \(now) } }",
        "5. 用手机扫右上的码，应当读出一个编号。Scan the code at the right: it must give a number.",
    ]
}

/// The community's policy and stationery, or the sample's.
private func letterhead(
    in session: Session, _ effects: Effects
) throws -> (CommunityPolicy, Stationery) {
    if effects.community == nil, try session.communityCodes().isEmpty {
        return (try PolicyFile.read(SampleCommunity(units: 12, seed: 1).policy), Stationery())
    }
    let context = try CommunityContext(named: effects.community, in: session)
    return (context.policy, try context.stationery(in: session))
}

private func printWhole(to path: String, _ body: (_ part: String) throws -> Void) throws {
    try withPart(of: path) { part in
        try body(part)
        try moveFile(part, to: path)
    }
}

/// An invented account that reached a stage: two items a month, unpaid but for a part.
private struct SampleAccount {
    /// That of its newest charges before the notice.
    static let period = Period("2026-11")!
    static let unit = Unit(
        id: ID(1), code: "3-2-1501", building: "3", kind: .residence, area: Area(parts: 8_952),
        handover: nil)
    private static let items = [
        (item: FeeItem(id: ID(1), code: "wy"), name: "物业服务费", amount: Money(fen: 25_066)),
        (item: FeeItem(id: ID(2), code: "sf"), name: "水费", amount: Money(fen: 4_331)),
    ]

    let policy: CommunityPolicy
    let notice: Notice

    /// - Throws: where the ladder has no such stage.
    init(of code: String, policy: CommunityPolicy) throws {
        guard policy.office != nil else { throw OfficeError.noOffice }
        let stage = policy.ladder.stages.first { $0.code == code }
        guard stage != nil || code == "bill" else {
            let known = ["bill"] + policy.ladder.stages.map(\.code)
            throw OfficeError.unknownStage(code: code, known: known)
        }
        let dueDay = min(policy.dueDay, 28)
        let asOf = Self.due(Self.period, dueDay).advanced(byDays: stage?.fromDay ?? -10)
        let book = Self.book(stage, policy, dueDay: dueDay, asOf: asOf)
        self.policy = policy
        notice = Notice(
            stage.map { .dunning($0) } ?? .bill,
            number: NoticeNumber(community: policy.code, period: asOf.period, serial: 0),
            book: book, statement: book.statement(asOf: asOf),
            dispatch: Dispatch(channels: [.hand], owners: [Self.owner]))
    }

    private static let owner = Owner(
        id: ID(1), code: "A01", name: "周启明", phone: "", email: "", address: "",
        channels: [.hand], language: .zh)

    private static func due(_ period: Period, _ dueDay: Int) -> CivilDate {
        period.firstDay.advanced(byDays: dueDay - 1)
    }

    /// Five months and a part payment where the stage asks for a signature, else one month.
    private static func book(
        _ stage: DunningStage?, _ policy: CommunityPolicy, dueDay: Int, asOf: CivilDate
    ) -> AccountBook {
        let account = Account(
            id: ID(1), unit: unit.id, from: CivilDate("2020-01-01")!, to: nil, agreedRate: nil,
            owners: [owner.id])
        var book = AccountBook(account: account, policy: policy.lateFee, order: policy.allocation)
        guard let stage else {
            issue(of: period, due: due(period, dueDay), newAsOf: asOf, in: &book)
            return book
        }
        for month in (0..<(stage.asksForSignature ? 5 : 1)).reversed() {
            let past = period.advanced(byMonths: -month)
            issue(of: past, due: due(past, dueDay), newAsOf: nil, in: &book)
        }
        if stage.asksForSignature {
            book.receive(Money(fen: 40_000), as: ID(1), on: asOf.advanced(byDays: -75))
            let next = due(period.next, dueDay)
            if next > asOf, period.next.firstDay <= asOf {
                issue(of: period.next, due: next, newAsOf: asOf, in: &book)
            }
        }
        return book
    }

    private static func issue(
        of period: Period, due: CivilDate, newAsOf: CivilDate?, in book: inout AccountBook
    ) {
        for one in items {
            let charge = Charge(
                item: one.item, period: period, amount: one.amount, due: due,
                issuedAsOf: newAsOf)
            book.issue(charge, concessions: [])
        }
    }

    func facts(in language: Language) -> NoticeFacts {
        let names = Dictionary(uniqueKeysWithValues: Self.items.map { ($0.item.id, $0.name) })
        return NoticeFacts(
            number: notice.number.description, period: notice.asOf.period, asOf: notice.asOf,
            language: language, template: notice.template, payBy: notice.payBy,
            asksForSignature: notice.asksForSignature, community: policy.name,
            office: NoticeFacts.Office(policy.office!), unit: NoticeFacts.UnitFacts(Self.unit),
            owners: language == .zh ? ["周启明", "林晓芸"] : ["Zhou Qiming", "Lin Xiaoyun"],
            address: policy.letters.address + [home(of: Self.unit, in: policy)],
            channels: notice.channels.map(\.rawValue),
            earlierNotices: notice.stage == nil ? [] : [notice.asOf.advanced(byDays: -40)],
            lines: notice.lines.map { NoticeFacts.Line($0, item: names[$0.key.item]!) },
            principal: notice.principal, lateFee: notice.lateFee, credit: notice.credit,
            total: notice.total, cap: notice.cap)
    }
}
