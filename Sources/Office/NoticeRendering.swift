import Dunning
import FeeLedger
import Letters
import Primitives
import SQLiteStore

/// Turns frozen notices into letters and messages, each by the templates that it was frozen with.
struct NoticeRendering {
    let context: CommunityContext
    let office: OfficeDetails
    private var templates: [TemplateSetID: NoticeTemplates] = [:]

    /// - Throws: `OfficeError.noOffice` where the policy does not say who writes.
    init(_ context: CommunityContext) throws {
        guard let office = context.policy.office else { throw OfficeError.noOffice }
        self.context = context
        self.office = office
    }

    mutating func letter(_ id: NoticeID, in session: Session) throws -> Letter {
        let notice = try session.frozenNotice(id)
        let language = notice.owners.first?.language ?? .zh
        return try templates(of: notice, in: session).letter(facts(of: notice, in: language))
    }

    /// A message, and the letter that goes with it where the notice asks for a signature.
    struct Composed {
        let number: String
        let recipient: Owner
        let message: Message
        let letter: Letter?
    }

    /// In the recipient's language, the letter too.
    mutating func message(
        _ id: NoticeID, to recipient: ID<Owner>, in session: Session
    ) throws -> Composed {
        let notice = try session.frozenNotice(id)
        let owner = notice.owners.first { $0.id == recipient }!
        let templates = try templates(of: notice, in: session)
        let facts = facts(of: notice, in: owner.language)
        return Composed(
            number: notice.number, recipient: owner, message: try templates.message(facts),
            letter: notice.asksForSignature ? try templates.letter(facts) : nil)
    }

    /// What a notice says, in the language of its first owner unless another is asked for.
    func facts(
        _ id: NoticeID, in language: Language?, in session: Session
    ) throws -> NoticeFacts {
        let notice = try session.frozenNotice(id)
        return facts(of: notice, in: language ?? notice.owners.first?.language ?? .zh)
    }

    private mutating func templates(
        of notice: Session.FrozenNotice, in session: Session
    ) throws -> NoticeTemplates {
        if let known = templates[notice.templates] { return known }
        let files = try session.templates(notice.templates)
        let read = try NoticeTemplates(files: files, stages: [notice.template])
        templates[notice.templates] = read
        return read
    }

    private func facts(of notice: Session.FrozenNotice, in language: Language) -> NoticeFacts {
        NoticeFacts(
            number: notice.number, period: notice.period, asOf: notice.asOf, language: language,
            template: notice.template, payBy: notice.payBy,
            asksForSignature: notice.asksForSignature, community: context.policy.name,
            office: NoticeFacts.Office(office), unit: NoticeFacts.UnitFacts(notice.unit),
            owners: notice.owners.map(\.name), address: address(of: notice),
            channels: notice.channels, earlierNotices: notice.earlier,
            lines: notice.lines.map { NoticeFacts.Line($0.line, item: $0.item) },
            principal: notice.principal, lateFee: notice.lateFee, credit: notice.credit,
            total: notice.principal + notice.lateFee - notice.credit, cap: notice.cap)
    }

    private func address(of notice: Session.FrozenNotice) -> [String] {
        postalAddress(of: notice.unit, notice.owners, by: notice.channels, in: context.policy)
    }
}

/// Registered mail goes where the owner lives; everything else to the unit.
private func postalAddress(
    of unit: Unit, _ owners: [Owner], by channels: [String], in policy: CommunityPolicy
) -> [String] {
    let home = policy.letters.address + [home(of: unit, in: policy)]
    let elsewhere = owners.first { !$0.address.isEmpty }?.address
    guard channels.contains(Channel.registered.rawValue), let elsewhere else { return home }
    return elsewhere.split(whereSeparator: \.isNewline).map(String.init)
}

extension NoticeFacts {
    /// A notice that is only looked at: nothing of it is in the books.
    ///
    /// - Parameters:
    ///   - names: of the items.
    ///   - earlier: as-of dates of the account's earlier dunning notices.
    init(
        _ notice: Notice, unit: Unit, owners: [Owner], names: [FeeItem: String],
        earlier: [CivilDate], language: Language, office: OfficeDetails, context: CommunityContext
    ) {
        let channels = notice.channels.map(\.rawValue)
        let names = Dictionary(uniqueKeysWithValues: names.map { ($0.key.id, $0.value) })
        self.init(
            number: notice.number.description, period: notice.number.period, asOf: notice.asOf,
            language: language, template: notice.template, payBy: notice.payBy,
            asksForSignature: notice.asksForSignature, community: context.policy.name,
            office: NoticeFacts.Office(office), unit: NoticeFacts.UnitFacts(unit),
            owners: owners.map(\.name),
            address: postalAddress(of: unit, owners, by: channels, in: context.policy),
            channels: channels, earlierNotices: earlier,
            lines: notice.lines.map {
                NoticeFacts.Line($0, item: names[$0.key.item] ?? "")
            },
            principal: notice.principal, lateFee: notice.lateFee, credit: notice.credit,
            total: notice.total, cap: notice.cap)
    }
}

/// The last line of an address within the community.
func home(of unit: Unit, in policy: CommunityPolicy) -> String { "\(policy.name) \(unit.code)" }

extension CommunityContext {
    /// What letters printed now share.
    /// - Throws: where a picture that the policy names was never imported.
    func stationery(in session: Session) throws -> Stationery {
        let settings = policy.letters
        var stationery = Stationery()
        stationery.seal = try settings.seal.map { try picture($0, in: session) }
        stationery.collectionCode = try settings.collectionCode.map { try picture($0, in: session) }
        stationery.window.left = settings.window.left.millimetres
        stationery.window.top = settings.window.top.millimetres
        stationery.window.width = settings.window.width.millimetres
        stationery.window.height = settings.window.height.millimetres
        stationery.proseFont = settings.proseFont ?? stationery.proseFont
        stationery.figuresFont = settings.figuresFont ?? stationery.figuresFont
        return stationery
    }

    private func picture(_ name: String, in session: Session) throws -> Picture {
        guard let bytes = try session.picture(named: name, of: id) else {
            throw OfficeError.pictureLost(name: name)
        }
        return try Picture(bytes, named: name)
    }
}

extension Length {
    fileprivate var millimetres: Double { Double(parts) / 10 }
}

extension NoticeFacts.Office {
    init(_ office: OfficeDetails) {
        self.init(
            name: office.name, address: office.address, phone: office.phone, email: office.email,
            contact: office.contact, bank: office.bankName, bankAccount: office.bankAccount,
            bankHolder: office.bankHolder)
    }
}

extension NoticeFacts.UnitFacts {
    init(_ unit: Unit) {
        self.init(code: unit.code, kind: unit.kind.rawValue, area: unit.area)
    }
}

extension NoticeFacts.Line {
    init(_ line: Notice.Line, item: String) {
        self.init(
            period: line.key.period, item: item, due: line.due, amount: line.amount,
            principalOpen: line.principalOpen, daysOverdue: line.daysOverdue,
            lateFee: line.lateFee, lateFeePaid: line.lateFeePaid,
            lateFeeWaived: line.lateFeeWaived, isNew: line.isNew,
            accrual: line.accrual.map {
                NoticeFacts.Run(
                    first: $0.first, days: $0.days, principal: $0.principal, rate: $0.rate)
            })
    }
}
