public import FeeLedger
public import Interchange
public import Primitives
import SQLiteStore

/// Why a payment was not recorded, or its receipt not given.
public enum PaymentError: ExplainedError, Hashable, Sendable {
    case refused([Bilingual])
    case notYetCome(date: CivilDate, today: CivilDate)
    case unknownPayment(reference: String)
    case reversed(reference: String, on: CivilDate)

    public var message: Bilingual {
        switch self {
        case .refused(let messages):
            Bilingual(
                zh: messages.map(\.zh).joined(separator: " "),
                en: messages.map(\.en).joined(separator: " "))
        case .notYetCome(let date, let today):
            Bilingual(
                zh: "到账日期 \(date) 还没有到，今天是 \(today)。钱到账以后再登记，日期写到账那天。",
                en:
                    "The money is said to come on \(date), and today is \(today). Record it when it is "
                    + "there, with the day on which it came.")
        case .unknownPayment(let reference):
            Bilingual(
                zh: "没有收款 \(reference)。请核对流水号。",
                en: "There is no payment \(reference). Check its reference.")
        case .reversed(let reference, let date):
            Bilingual(
                zh: "收款 \(reference) 已在 \(date) 冲红，不再打印收据。",
                en:
                    "Payment \(reference) was reversed as of \(date): no receipt is printed for it any more."
            )
        }
    }

    public var isBadInput: Bool {
        if case .reversed = self { false } else { true }
    }
}

/// Money that came, as staff enter it.
public struct PaymentEntry: Sendable {
    public let unit: String
    /// The code of an owner of the account that is meant; `nil`: whoever holds the unit that day.
    public let owner: String?
    public let amount: Money
    /// On which it came, by the bank or at the counter.
    public let date: CivilDate
    public let method: PaymentMethod
    public var payer = ""
    public var note = ""

    public init(
        unit: String, owner: String?, amount: Money, date: CivilDate, method: PaymentMethod
    ) {
        self.unit = unit
        self.owner = owner
        self.amount = amount
        self.date = date
        self.method = method
    }
}

/// Records a payment under the next receipt number of the month, by the rules of an import.
///
/// - Parameter today: whose month the number is of; money that is to come later is refused.
/// - Returns: its reference, which is the receipt's number.
public func recordPayment(
    _ entry: PaymentEntry, today: CivilDate, effects: Effects
) throws -> String {
    guard entry.date <= today else {
        throw PaymentError.notYetCome(date: entry.date, today: today)
    }
    var report = ImportReport()
    do {
        return try effects.store.write { session in
            let context = try CommunityContext(named: effects.community, in: session)
            try requireStaff(effects.staff, in: context.id, session)
            let reference = try session.nextReceiptNumber(of: today.period, in: context.id)
            let values = [
                "reference": reference, "date": "\(entry.date)", "unit": entry.unit,
                "owner": entry.owner ?? "", "amount": "\(entry.amount)",
                "method": entry.method.rawValue, "payer": trimmed(entry.payer),
                "note": trimmed(entry.note),
            ]
            try enter(.payments, .add, values: values, in: session, effects, &report)
            return reference
        }
    } catch is RefusedRow {
        throw PaymentError.refused(
            report.problems.map {
                Bilingual(zh: $0.typedText(in: .zh), en: $0.typedText(in: .en))
            })
    }
}
