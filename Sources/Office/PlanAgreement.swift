import Casework
import Dunning
import FeeLedger
import Files
import Letters
import Primitives
import SQLiteStore

/// Prints the agreement to a plan, to be signed: who agrees, what is owed, the parts, what becomes
/// of late fees, and that the debt is acknowledged. In Chinese; in English below it where an owner
/// reads English.
///
/// - Parameter number: the proposal's.
public func writeAgreement(ofPlan number: Int, to path: String, effects: Effects) throws {
    let (agreement, stationery) = try effects.store.read { session in
        let context = try CommunityContext(named: effects.community, in: session)
        return (
            try Agreement(number, context, session), try context.stationery(in: session)
        )
    }
    try withPart(of: path) { part in
        let printer = try ReportPrinter(
            to: part, title: agreement.title.zh, created: effects.now().toTheSecond,
            runningHead: "\(agreement.unit) \(number)", on: stationery)
        try printer.add(agreement.part)
        try printer.finish()
        try moveFile(part, to: path)
    }
}

private struct Agreement {
    let number: Int
    let plan: InstalmentPlan
    let office: OfficeDetails
    let community, unit: String
    let owners: [Owner]
    let items: [ID<FeeItem>: String]
    /// That stood open on what is covered, on the day of the agreement, and is none of the plan's.
    let lateFeeOutside: Money
    let title = Bilingual(zh: "分期付款协议", en: "Instalment agreement")

    init(_ number: Int, _ context: CommunityContext, _ session: Session) throws {
        let (recorded, row) = try recordedPlan(number, context, session)
        if let decision = recorded.plan.decision, !decision.isApproved {
            throw ProposalError.notApproved(id: number)
        }
        guard let office = context.policy.office else { throw OfficeError.noOffice }
        var owners: [Owner] = []
        var lateFee = Money.zero
        let covered = Set(recorded.plan.terms.covers.map(\.key))
        try context.forEachChunk(of: .unit(recorded.unit), scope: .all, in: session) { chunk in
            let known = try session.owners(of: chunk)
            let book = chunk.units[0].accounts.first { $0.account.id == recorded.account }!
            owners = book.account.owners.compactMap { known[$0] }
            lateFee = book.statement(asOf: recorded.plan.proposed).standings.reduce(.zero) {
                covered.contains($1.charge.key) ? $0 + $1.lateFeeOpen : $0
            }
        }
        self.number = number
        plan = recorded.plan
        self.office = office
        community = context.policy.name
        unit = row.unit
        self.owners = owners
        lateFeeOutside = max(.zero, lateFee - recorded.plan.terms.lateFees)
        items = try session.items(of: context.id).reduce(into: [:]) { $0[$1.key.id] = $1.value }
    }

    private var readsEnglish: Bool { owners.contains { $0.language == .en } }

    /// The Chinese, with the English below it where somebody reads it.
    private func both(_ text: Bilingual) -> String {
        readsEnglish ? "\(text.zh)\n\(text.en)" : text.zh
    }

    /// The same for a few words, beside each other.
    private func label(_ zh: String, _ en: String) -> String {
        readsEnglish ? "\(zh) \(en)" : zh
    }

    private func heading(_ zh: String, _ en: String) -> ReportPart.Element {
        .heading(readsEnglish ? "\(zh)　\(en)" : zh)
    }

    var part: ReportPart {
        ReportPart(
            title: readsEnglish ? "\(title.zh) \(title.en)" : title.zh,
            [.facts(parties), heading("一、所欠款项", "1. What is owed"), .table(owed)]
                + creditNote
                + [heading("二、分期付款", "2. The parts"), .table(parts), .facts(howToPay)]
                + [heading("三、违约金", "3. Late fees"), .paragraph(both(lateFees))]
                + outside
                + [heading("四、不按期付款", "4. When a part is not paid"), .paragraph(both(breaking))]
                + [
                    heading("五、确认", "5. Acknowledgement"), .paragraph(both(acknowledgement)),
                    heading("六、签字", "6. Signatures"), .facts(signatures),
                ])
    }

    private var parties: [(label: String, value: String)] {
        [
            (label("编号", "Number"), "\(number)"),
            (label("甲方（收款）", "The office"), office.name),
            (
                label("乙方（业主）", "The owners"),
                owners.map(\.name).joined(separator: "、")
            ),
            (label("房屋", "Unit"), "\(community) \(unit)"),
            (label("协议日期", "Agreed on"), "\(plan.proposed)"),
        ]
    }

    /// Without a column of late fees where the plan is none over them: a nought would waive them.
    private var owed: Letter.Table {
        let covers = plan.terms.covers
        let principal = covers.reduce(Money.zero) { $0 + $1.principal }
        let hasLateFees = plan.terms.lateFees > .zero
        return Letter.Table(
            columns: [
                (both(Bilingual(zh: "账期", en: "Period")), false),
                (both(Bilingual(zh: "项目", en: "Item")), false),
                (both(Bilingual(zh: "本金", en: "Principal")), true),
            ] + (hasLateFees ? [(both(Bilingual(zh: "违约金", en: "Late fee")), true)] : []),
            rows: covers.map { covered in
                ["\(covered.key.period)", items[covered.key.item] ?? "", "\(covered.principal)"]
                    + (hasLateFees ? ["\(covered.lateFee)"] : [])
            },
            totals: [label("合计", "Total"), "", "\(principal)"]
                + (hasLateFees ? ["\(plan.terms.lateFees)"] : []))
    }

    private var creditNote: [ReportPart.Element] {
        let owed = plan.terms.covers.reduce(Money.zero) { $0 + $1.principal + $1.lateFee }
        if owed == plan.terms.total { return [] }
        let credit = owed - plan.terms.total
        return [
            .note(
                both(
                    Bilingual(
                        zh: "减去预存款 \(credit) 元，分期付 \(plan.terms.total) 元。",
                        en: "Less credit of \(credit): \(plan.terms.total) is paid in parts.")))
        ]
    }

    private var parts: Letter.Table {
        Letter.Table(
            columns: [
                (both(Bilingual(zh: "期", en: "Part")), false),
                (both(Bilingual(zh: "最迟付款日", en: "Due")), false),
                (both(Bilingual(zh: "金额", en: "Amount")), true),
            ],
            rows: plan.terms.parts.enumerated().map {
                ["\($0.offset + 1)", "\($0.element.due)", "\($0.element.amount)"]
            },
            totals: [
                label("合计", "Total"), plan.terms.total.inChineseWords,
                "\(plan.terms.total)",
            ])
    }

    private var howToPay: [(label: String, value: String)] {
        [
            (
                label("付款方式", "How to pay"),
                "\(office.bankHolder)　\(office.bankName)　\(office.bankAccount)"
            ),
            (
                label("联系人", "Contact"),
                "\(office.contact)　\(office.phone)"
            ),
        ]
    }

    private var lateFees: Bilingual {
        switch plan.terms.lateFee {
        case .accrue:
            Bilingual(
                zh: "分期期间，违约金（滞纳金）仍按原约定计算。",
                en: "While the parts are paid, late fees accrue as agreed before.")
        case .pause:
            Bilingual(
                zh: "从批准之日到最后一期的最迟付款日 \(plan.terms.lastDue)，按期付款的，上列款项不计违约金（滞纳金）。",
                en:
                    "From its approval to the last due date, \(plan.terms.lastDue), no late fee accrues on "
                    + "what is listed above, as long as the parts are paid.")
        }
    }

    private var outside: [ReportPart.Element] {
        if lateFeeOutside == .zero { return [] }
        return [
            .paragraph(
                both(
                    Bilingual(
                        zh: "截至协议日期，上列款项另有违约金（滞纳金）\(lateFeeOutside) 元，不在本协议的各期之内，仍须另行付清；"
                            + "有困难的，可以申请减免。",
                        en:
                            "On the day of the agreement late fees of \(lateFeeOutside) stood open on what is listed "
                            + "above. They are none of these parts, and remain to be paid; a waiver can be asked for."
                    )))
        ]
    }

    private var breaking: Bilingual {
        let rule = Bilingual(
            zh: "任何一期超过最迟付款日 \(plan.brokenAfter) 天仍未付足的，本协议自次日起终止，甲方可以按原约定催缴全部欠款。",
            en:
                "If a part is not paid in full \(plan.brokenAfter) days after its due date, this agreement "
                + "ends on the next day, and the office may ask for all that is owed.")
        guard plan.terms.lateFee == .pause else { return rule }
        return plan.terms.forgives
            ? Bilingual(
                zh: rule.zh + "终止之前未计的违约金不再补计。",
                en: rule.en + " Late fees that did not accrue before that day stay so.")
            : Bilingual(
                zh: rule.zh + "分期期间未计的违约金，按没有本协议时一样补计。",
                en: rule.en + " Late fees then count as if there had been no agreement.")
    }

    private var acknowledgement: Bilingual {
        let total = plan.terms.covers.reduce(Money.zero) { $0 + $1.principal + $1.lateFee }
        return Bilingual(
            zh: "□ 乙方确认尚欠上列款项共 \(total) 元（\(total.inChineseWords)），同意按本协议付清。本协议经甲方负责人批准后生效。",
            en:
                "□ The owner acknowledges to owe what is listed above, \(total) yuan in all, and agrees to pay "
                + "it in these parts. The agreement takes effect once the office has approved it.")
    }

    private var signatures: [(label: String, value: String)] {
        // With room for a pen.
        let line = "＿＿＿＿＿＿＿"
        let day = "　" + label("日期", "Date") + " \(line)"
        return [
            (
                "\n" + label("乙方签字", "The owner"),
                "\n\(line)　" + label("与业主关系", "Relation") + " \(line)" + day
            ), ("\n" + label("甲方经手人签字", "The office"), "\n\(line)" + day),
            ("\n" + label("甲方负责人批准", "Approved"), "\n\(line)" + day),
        ]
    }
}
