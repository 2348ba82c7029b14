/// What a column of the tables holds: what a spreadsheet's cell is read and written as.
enum ColumnKind: Equatable {
    /// Whatever a spreadsheet made of it is not what was typed, unless it stayed text.
    case code
    case text
    case date
    case period
    case number(decimals: Int)
    /// A share of one, which may be shown in percent.
    case rate(decimals: Int)
}

extension TableFormat.Column {
    var kind: ColumnKind { kinds[chinese] ?? .text }
}

/// By the Chinese name, which says what `from` and `to` are.
private let kinds: [String: ColumnKind] = [
    "房号": .code, "业主编号": .code, "收费项目": .code, "流水号": .code, "编号": .code, "楼栋": .code,
    "电话": .code,
    "交付日期": .date, "起始日期": .date, "终止日期": .date, "到期日": .date, "到账日期": .date,
    "日期": .date, "复核日期": .date, "决定日期": .date,
    "账期": .period, "起始账期": .period, "终止账期": .period,
    "面积": .number(decimals: 2), "金额": .number(decimals: 2), "数值": .number(decimals: 2),
    "单价": .number(decimals: 4), "上期读数": .number(decimals: 3), "本期读数": .number(decimals: 3),
    "周期月数": .number(decimals: 0), "约定滞纳金日率": .rate(decimals: 6),
]
