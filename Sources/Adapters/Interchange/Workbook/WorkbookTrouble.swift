import Primitives

/// Why a workbook, or one place of it, cannot be read on.
enum WorkbookTrouble: Error {
    case unreadable
    /// Neither a workbook nor one of the kinds below.
    case noWorkbook
    /// Excel 97–2003.
    case oldWorkbook
    case password
    case binaryWorkbook
    case openDocument
    case damaged(row: Int?)
    /// Unpacked, larger than any table of an office.
    case tooLarge
    /// Packed so densely that no table can be inside.
    case tooDense
    case tooManyParts
    case tooMuchText
    case cellTooLong(row: Int?)
    case rowTooLong(row: Int)
    case mergedCells(row: Int, cells: String)
    case noSheet
    case empty

    /// Where it is: the row, as the spreadsheet numbers it.
    var row: Int? {
        switch self {
        case .damaged(let row), .cellTooLong(let row): row
        case .rowTooLong(let row), .mergedCells(let row, _): row
        default: nil
        }
    }

    /// The cells that it speaks of.
    var cells: String? { if case .mergedCells(_, let cells) = self { cells } else { nil } }

    /// What is wrong, and the remedy.
    var message: Bilingual {
        switch self {
        case .unreadable:
            Bilingual(
                zh: "读不出来。请检查文件是否存在、是否有读取权限。",
                en: "cannot be read. Check that it exists and may be read.")
        case .noWorkbook:
            Bilingual(
                zh:
                    "不是 Excel 工作簿（.xlsx）。请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（.xlsx）”；本来是 CSV 的，文件名请用 .csv。",
                en:
                    "is no Excel workbook (.xlsx). Open it in a spreadsheet and save it as .xlsx; what is "
                    + "CSV is to be named .csv.")
        case .oldWorkbook:
            Bilingual(
                zh: "是旧的 .xls 格式，改名不会变成 .xlsx。请在 Excel 或 WPS 里打开，另存为“Excel 工作簿（.xlsx）”。",
                en:
                    "is of the old kind, .xls; another name does not change that. Open it in Excel and "
                    + "save it as .xlsx.")
        case .password:
            Bilingual(
                zh: "有密码保护，读不了。请在 Excel 里去掉密码后保存。",
                en: "is protected by a password. Take the password off in Excel and save it.")
        case .binaryWorkbook:
            Bilingual(
                zh: "是二进制的 .xlsb 格式。请在 Excel 里另存为“Excel 工作簿（.xlsx）”。",
                en: "is a binary workbook, .xlsb. Save it as .xlsx in Excel.")
        case .openDocument:
            Bilingual(
                zh: "是 OpenDocument 格式（.ods）。请另存为“Excel 工作簿（.xlsx）”。",
                en: "is an OpenDocument table, .ods. Save it as .xlsx.")
        case .damaged:
            Bilingual(
                zh: "工作簿损坏了，读不下去。请在 Excel 或 WPS 里打开，看看内容是否齐全，再另存一份。",
                en:
                    "the workbook is damaged and cannot be read on. Open it in a spreadsheet, see whether "
                    + "all is there, and save it anew.")
        default: limitMessage
        }
    }

    private var limitMessage: Bilingual {
        switch self {
        case .tooLarge:
            Bilingual(
                zh: "展开后超过 768 MB，不是正常的表格。请删去多余的行和工作表，或分成几个文件导入。",
                en:
                    "is larger than 768 MB when unpacked, which no table is. Delete what is not needed, or "
                    + "import it in several files.")
        case .tooDense:
            Bilingual(
                zh: "压缩得异常紧密，像是“压缩炸弹”，没有读。请在 Excel 或 WPS 里打开，另存一份。",
                en:
                    "is packed far too densely for a table, like a zip bomb, and was not read. Open it in a "
                    + "spreadsheet and save it anew.")
        case .tooManyParts:
            Bilingual(
                zh: "里面的部件太多，不是正常的表格。请只留一张工作表，另存一份。",
                en: "has far too many parts for a table. Keep one sheet, and save it anew.")
        case .tooMuchText:
            Bilingual(
                zh: "里面的文字超过 64 MB。请分成几个文件导入。",
                en: "holds more than 64 MB of text. Import it in several files.")
        case .cellTooLong:
            Bilingual(
                zh: "有一格超过 32767 个字。请缩短。",
                en: "a cell has more than 32767 characters. Shorten it.")
        case .rowTooLong:
            Bilingual(
                zh: "这一行超过一千格或一百万字节。请删去多余的内容。",
                en:
                    "the row has more than a thousand cells, or a million bytes. Delete what is not "
                    + "needed.")
        case .mergedCells:
            Bilingual(
                zh: "数据里有合并的单元格，只有左上角一格有内容。请取消合并，每一格都填上。",
                en:
                    "cells are merged among the data, so that only the first has a value. Unmerge them "
                    + "and fill each.")
        case .noSheet:
            Bilingual(
                zh: "里面没有可见的工作表。请把存放表格的工作表取消隐藏。",
                en: "has no visible sheet. Unhide the sheet with the table.")
        default:
            Bilingual(
                zh: "是空的，连表头也没有。请用 dunwell import --template 得到带表头的文件。",
                en:
                    "is empty, without even a header. `dunwell import --template` writes files with headers."
            )
        }
    }
}
