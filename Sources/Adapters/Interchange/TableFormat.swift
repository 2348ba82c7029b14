import FeeLedger
import Primitives

/// A file of the community folder: its columns, in order, in English and Chinese (SPEC.md 9).
public struct TableFormat: Sendable {
    public struct Column: Sendable, Hashable {
        public let english: String
        public let chinese: String
        /// The file may lack it.
        public let isOptional: Bool

        /// Whether a header cell means this column: in either language, or in both (`房号 unit`).
        func isNamed(by header: String) -> Bool {
            let words = header.split { " \u{3000}()（）/=".contains($0) }
            return !words.isEmpty
                && words.allSatisfy { $0.lowercased() == english || $0 == chinese }
        }
    }

    public let file: String
    public let columns: [Column]

    /// - Parameter columns: `unit=房号`; a question mark at the end makes one optional.
    init(_ file: String, _ columns: String) {
        self.file = file
        self.columns = columns.split(separator: " ").map { entry in
            let names = entry.filter { $0 != "?" }.split(separator: "=")
            return Column(
                english: String(names[0]), chinese: String(names[1]),
                isOptional: entry.hasSuffix("?"))
        }
    }

    private init(file: String, columns: [Column]) {
        self.file = file
        self.columns = columns
    }

    /// The same table as an Excel workbook: `units.xlsx`.
    public var workbook: TableFormat {
        TableFormat(file: file.dropLast(".csv".count) + ".xlsx", columns: columns)
    }

    public static let units = TableFormat(
        "units.csv", "unit=房号 building=楼栋 kind=类型 area=面积 handover=交付日期?")
    public static let owners = TableFormat(
        "owners.csv",
        "owner=业主编号 name=姓名 phone=电话? email=邮箱? address=通讯地址? channels=送达方式? language=语言?")
    public static let ownerships = TableFormat(
        "ownerships.csv", "unit=房号 owner=业主编号 from=起始日期 to=终止日期? daily_rate=约定滞纳金日率?")
    public static let fees = TableFormat(
        "fees.csv",
        "item=收费项目 name=名称 basis=计费方式 price=单价 cycle=周期月数 kinds=适用类型 from=起始日期 to=终止日期?")
    public static let readings = TableFormat(
        "readings.csv", "unit=房号 item=收费项目 period=账期 previous=上期读数 reading=本期读数")
    public static let charges = TableFormat(
        "charges.csv", "unit=房号 item=收费项目 period=账期 amount=金额 due=到期日")
    public static let payments = TableFormat(
        "payments.csv",
        "reference=流水号 date=到账日期 unit=房号 owner=业主编号? amount=金额 method=方式 payer=付款人? note=备注?")
    public static let waivers = TableFormat(
        "waivers.csv",
        "reference=编号 date=日期 unit=房号 item=收费项目 period=账期 amount=金额 reason=原因 approved_by=批准人")
    public static let concessions = TableFormat(
        "concessions.csv",
        "reference=编号 unit=房号 item=收费项目 from=起始账期 to=终止账期? kind=方式 value=数值? reason=原因 "
            + "approved_by=批准人 review=复核日期? on=决定日期?")
    public static let holds = TableFormat(
        "holds.csv", "unit=房号 reason=原因 from=起始日期 to=终止日期? note=备注?")

    /// The column that an English or Chinese name means.
    public func column(named name: String) -> Column? { columns.first { $0.isNamed(by: name) } }

    /// In the order in which an import reads them.
    public static let all = [
        units, owners, ownerships, fees, readings, charges, payments, waivers, concessions, holds,
    ]
    /// The file of the policy, beside the tables.
    public static let policyFile = "policy.yaml"
}

/// A value as the tables' exports write it, so that a key typed in another spelling is found.
public func canonical(_ value: String, of column: String) -> String {
    switch column {
    case "from", "to", "date", "due": spreadsheetDate(value)?.description ?? value
    case "period": spreadsheetPeriod(value)?.description ?? value
    case "kinds":
        value.split { ";；、".contains($0) }
            .map { UnitKind(named: trimmed($0))?.rawValue ?? String($0) }.sorted()
            .joined(separator: ";")
    default: unmarked(trimmed(value))
    }
}
