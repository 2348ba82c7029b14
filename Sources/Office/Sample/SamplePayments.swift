import FeeLedger
import Primitives

/// The months and days of the sample's history.
enum SampleMonths {
    static let first = Period("2025-10")!
    static let count = 13
    static let last = first.advanced(byMonths: count - 1)
    static let billedNext = last.next
    /// No money came in after it: the eve of the run that the sample is made for.
    static let lastDay = CivilDate("2026-11-20")!

    /// `description`, made once for each month and day of history: it is written millions of times.
    static func text(_ period: Period) -> String { periodTexts[period.index - first.index] }
    static func text(_ date: CivilDate) -> String { dayTexts[date - first.firstDay] }

    /// `20261121`
    static func compactText(_ date: CivilDate) -> String {
        compactDayTexts[date - first.firstDay]
    }

    private static let periodTexts = (0...count).map { first.advanced(byMonths: $0).description }
    private static let dayTexts = (0...(billedNext.lastDay - first.firstDay)).map {
        first.firstDay.advanced(byDays: $0).description
    }
    private static let compactDayTexts = dayTexts.map { $0.filter { $0 != "-" } }
}

/// The sample's fee schedule, and what it gives for each month of history.
struct SampleFees: Sendable {
    static let dueDay = 15
    static let lateFeeRate = DailyRate(parts: 1_000)
    static let water = FeeItem(id: ID(5), code: "sf")

    private static let lines = [
        line(FeeItem(id: ID(1), code: "wy"), .area, 2_8500, 1, [.residence]),
        line(FeeItem(id: ID(2), code: "wys"), .area, 6_5000, 1, [.shop]),
        line(FeeItem(id: ID(3), code: "lj"), .fixed, 8_0000, 1, [.residence, .shop]),
        line(FeeItem(id: ID(4), code: "cw"), .fixed, 60_0000, 3, [.parking]),
        line(water, .metered, 4_1500, 1, [.residence, .shop]),
    ]
    private static let names = ["物业服务费", "商铺物业费", "生活垃圾清运费", "车位服务费", "水费"]

    let schedules = (0..<SampleMonths.count).map { month in
        PeriodSchedule(
            lines: lines, period: SampleMonths.first.advanced(byMonths: month), dueDay: dueDay)
    }

    var rows: [[String]] {
        zip(Self.lines, Self.names).map { line, name in
            let kinds = UnitKind.allCases.filter(line.kinds.contains).map(\.rawValue)
            return [
                line.item.code, name, line.basis.rawValue, line.price.description,
                String(line.cycle), kinds.joined(separator: ";"), line.from.description, "",
            ]
        }
    }

    private static func line(
        _ item: FeeItem, _ basis: FeeLine.Basis, _ price: Int, _ cycle: Int,
        _ kinds: Set<UnitKind>
    ) -> FeeLine {
        FeeLine(
            item: item, basis: basis, price: UnitPrice(parts: price), cycle: cycle,
            kinds: kinds, from: CivilDate("2019-01-01")!, to: nil)
    }
}

// MARK: - What was charged

extension SampleCommunity {
    /// The unit's charges of history, by period, as the fee schedule gives them.
    func charges(_ household: Household) -> [Charge] {
        guard !household.tenures.isEmpty else { return [] }
        let uses = household.hasWater ? waterUses(household) : []
        return fees.schedules.indices.flatMap { month in
            let use = uses.isEmpty ? [:] : [SampleFees.water.id: uses[month]]
            return fees.schedules[month].charges(for: household.unit, uses: use).map {
                Charge(
                    item: $0.item, period: SampleMonths.first.advanced(byMonths: month),
                    amount: $0.amount, due: $0.due, issuedAsOf: nil)
            }
        }
    }

    /// What the meter said in each month of history and in the month billed next. Nothing runs
    /// before the handover, nor ever in a flat that stands empty.
    func waterUses(_ household: Household) -> [MeterUse] {
        var dice = dice(household.number, .water)
        let handover = household.unit.handover?.period ?? SampleMonths.first
        let usual = dice.chance(3) ? 0 : 40 + dice.below(140)
        var reading = handover > SampleMonths.first ? dice.below(30) : 500 + dice.below(8_000)
        return (0...SampleMonths.count).map { month in
            let previous = reading
            if usual > 0, SampleMonths.first.advanced(byMonths: month) >= handover {
                reading += usual / 2 + dice.below(usual)
            }
            return MeterUse(
                previous: MeterReading(parts: previous * 100),
                reading: MeterReading(parts: reading * 100))
        }
    }

    /// What each tenure of the unit paid, in order.
    func paymentHistories(_ household: Household) -> [SamplePaymentHistory] {
        let charges = charges(household)
        return household.tenures.indices.map { index in
            let tenure = household.tenures[index]
            let theirs = charges.filter { charge in
                let holder =
                    household.tenures.firstIndex { $0.holds(on: charge.issued) }
                    ?? household.tenures.firstIndex { $0.from > charge.issued }
                return holder == index
            }
            var history = SamplePaymentHistory(
                tenure: tenure, charges: theirs,
                dice: dice(household.number, index == 0 ? .firstPayments : .laterPayments))
            history.followHabit()
            return history
        }
    }
}

/// The charges of one month that one account got together.
struct SampleBill {
    let period: Period
    let due: CivilDate
    let charges: [Charge]
    var total: Money { charges.reduce(.zero) { $0 + $1.amount } }

    /// The late fee, rounded per charge (SPEC.md 4), where all of it is paid on `date` at once.
    func lateFees(on date: CivilDate, rate: DailyRate) -> [(charge: Charge, fee: Money)] {
        charges.map { charge in
            let days = Int128(max(0, date - charge.due))
            let product = Int128(charge.amount.fen) * days * Int128(rate.partsPerMillion)
            return (charge, Money(fen: roundHalfUp(product, over: 1_000_000)))
        }
    }
}

// MARK: - What was paid

/// What the owners of one account paid, and which late fees they were forgiven.
struct SamplePaymentHistory {
    struct Receipt {
        let date: CivilDate
        let amount: Money
        let method: String
        /// Which of the tenure's owners, from 0.
        let payer: Int
        let note: String
    }

    struct WaivedFee {
        let date: CivilDate
        let charge: Charge
        let amount: Money
        let reason: String
    }

    let tenure: SampleCommunity.Tenure
    private let bills: [SampleBill]
    private let method: String
    private let coOwnersShare: Bool
    private var dice: SampleDice
    private(set) var receipts: [Receipt] = []
    private(set) var waived: [WaivedFee] = []

    /// - Parameter charges: the account's, by period.
    init(tenure: SampleCommunity.Tenure, charges: [Charge], dice: SampleDice) {
        self.tenure = tenure
        let byPeriod = Dictionary(grouping: charges, by: \.period).sorted { $0.key < $1.key }
        bills = byPeriod.map { SampleBill(period: $0, due: $1[0].due, charges: $1) }
        var dice = dice
        method = dice.pick(
            (34, "wechat"), (26, "debit"), (18, "alipay"), (14, "bank"), (7, "pos"), (1, "cash"))
        coOwnersShare = tenure.owners.count > 1 && dice.chance(30)
        self.dice = dice
    }

    mutating func followHabit() {
        switch tenure.habit {
        case .onTime: for bill in bills { payOnTime(bill) }
        case .daysLate(let lastOpen): payDaysLate(lastOpen ? bills.dropLast() : bills[...])
        case .quarterly(let phase): payQuarterly(phase: phase)
        case .inPart(let shortfall): payInPart(shortfall: shortfall)
        case .stopped(let lastPaid, let afterwards): payUntil(lastPaid, afterwards: afterwards)
        case .never: break
        case .prepaid: prepay()
        case .hardship: payWhatTheyCan()
        }
    }

    private mutating func payOnTime(_ bill: SampleBill) {
        receive(bill.total, on: dayOnTime(bill), note: dice.pick((92, ""), (8, "物业费")))
    }

    /// With a bank debit all are taken on the tenth.
    private mutating func dayOnTime(_ bill: SampleBill) -> CivilDate {
        let earliest = max(bill.period.firstDay.advanced(byDays: 1), tenure.from)
        let debitDay = bill.period.day(10)
        if method == "debit", debitDay >= earliest { return debitDay }
        return earliest.advanced(byDays: dice.below(max(1, bill.due - earliest + 1)))
    }

    /// Half of them pay the late fee too, some leave it, and some are forgiven it at times.
    private mutating func payDaysLate(_ bills: ArraySlice<SampleBill>) {
        let payFees = dice.chance(50)
        let askForWaivers = !payFees && dice.chance(60)
        for bill in bills {
            let date = bill.due.advanced(byDays: 1 + dice.below(11))
            let fees = bill.lateFees(on: date, rate: tenure.rate)
            let fee = fees.reduce(Money.zero) { $0 + $1.fee }
            if askForWaivers, dice.chance(25) {
                receive(bill.total, on: date, note: "申请减免违约金")
                waive(fees, on: date.advanced(byDays: 1 + dice.below(4)))
            } else if payFees || askForWaivers {
                receive(bill.total + fee, on: date, note: "含违约金")
            } else {
                receive(bill.total, on: date)
            }
        }
    }

    private mutating func waive(_ fees: [(charge: Charge, fee: Money)], on date: CivilDate) {
        let reason = dice.pick(
            (5, "非恶意欠费"), (3, "非恶意欠费：出差在外"), (2, "非恶意欠费：住院未见通知"),
            (2, "非恶意欠费：银行卡更换，代扣失败"))
        for (charge, fee) in fees where fee > .zero {
            waived.append(WaivedFee(date: date, charge: charge, amount: fee, reason: reason))
        }
    }

    /// Three months together, in every third month, some with the late fee of the first two.
    private mutating func payQuarterly(phase: Int) {
        let payFees = dice.chance(60)
        var open: [SampleBill] = []
        for month in 0...SampleMonths.count {
            let period = SampleMonths.first.advanced(byMonths: month)
            open += bills.filter { $0.period == period }
            guard period.index % 3 == phase, !open.isEmpty else { continue }
            settle(open, on: period.day(4 + dice.below(11)), withFees: payFees, note: "按季缴纳")
            open = []
        }
    }

    private mutating func settle(
        _ open: [SampleBill], on date: CivilDate, withFees: Bool, note: String
    ) {
        let date = max(date, tenure.from)
        let fees = open.flatMap { $0.lateFees(on: date, rate: tenure.rate) }
        let principal = open.reduce(Money.zero) { $0 + $1.total }
        let fee = withFees ? fees.reduce(Money.zero) { $0 + $1.fee } : .zero
        receive(principal + fee, on: date, note: note)
    }

    /// Sometimes in two parts; and of the last month `shortfall` stays open.
    private mutating func payInPart(shortfall: Money) {
        for bill in bills.dropLast() {
            if dice.chance(50) {
                payOnTime(bill)
                continue
            }
            let first = Money(fen: bill.total.fen * 6 / 1_000 * 100)
            receive(first, on: dayOnTime(bill), note: "先付一部分")
            receive(
                bill.total - first, on: bill.due.advanced(byDays: 5 + dice.below(15)), note: "补缴余款")
        }
        guard let last = bills.last else { return }
        receive(last.total - shortfall, on: dayOnTime(last), note: "先付一部分")
    }

    private mutating func payUntil(
        _ lastPaid: Period, afterwards: SampleCommunity.Afterwards
    ) {
        for bill in bills where bill.period <= lastPaid { payOnTime(bill) }
        let open = bills.filter { $0.period > lastPaid }
        switch afterwards {
        case .nothing: break
        case .half(let date):
            let billed = open.filter { $0.period.firstDay <= date }
            let total = billed.reduce(Money.zero) { $0 + $1.total }
            receive(Money(fen: total.fen / 200 * 100), on: date, note: "部分欠费")
        case .all(let date):
            settle(
                open.filter { $0.period.firstDay <= date }, on: date, withFees: true,
                note: "清缴欠费及违约金")
        case .instalments(let first):
            for period in [first, first.next, first.next.next] {
                receive(Money(fen: 300_00), on: period.day(5), note: "分期款")
            }
        }
    }

    /// Half a year in advance, a round amount, whenever what is left would not do.
    private mutating func prepay() {
        var left = Money.zero
        for bill in bills {
            if left < bill.total {
                let sum = Money(fen: (bill.total.fen * 6 - left.fen + 99_99) / 100_00 * 100_00)
                let day = bill.period.firstDay.advanced(byDays: dice.below(8))
                receive(sum, on: day, note: "预存物业费")
                left = left + sum
            }
            left = left - bill.total
        }
    }

    private mutating func payWhatTheyCan() {
        for bill in bills {
            if bill.period <= SampleMonths.first.next {
                payOnTime(bill)
            } else if dice.chance(65) {
                let part = Money(fen: bill.total.fen / 200 * 100)
                receive(part, on: bill.due.advanced(byDays: dice.below(10)), note: "困难户先付一部分")
            }
        }
    }

    /// Books what came in on a day of history: in halves where co-owners share.
    private mutating func receive(_ amount: Money, on date: CivilDate, note: String = "") {
        let date = max(date, tenure.from)
        guard amount > .zero, date <= SampleMonths.lastDay else { return }
        let method = method == "debit" && date.day != 10 ? "bank" : method
        if coOwnersShare, amount.fen >= 2 {
            let half = Money(fen: amount.fen / 2)
            book(half, on: date, method, payer: 0, note: "共有人各付一半")
            book(amount - half, on: date, method, payer: 1, note: "共有人各付一半")
        } else {
            book(amount, on: date, method, payer: 0, note: note)
        }
    }

    private mutating func book(
        _ amount: Money, on date: CivilDate, _ method: String, payer: Int, note: String
    ) {
        receipts.append(
            Receipt(date: date, amount: amount, method: method, payer: payer, note: note))
    }
}
