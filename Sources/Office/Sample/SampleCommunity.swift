import FeeLedger
import Primitives

/// Maple Court (枫林苑): an invented community of any size, as a community folder (SPEC.md 9), for
/// demonstrations, scenarios and measurements.
///
/// It has thirteen months of history, 2025-10 to 2026-10, and payments to 2026-11-20, so that
/// `run 2026-11 --as-of 2026-11-21` bills the month and finds arrears of every stage. The same size
/// and seed give the same bytes. Each unit's whole life follows from the seed and its number alone:
/// every file is written unit by unit, and memory does not grow with their number.
public struct SampleCommunity: Sendable {
    let units: Int
    let seed: UInt64
    let fees = SampleFees()

    /// - Parameter units: 1...1,000,000; four in five flats, one in 25 a shop, the rest parking.
    public init(units: Int, seed: UInt64) {
        precondition((1...1_000_000).contains(units), "a community has 1 to 1,000,000 units")
        self.units = units
        self.seed = seed
    }

    /// The folder's files but for `policy.yaml`, registers first, each with its header.
    public static let files: [(name: String, header: [String])] = [
        ("units.csv", ["unit", "building", "kind", "area", "handover"]),
        ("owners.csv", ["owner", "name", "phone", "email", "address", "channels", "language"]),
        ("ownerships.csv", ["unit", "owner", "from", "to", "daily_rate"]),
        ("fees.csv", ["item", "name", "basis", "price", "cycle", "kinds", "from", "to"]),
        ("readings.csv", ["unit", "item", "period", "previous", "reading"]),
        ("charges.csv", ["unit", "item", "period", "amount", "due"]),
        (
            "payments.csv",
            ["reference", "date", "unit", "owner", "amount", "method", "payer", "note"]
        ),
        (
            "waivers.csv",
            ["reference", "date", "unit", "item", "period", "amount", "reason", "approved_by"]
        ),
        (
            "concessions.csv",
            [
                "reference", "unit", "item", "from", "to", "kind", "value", "reason",
                "approved_by", "review", "on",
            ]
        ),
        ("holds.csv", ["unit", "reason", "from", "to", "note"]),
    ]

    /// Calls `row` with the fields of each row of one of `files`, in its header's order.
    public func writeRows(of file: String, _ row: ([String]) throws -> Void) rethrows {
        if file == "fees.csv" { return try fees.rows.forEach(row) }
        for number in 1...units {
            let household = household(number)
            switch file {
            case "units.csv": try row(unitRow(household))
            case "owners.csv": try ownerRows(household).forEach(row)
            case "ownerships.csv": try ownershipRows(household).forEach(row)
            case "readings.csv": try readingRows(household).forEach(row)
            case "charges.csv": try chargeRows(household).forEach(row)
            case "payments.csv": try paymentRows(household).forEach(row)
            case "waivers.csv": try waiverRows(household).forEach(row)
            case "concessions.csv": try concessionRows(household).forEach(row)
            case "holds.csv": try holdRows(household).forEach(row)
            default: preconditionFailure("a community folder has no file \(file)")
            }
        }
    }

    /// The text of `policy.yaml`: the customary 1‰ a day, the quarter in which nothing accrued, and
    /// the default ladder.
    public var policy: String {
        """
        community: 枫林苑                    # Maple Court
        code: FL
        office:
          name: 枫林苑物业服务中心
          address: 示例市枫林路 100 号
          phone: 5550 0188
          email: shoufei@fenglin.example.com
          contact: 收费处
          bank: { name: 示例银行枫林路支行, account: "0000 0000 0000 5678", \
        holder: 枫林苑物业服务中心 }
        due_day: \(SampleFees.dueDay)
        allocation: principal_first
        late_fee:
          grace: 0
          grace_mode: forgive
          cap: 1.0
          rates:
            - { from: 2019-01-01, daily: \(SampleFees.lateFeeRate.shortDescription) }
            - { from: 2022-04-01, daily: 0 }
            - { from: 2022-07-01, daily: \(SampleFees.lateFeeRate.shortDescription) }
        bill_channels: [email, mailbox]
        dunning:
          - { stage: early, from_day: 1, min_amount: 0.01, repeat_after: 30, \
        channels: [email, mailbox], template: early }
          - { stage: middle, from_day: 6, min_amount: 20.00, repeat_after: 14, \
        channels: [email, mailbox], template: middle }
          - { stage: late, from_day: 19, min_amount: 50.00, repeat_after: 14, \
        channels: [email, mailbox, phone], template: late }
          - { stage: formal, from_day: 29, min_amount: 100.00, repeat_after: 30, \
        channels: [hand, registered, email], template: formal, signature: true }
        limitation: { years: 3, warn_days: 90, accept: [] }
        letters:
          address: ["000000", 示例市枫林路 100 号]   # 信封窗口里，房号以上的几行
          # seal: seal.png                 # 信头的徽标，PNG 或 JPEG，和本文件放在一起
          # collection_code: pay.png       # 收款码图片
          # window: { left: 22, top: 46, width: 88, height: 30 }   # 信封窗口，离纸边的毫米数
          # fonts: { prose: Noto Serif CJK SC, figures: Noto Sans CJK SC }

        """
    }
}

// MARK: - Registers

extension SampleCommunity {
    private func unitRow(_ household: Household) -> [String] {
        let unit = household.unit
        return [
            unit.code, unit.building, unit.kind.rawValue, unit.area.description,
            unit.handover?.description ?? "",
        ]
    }

    private func ownerRows(_ household: Household) -> [[String]] {
        household.ownersRegisteredHere.map { number in
            let contact = contact(number)
            return [
                ownerCode(number), name(number), contact.phone, contact.email, contact.address,
                contact.channels, language(number).rawValue,
            ]
        }
    }

    private func ownershipRows(_ household: Household) -> [[String]] {
        household.tenures.flatMap { tenure in
            tenure.owners.map { owner in
                [
                    household.unit.code, ownerCode(owner), tenure.from.description,
                    tenure.to?.description ?? "", tenure.agreedRate?.shortDescription ?? "",
                ]
            }
        }
    }

    /// Of the month that is billed next; the history's charges already hold what was used before.
    private func readingRows(_ household: Household) -> [[String]] {
        guard household.hasWater else { return [] }
        let use = waterUses(household).last!
        return [
            [
                household.unit.code, SampleFees.water.code, SampleMonths.billedNext.description,
                use.previous.shortDescription, use.reading.shortDescription,
            ]
        ]
    }
}

// MARK: - History

extension SampleCommunity {
    private func chargeRows(_ household: Household) -> [[String]] {
        charges(household).map { charge in
            [
                household.unit.code, charge.item.code, SampleMonths.text(charge.period),
                charge.amount.description, SampleMonths.text(charge.due),
            ]
        }
    }

    /// A reference names the day, the unit, and counts the unit's payments of that day.
    private func paymentRows(_ household: Household) -> [[String]] {
        let received = paymentHistories(household).flatMap { history in
            let names = history.tenure.owners.map(name)
            return history.receipts.map { (receipt: $0, tenure: history.tenure, names: names) }
        }
        var serial = 0
        var previous: CivilDate?
        return received.sorted { $0.receipt.date < $1.receipt.date }.map { received in
            let receipt = received.receipt
            let owner = received.tenure.owners[receipt.payer]
            serial = receipt.date == previous ? serial + 1 : 1
            previous = receipt.date
            return [
                reference("B", household, on: receipt.date, serial),
                SampleMonths.text(receipt.date), household.unit.code,
                received.tenure.holds(on: receipt.date) ? "" : ownerCode(owner),
                receipt.amount.description, receipt.method, received.names[receipt.payer],
                receipt.note,
            ]
        }
    }

    private func waiverRows(_ household: Household) -> [[String]] {
        guard household.mayHaveWaivers else { return [] }
        let waived = paymentHistories(household).flatMap(\.waived)
        return waived.enumerated().map { index, fee in
            [
                reference("JM", household, on: fee.date, index + 1), SampleMonths.text(fee.date),
                household.unit.code, fee.charge.item.code, SampleMonths.text(fee.charge.period),
                fee.amount.description, fee.reason, Self.manager,
            ]
        }
    }

    private func concessionRows(_ household: Household) -> [[String]] {
        household.reliefs.enumerated().map { index, relief in
            [
                "TL-\(sixDigits(household.number))-\(index + 1)", household.unit.code,
                relief.item, relief.from, relief.to, relief.kind, relief.value, relief.reason,
                Self.manager, relief.review, relief.decided,
            ]
        }
    }

    private func holdRows(_ household: Household) -> [[String]] {
        household.holds.map { [household.unit.code, $0.reason, $0.from, $0.to, $0.note] }
    }

    private func reference(
        _ prefix: String, _ household: Household, on date: CivilDate, _ serial: Int
    ) -> String {
        "\(prefix)\(SampleMonths.compactText(date))-\(sixDigits(household.number))-\(serial)"
    }

    private static let manager = "高经理"
}

/// At least six digits: `000123`.
func sixDigits(_ number: Int) -> String {
    let text = String(number)
    return String(repeating: "0", count: max(0, 6 - text.utf8.count)) + text
}
