import Casework
import Dunning
import Evidence
import FeeLedger
import Letters
import Primitives
import SQLiteStore

/// A table of the pack, once for its PDF and once as a file.
struct CaseTable {
    struct Column {
        /// Of the file.
        let name: String
        /// Of the page: Chinese above English.
        let heading: String
        let isNumber: Bool

        init(_ name: String, _ zh: String, _ en: String, isNumber: Bool = false) {
            self.name = name
            heading = "\(zh)\n\(en)"
            self.isNumber = isNumber
        }
    }

    let columns: [Column]
    var rows: [[String]]
    var totals: [String] = []

    /// Empty: a sentence that says so.
    var element: ReportPart.Element {
        if rows.isEmpty { return .paragraph("没有。None.") }
        return .table(
            Letter.Table(
                columns: columns.map { ($0.heading, $0.isNumber) }, rows: rows, totals: totals))
    }
}

extension CaseFile {
    /// Every charge issued by the day, oldest first, with what became of it.
    var charges: CaseTable {
        var table = CaseTable(
            columns: [
                .init("period", "账期", "Period"), .init("item", "项目", "Item"),
                .init("due", "到期日", "Due"), .init("amount", "应收", "Charged", isNumber: true),
                .init("conceded", "减免", "Conceded", isNumber: true),
                .init("paid", "已付本金", "Paid", isNumber: true),
                .init("principal_open", "未付本金", "Open", isNumber: true),
                .init("late_fee_gross", "违约金", "Late fee", isNumber: true),
                .init("late_fee_settled", "已付已免", "Settled", isNumber: true),
                .init("late_fee_open", "未付违约金", "Open", isNumber: true),
            ], rows: [])
        for each in statement.standings {
            let paid = each.charge.amount - each.conceded - each.principalOpen
            table.rows.append([
                "\(each.charge.period)", name(of: each.charge), "\(each.charge.due)",
                "\(each.charge.amount)", "\(each.conceded)", "\(paid)", "\(each.principalOpen)",
                "\(each.lateFeeGross)", "\(each.lateFeePaid + each.lateFeeWaived)",
                "\(each.lateFeeOpen)",
            ])
        }
        let sum = { (part: (ChargeStanding) -> Money) in
            "\(self.statement.standings.reduce(Money.zero) { $0 + part($1) })"
        }
        table.totals = [
            "合计 Total", "", "", sum(\.charge.amount), sum(\.conceded),
            sum { $0.charge.amount - $0.conceded - $0.principalOpen }, sum(\.principalOpen),
            sum(\.lateFeeGross), sum { $0.lateFeePaid + $0.lateFeeWaived }, sum(\.lateFeeOpen),
        ]
        return table
    }

    var receipts: CaseTable {
        CaseTable(
            columns: [
                .init("date", "到账日期", "Date"), .init("reference", "流水号", "Reference"),
                .init("method", "方式", "Method"), .init("payer", "付款人", "Payer"),
                .init("amount", "金额", "Amount", isNumber: true),
                .init("reversed", "冲红日期", "Reversed"),
            ],
            rows: payments.map { payment in
                let reversed = payment.reversed.flatMap { $0 <= asOf ? "\($0)" : nil } ?? ""
                return [
                    "\(payment.date)", payment.reference, payment.method, payment.payer,
                    "\(payment.amount)", reversed,
                ]
            })
    }

    /// Run of days by run of days, as `explain` has it.
    var lateFeeRuns: CaseTable {
        var table = CaseTable(
            columns: [
                .init("period", "账期", "Period"), .init("item", "项目", "Item"),
                .init("from", "起", "From"), .init("to", "止（含）", "To (incl.)"),
                .init("days", "天数", "Days", isNumber: true),
                .init("principal", "未付本金", "Principal", isNumber: true),
                .init("rate", "日率", "A day", isNumber: true),
                .init("product", "乘积（元）", "Product", isNumber: true),
            ], rows: [])
        for charge in claimed {
            for run in charge.accrual(policy: book.policy, asOf: asOf).runs {
                table.rows.append([
                    "\(charge.charge.period)", name(of: charge.charge), "\(run.first)",
                    "\(run.last)", "\(run.days)", "\(run.principal)", run.rate.perMille,
                    [run].exactYuan,
                ])
            }
        }
        return table
    }

    /// What the runs of each charge add up to.
    var lateFeeSums: CaseTable {
        var table = CaseTable(
            columns: [
                .init("period", "账期", "Period"), .init("item", "项目", "Item"),
                .init("sum", "乘积合计", "Sum", isNumber: true),
                .init("rounded", "四舍五入到分", "Rounded", isNumber: true),
                .init("cap", "上限", "Cap", isNumber: true),
                .init("gross", "违约金", "Late fee", isNumber: true),
                .init("paid", "已付", "Paid", isNumber: true),
                .init("waived", "已减免", "Waived", isNumber: true),
                .init("open", "未付", "Open", isNumber: true),
            ], rows: [])
        for charge in claimed {
            let accrual = charge.accrual(policy: book.policy, asOf: asOf)
            let claim = claim(.agreed, of: charge)
            table.rows.append([
                "\(charge.charge.period)", name(of: charge.charge), accrual.runs.exactYuan,
                "\(accrual.uncapped)", "\(accrual.cap)", "\(accrual.gross)",
                "\(charge.lateFeePaid(asOf: asOf))", "\(charge.lateFeeWaived(asOf: asOf))",
                "\(claim.left)",
            ])
        }
        table.totals = ["合计 Total", "", "", "", "", "", "", "", "\(statement.lateFeeOpen)"]
        return table
    }

    /// Charges with open principal or outstanding late fee.
    private var claimed: [ChargeBook] {
        let open = Set(statement.standings.filter(\.isOpen).map(\.charge.key))
        return book.charges.filter { open.contains($0.charge.key) }
    }

    var basesSideBySide: CaseTable {
        CaseTable(
            columns: [
                .init("basis", "口径", "Basis"),
                .init("accrued", "违约金", "Accrued", isNumber: true),
                .init("left", "减已付已免后", "Less settled", isNumber: true),
                .init("principal", "未付本金", "Principal", isNumber: true),
                .init("total", "合计", "Total", isNumber: true),
            ],
            rows: bases.map { basis, name in
                let claim = claim(basis)
                return [
                    "\(name.zh) \(name.en)", "\(claim.accrued)", "\(claim.left)",
                    "\(statement.principalOpen)", "\(statement.principalOpen + claim.left)",
                ]
            })
    }

    var limitation: CaseTable {
        CaseTable(
            columns: [
                .init("period", "账期", "Period"), .init("item", "项目", "Item"),
                .init("due", "到期日", "Due"),
                .init("principal_open", "未付本金", "Open", isNumber: true),
                .init("last_day", "时效最后一天", "Last day"),
                .init("rests_on", "依据", "Rests on"), .init("on", "发生日", "On"),
                .init("grade", "等级", "Grade"),
            ],
            rows: clocks.map { clock in
                [
                    "\(clock.charge.period)", name(of: clock.charge), "\(clock.charge.due)",
                    "\(clock.principalOpen)", "\(clock.clock.lastDay)", clock.row.restsOn,
                    clock.clock.event.map { "\($0.date)" } ?? "\(clock.charge.due)",
                    clock.row.grade,
                ]
            })
    }

    var owned: CaseTable {
        CaseTable(
            columns: [
                .init("from", "起", "From"), .init("to", "止（含）", "To (incl.)"),
                .init("owner", "业主编号", "Owner"), .init("this", "本户", "This account"),
            ],
            rows: ownerships.map { account, owners in
                [
                    "\(account.from)", account.to.map { "\($0)" } ?? "至今 still", owners,
                    account.id == self.account.id ? "是 yes" : "",
                ]
            })
    }

    /// What was said where the reason is hardship stays at the office.
    var spokenTo: CaseTable {
        CaseTable(
            columns: [
                .init("date", "日期", "Date"), .init("how", "方式", "How"),
                .init("staff", "经手人", "Staff"), .init("with", "和谁", "With"),
                .init("relation", "关系", "Relation"), .init("note", "谈了什么", "What was said"),
            ],
            rows: contacts.map(\.contact).map { contact in
                let isWithheld = contact.reason == .temporary || contact.reason == .long
                let relation = ContactRelation(word: contact.relation)
                return [
                    "\(contact.date)", contact.way.words, contact.staff.joined(separator: "、"),
                    contact.with, relation.chinese,
                    isWithheld ? withheld : contact.note,
                ]
            })
    }

    var policyVersions: CaseTable {
        CaseTable(
            columns: [
                .init("version", "版本", "Version"), .init("recorded_at", "登记时间", "Recorded at"),
                .init("by", "经手人", "By"), .init("file", "文件", "File"),
            ],
            rows: policies.enumerated().map { index, version in
                ["\(index + 1)", version.at, version.staff, "policies/\(index + 1).yaml"]
            })
    }
}

private let withheld = "（不列出 withheld）"

let withheldNote =
    "注明“不列出”的，谈的可能是住户的困难情况，属于敏感信息，留在物业。"
    + "What is withheld may speak of a household's hardship, and stays at the office."

extension ContactWay {
    fileprivate var words: String {
        let zh =
            switch self {
            case .call: "电话"
            case .visit: "上门"
            case .message: "消息"
            case .letter: "来信"
            }
        return "\(zh) \(rawValue)"
    }
}
