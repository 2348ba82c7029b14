import Letters
import Primitives

/// Notices of Maple Court (枫林苑), an invented building. The figures are those of the mock-ups,
/// worked out by hand; the late fees stand beside what they come from.
enum MapleCourt {
    static let stages = ["early", "middle", "late", "formal", "final"]

    static func notice(_ template: String, _ language: Language) -> NoticeFacts {
        switch template {
        case "bill": bill(language)
        case "early": early(language)
        case "middle": middle(language)
        case "late": late(language)
        case "final": final(language)
        default: formal(language)
        }
    }

    // MARK: One notice a stage

    /// Two new charges, nothing else.
    static func bill(_ language: Language) -> NoticeFacts {
        facts(
            "bill", language, number: "FL-202612-00214-9", period: "2026-12", asOf: "2026-12-01",
            unit: ("1-1-902", "residence", 11240), owners: names(["宋雅文"], ["Song Yawen"], language),
            lines: [
                line("2026-12", propertyFee(language), due: "2026-12-15", "314.72", isNew: true),
                line("2026-12", water(language), due: "2026-12-15", "55.06", isNew: true),
            ])
    }

    /// 36.96 × 3 × 1‰ = 0.11088; 269.36 × 3 × 1‰ = 0.80808.
    static func early(_ language: Language) -> NoticeFacts {
        facts(
            "early", language, number: "FL-202611-00388-2", period: "2026-11",
            asOf: "2026-11-18", payBy: "2026-11-21", unit: ("2-1-803", "residence", 9620),
            owners: names(["郑一鸣"], ["Zheng Yiming"], language),
            lines: [
                overdue("2026-11", water(language), due: "2026-11-15", "36.96", days: 3, "0.11"),
                overdue(
                    "2026-11", propertyFee(language), due: "2026-11-15", "269.36", days: 3,
                    "0.81"),
            ])
    }

    /// A shop, one charge: 1,280.00 × 10 × 1‰ = 12.80, and the next charge is new.
    static func middle(_ language: Language) -> NoticeFacts {
        facts(
            "middle", language, number: "FL-202611-00391-6", period: "2026-11",
            asOf: "2026-11-25", payBy: "2026-12-04", unit: ("S-07", "shop", 6400),
            owners: names(["枫叶便利店"], ["Maple Leaf Store"], language),
            lines: [
                overdue(
                    "2026-11", propertyFee(language), due: "2026-11-15", "1280.00", days: 10,
                    "12.80")
            ])
    }

    /// 80.00 × 53 × 1‰ = 4.24, less 1.00 paid and 2.00 waived, is 1.24;
    /// 80.00 × 10 × 1‰ + 30.00 × 12 × 1‰ = 0.80 + 0.36 = 1.16.
    static func late(_ language: Language) -> NoticeFacts {
        var october = overdue(
            "2026-10", parkingFee(language), due: "2026-10-15", "80.00", days: 53, "1.24")
        october.lateFeePaid = money("1.00")
        october.lateFeeWaived = money("2.00")
        var november = overdue(
            "2026-11", parkingFee(language), due: "2026-11-15", "80.00", days: 22, "1.16")
        november.principalOpen = money("30.00")
        november.accrual = [
            run("2026-11-16", 10, "80.00"), run("2026-11-26", 12, "30.00"),
        ]
        return facts(
            "late", language, number: "FL-202612-00042-4", period: "2026-12", asOf: "2026-12-07",
            payBy: "2026-12-14", unit: ("P-118", "parking", 0),
            owners: names(["郑一鸣"], ["Zheng Yiming"], language),
            earlier: ["2026-10-18", "2026-11-18"], lines: [october, november])
    }

    /// The formal notice of the mock-up: 250.66 × 127 × 1‰ = 31.83382 before the principal was
    /// paid; 250.66 × 97 × 1‰ + 101.32 × 103 × 1‰ = 24.31402 + 10.43596 = 34.74998.
    static func formal(_ language: Language) -> NoticeFacts {
        let fee = propertyFee(language)
        var april = overdue("2026-04", fee, due: "2026-04-15", "250.66", days: 0, "31.83")
        april.principalOpen = .zero
        april.accrual = [run("2026-04-16", 127, "250.66")]
        var may = overdue("2026-05", fee, due: "2026-05-15", "250.66", days: 200, "34.75")
        may.principalOpen = money("101.32")
        may.accrual = [run("2026-05-16", 97, "250.66"), run("2026-08-21", 103, "101.32")]
        return facts(
            "formal", language, number: "FL-202612-00037-4", period: "2026-12",
            asOf: "2026-12-01", payBy: "2026-12-31", unit: ("3-2-1501", "residence", 8952),
            owners: names(["周启明", "林晓芸"], ["Zhou Qiming", "Lin Xiaoyun"], language),
            channels: ["hand", "email"], earlier: ["2026-08-18", "2026-10-08"],
            lines: [
                april, may,
                overdue("2026-06", fee, due: "2026-06-15", "250.66", days: 169, "42.36"),
                overdue("2026-07", fee, due: "2026-07-15", "250.66", days: 139, "34.84"),
                overdue("2026-08", fee, due: "2026-08-15", "250.66", days: 108, "27.07"),
                overdue("2026-09", water(language), due: "2026-09-15", "47.74", days: 77, "3.68"),
                overdue("2026-09", fee, due: "2026-09-15", "250.66", days: 77, "19.30"),
                overdue("2026-10", water(language), due: "2026-10-15", "43.31", days: 47, "2.04"),
                overdue("2026-10", fee, due: "2026-10-15", "250.66", days: 47, "11.78"),
                overdue("2026-11", water(language), due: "2026-11-15", "41.58", days: 16, "0.67"),
                overdue("2026-11", fee, due: "2026-11-15", "250.66", days: 16, "4.01"),
                line("2026-12", fee, due: "2026-12-15", "250.66", isNew: true),
                line("2026-12", water(language), due: "2026-12-15", "41.97", isNew: true),
            ])
    }

    /// Three months after the formal notice: 250.66 × 106 × 1‰ = 26.56996, 250.66 × 76 × 1‰ =
    /// 19.05016.
    static func final(_ language: Language) -> NoticeFacts {
        let fee = propertyFee(language)
        return facts(
            "final", language, number: "FL-202703-00012-4", period: "2027-03",
            asOf: "2027-03-01", payBy: "2027-03-16", unit: ("3-2-1501", "residence", 8952),
            owners: names(["周启明", "林晓芸"], ["Zhou Qiming", "Lin Xiaoyun"], language),
            channels: ["registered", "email"], earlier: ["2026-10-08", "2026-12-01"],
            lines: [
                overdue("2026-11", fee, due: "2026-11-15", "250.66", days: 106, "26.57"),
                overdue("2026-12", fee, due: "2026-12-15", "250.66", days: 76, "19.05"),
            ])
    }

    // MARK: Parts of a notice

    static func facts(
        _ template: String, _ language: Language, number: String, period: String, asOf: String,
        payBy: String? = nil, unit: (code: String, kind: String, area: Int), owners: [String],
        channels: [String] = ["email", "mailbox"], earlier: [String] = [],
        lines: [NoticeFacts.Line], credit: String = "0.00"
    ) -> NoticeFacts {
        let principal = lines.map(\.principalOpen).reduce(.zero, +)
        let lateFee = lines.map(\.lateFee).reduce(.zero, +)
        return NoticeFacts(
            number: number, period: Period(period)!, asOf: date(asOf), language: language,
            template: template, payBy: payBy.map(date),
            asksForSignature: ["formal", "final"].contains(template),
            community: language == .zh ? "枫林苑" : "Maple Court", office: office(language),
            unit: .init(code: unit.code, kind: unit.kind, area: Area(parts: unit.area)),
            owners: owners,
            address: language == .zh
                ? ["示例市枫林路 100 号", "枫林苑 \(unit.code)"]
                : ["100 Maple Road", "Maple Court \(unit.code)"],
            channels: channels, earlierNotices: earlier.map(date), lines: lines,
            principal: principal, lateFee: lateFee, credit: money(credit),
            total: principal + lateFee - money(credit), cap: .one)
    }

    static func office(_ language: Language) -> NoticeFacts.Office {
        switch language {
        case .zh:
            .init(
                name: "枫林苑物业服务中心", address: "示例市枫林路 100 号 1 栋 1 层", phone: "5550 0188",
                email: "shoufei@fenglin.example.com", contact: "何静", bank: "示例银行枫林支行",
                bankAccount: "0000 0000 0000 1234", bankHolder: "枫林苑物业服务中心")
        case .en:
            .init(
                name: "Maple Court Property Office", address: "100 Maple Road, Building 1",
                phone: "5550 0188", email: "shoufei@fenglin.example.com", contact: "He Jing",
                bank: "Example Bank, Maple Branch", bankAccount: "0000 0000 0000 1234",
                bankHolder: "Maple Court Property Office")
        }
    }

    /// Not yet past due: nothing accrued.
    static func line(
        _ period: String, _ item: String, due: String, _ amount: String, isNew: Bool = false
    ) -> NoticeFacts.Line {
        NoticeFacts.Line(
            period: Period(period)!, item: item, due: date(due), amount: money(amount),
            principalOpen: money(amount), daysOverdue: 0, lateFee: .zero, lateFeePaid: .zero,
            lateFeeWaived: .zero, isNew: isNew, accrual: [])
    }

    /// One run of 1‰ over all days overdue.
    static func overdue(
        _ period: String, _ item: String, due: String, _ amount: String, days: Int,
        _ lateFee: String
    ) -> NoticeFacts.Line {
        var line = line(period, item, due: due, amount)
        line.daysOverdue = days
        line.lateFee = money(lateFee)
        line.accrual = [
            NoticeFacts.Run(
                first: date(due).advanced(byDays: 1), days: days, principal: money(amount),
                rate: DailyRate(parts: 1000))
        ]
        return line
    }

    static func run(_ first: String, _ days: Int, _ principal: String) -> NoticeFacts.Run {
        .init(
            first: date(first), days: days, principal: money(principal),
            rate: DailyRate(parts: 1000))
    }

    static func money(_ text: String) -> Money { try! Money(parsing: text) }
    static func date(_ text: String) -> CivilDate { CivilDate(text)! }
    static func propertyFee(_ language: Language) -> String {
        language == .zh ? "物业费" : "Property fee"
    }
    static func water(_ language: Language) -> String { language == .zh ? "水费" : "Water" }
    static func parkingFee(_ language: Language) -> String {
        language == .zh ? "车位费" : "Parking"
    }
    private static func names(_ zh: [String], _ en: [String], _ language: Language) -> [String] {
        language == .zh ? zh : en
    }
}
