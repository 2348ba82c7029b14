import FeeLedger
import Primitives

// Short ways to write what every test needs; each traps on a typing error in a test.

func day(_ text: String) -> CivilDate { CivilDate(text)! }
func month(_ text: String) -> Period { Period(text)! }
func yuan(_ text: String) -> Money { try! Money(parsing: text) }
func rate(_ text: String) -> DailyRate { try! DailyRate(parsing: text) }

enum Sample {
    /// 物业费, 水费, 车位费: in byte order `sf`, `tc`, `wy`.
    static let property = FeeItem(id: ID(1), code: "wy")
    static let water = FeeItem(id: ID(2), code: "sf")
    static let parking = FeeItem(id: ID(3), code: "tc")

    /// 1‰ a day, no grace, capped at the debt.
    static let policy = late(rates: [("2019-01-01", "0.001")])

    /// When all late fees are final.
    static let longAfter = day("2099-12-31")

    static func late(
        rates: [(from: String, daily: String)], grace: Int = 0,
        mode: LateFeePolicy.GraceMode = .forgive, cap: String = "1.0"
    ) -> LateFeePolicy {
        LateFeePolicy(
            segments: rates.map { .init(from: day($0.from), rate: rate($0.daily)) }, grace: grace,
            graceMode: mode, cap: try! Ratio(parsing: cap))
    }

    static func account(agreed: String? = nil) -> Account {
        Account(
            id: ID(1), unit: ID(1), from: day("2020-01-01"), to: nil, agreedRate: agreed.map(rate),
            owners: [ID(1)])
    }

    static func charge(
        _ period: String, _ amount: String, due: String, item: FeeItem = property
    ) -> Charge {
        Charge(
            item: item, period: month(period), amount: yuan(amount), due: day(due), issuedAsOf: nil)
    }

    static func concession(
        _ reference: String, _ relief: Concession.Relief, item: FeeItem? = nil,
        from: String = "2020-01", to: String? = nil, review: String? = nil, decided: String? = nil
    ) -> Concession {
        // The number is of no meaning, but differs where the reference does.
        let number = reference.utf8.reduce(0) { $0 * 256 + Int($1) }
        return Concession(
            id: ID(number), reference: reference, account: ID(1), item: item?.id,
            from: month(from), to: to.map(month), relief: relief, review: review.map(day),
            decided: decided.map(day))
    }
}

extension AccountBook {
    init(
        _ policy: LateFeePolicy = Sample.policy, order: AllocationOrder = .principalFirst,
        agreed: String? = nil, issuing charges: [Charge] = [], under concessions: [Concession] = []
    ) {
        self.init(account: Sample.account(agreed: agreed), policy: policy, order: order)
        for charge in charges { issue(charge, concessions: concessions) }
    }

    mutating func receive(_ amount: String, as payment: Int, on date: String) {
        receive(yuan(amount), as: ID(payment), on: day(date))
    }

    mutating func waive(_ amount: String, of charge: Charge, on date: String) -> Money {
        waive(yuan(amount), of: charge.key, by: ID(posted.count), on: day(date))
    }

    /// What was posted, one line an entry: `P7 2026-11-25 principal 2026-10 wy 95.90`.
    var journal: [String] { posted.map(line) }

    private func line(_ entry: Entry) -> String {
        let source =
            switch entry.source {
            case .payment(let id): "P\(id.number)"
            case .waiver(let id): "W\(id.number)"
            case .concession: "C"
            case .reversal(let id): "R\(id.number)"
            }
        let target =
            switch entry.target {
            case .principal(let key): "principal " + name(key)
            case .lateFee(let key): "late fee " + name(key)
            case .exemption(let key): "exemption " + name(key)
            case .credit(let lot): "credit of \(lot)"
            }
        return "\(source) \(entry.date) \(target) \(entry.amount)"
    }

    private func name(_ key: ChargeKey) -> String {
        let charge = charges.first { $0.charge.key == key }
        return "\(key.period) \(charge?.charge.item.code ?? "?")"
    }
}

extension Charge {
    var name: String { "\(period) \(item.code)" }
}
