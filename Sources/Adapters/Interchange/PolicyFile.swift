public import Dunning
import Evidence
import FeeLedger
public import Primitives
import Yams

/// Reads `policy.yaml` (SPEC.md 9). Numbers are taken from their text, never through floating point.
public enum PolicyFile {
    /// The policy that the text says.
    /// - Throws: everything that is wrong with it, by row and setting.
    public static func read(_ text: String) throws(PolicyProblems) -> CommunityPolicy {
        if let row = rowOfAlias(in: text) { throw PolicyProblems([.alias(row: row)]) }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw PolicyProblems([.notYAML(row: (error as? YamlError)?.row)])
        }
        guard let root, root.mapping != nil else { throw PolicyProblems([.notYAML(row: nil)]) }
        let reader = PolicyReader()
        let policy = reader.policy(Entry(node: root, path: ""))
        if !reader.problems.isEmpty { throw PolicyProblems(reader.problems) }
        return policy
    }
}

public struct PolicyProblems: Error {
    public let problems: [ImportProblem]
    init(_ problems: [ImportProblem]) { self.problems = problems }
}

extension ImportProblem {
    fileprivate static func alias(row: Int) -> ImportProblem {
        ImportProblem(
            file: TableFormat.policyFile, row: row,
            Bilingual(
                zh: "不是 YAML。请对照说明里的样例检查缩进和引号。不能用 * 引用别处的内容；是文字的，请加引号。",
                en:
                    "is not YAML. Compare indentation and quotes with the sample. Nothing can be referred "
                    + "to by *; put text in quotes."))
    }

    fileprivate static func notYAML(row: Int?) -> ImportProblem {
        ImportProblem(
            file: TableFormat.policyFile, row: row,
            Bilingual(
                zh: "不是 YAML。请对照说明里的样例检查缩进和引号。",
                en: "is not YAML. Compare indentation and quotes with the sample."))
    }
}

extension YamlError {
    fileprivate var row: Int? {
        switch self {
        case .scanner(_, _, let mark, _), .parser(_, _, let mark, _), .composer(_, _, let mark, _):
            mark.line
        case .duplicatedKeysInMapping(_, let context): context.mark.line
        default: nil
        }
    }
}

/// The first row that holds an alias. Aliases of aliases would be written out, without end.
private func rowOfAlias(in text: String) -> Int? {
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
    {
        var before: UInt8 = UInt8(ascii: " ")
        var wasAlias = false
        for byte in line.utf8 {
            if wasAlias, isWord(byte) { return index + 1 }
            wasAlias = byte == UInt8(ascii: "*") && " \t[{,:-?".utf8.contains(before)
            before = byte
        }
    }
    return nil
}

private func isWord(_ byte: UInt8) -> Bool {
    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
}

/// A node with the path by which messages name it.
struct Entry {
    let node: Node
    let path: String
}

final class PolicyReader {
    var problems: [ImportProblem] = []

    func policy(_ root: Entry) -> CommunityPolicy {
        check(
            root,
            knows: [
                "community", "code", "office", "due_day", "allocation", "late_fee", "bill_channels",
                "dunning", "limitation", "letters", "mail", "allow_unusual_rate", "court",
                "casework",
            ])
        let lateFee = child("late_fee", of: root)
        let unusual =
            flag("allow_unusual_rate", in: root)
            ?? lateFee.flatMap { flag("allow_unusual_rate", in: $0) } ?? false
        var policy = CommunityPolicy(
            name: required("community", in: root), code: code(in: root),
            office: child("office", of: root).map(office),
            dueDay: count("due_day", in: root, 1...31) ?? missing("due_day", in: root, 15),
            allocation: choice("allocation", in: root) ?? .principalFirst,
            lateFee: lateFeePolicy(lateFee, allowsUnusual: unusual), allowsUnusualRates: unusual,
            ladder: ladder(root), limitation: limitation(child("limitation", of: root)),
            letters: child("letters", of: root).map(letters) ?? LetterSettings(),
            mail: child("mail", of: root).map(mail) ?? MailSettings())
        policy.smallClaims = child("court", of: root).map(smallClaims) ?? []
        policy.casework = child("casework", of: root).map(casework) ?? CaseworkSettings()
        return policy
    }

    /// `court: { small_claims: [{ from: 2026-01-01, ceiling: 50000.00 }] }`
    private func smallClaims(_ court: Entry) -> [SmallClaimsCeiling] {
        check(court, knows: ["small_claims"])
        return list("small_claims", in: court).map { entry in
            check(entry, knows: ["from", "ceiling"])
            return SmallClaimsCeiling(
                from: date("from", in: entry),
                amount: decimal("ceiling", in: entry) ?? missing("ceiling", in: entry, .zero))
        }
    }

    private func code(in root: Entry) -> String {
        let code = required("code", in: root)
        let isPlain = code.utf8.allSatisfy {
            (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0)
        }
        if !isPlain || code.utf8.count > 12 {
            refuse(
                child("code", of: root),
                Bilingual(
                    zh: "小区代码只能用 1 到 12 个字母和数字。",
                    en: "a community code has 1 to 12 letters and digits."))
        }
        return code
    }

    private func office(_ entry: Entry) -> OfficeDetails {
        check(entry, knows: ["name", "address", "phone", "email", "contact", "bank"])
        var office = OfficeDetails()
        office.name = required("name", in: entry)
        office.address = text("address", in: entry) ?? ""
        office.phone = text("phone", in: entry) ?? ""
        office.email = text("email", in: entry) ?? ""
        if !office.email.isEmpty, !isMailAddress(office.email) {
            refuse(child("email", of: entry), notAnAddress)
        }
        office.contact = text("contact", in: entry) ?? ""
        if let bank = child("bank", of: entry) {
            check(bank, knows: ["name", "account", "holder"])
            if bank.node.mapping == nil { return office }
            office.bankName = required("name", in: bank)
            office.bankAccount = required("account", in: bank)
            office.bankHolder = required("holder", in: bank)
        }
        return office
    }

    // MARK: - Late fees

    private func lateFeePolicy(_ entry: Entry?, allowsUnusual: Bool) -> LateFeePolicy {
        guard let entry else {
            return LateFeePolicy(segments: [], grace: 0, graceMode: .forgive, cap: .one)
        }
        check(entry, knows: ["grace", "grace_mode", "cap", "rates", "allow_unusual_rate"])
        let segments = list("rates", in: entry).map { segment($0, allowsUnusual: allowsUnusual) }
        for (before, after) in zip(segments, segments.dropFirst()) where before.from >= after.from {
            refuse(
                child("rates", of: entry),
                Bilingual(
                    zh: "日率要按起始日期从早到晚排列，不能重复：\(after.from)。",
                    en: "rates stand in order of their dates, each date once: \(after.from)."))
        }
        return LateFeePolicy(
            segments: segments, grace: count("grace", in: entry, 0...3650) ?? 0,
            graceMode: choice("grace_mode", in: entry) ?? .forgive,
            cap: decimal("cap", in: entry) ?? .one)
    }

    private func segment(_ entry: Entry, allowsUnusual: Bool) -> LateFeePolicy.Segment {
        check(entry, knows: ["from", "daily"])
        let rate: DailyRate = decimal("daily", in: entry) ?? missing("daily", in: entry, .zero)
        if rate > LateFeePolicy.highestUsualRate, !allowsUnusual {
            refuse(child("daily", of: entry), rate.unusualMessage)
        }
        return LateFeePolicy.Segment(from: date("from", in: entry), rate: rate)
    }

    // MARK: - Dunning

    private func ladder(_ root: Entry) -> DunningLadder {
        let customary = DunningLadder.customary
        let stages =
            child("dunning", of: root) == nil
            ? customary.stages : list("dunning", in: root).map(stage)
        if Set(stages.map(\.code)).count != stages.count || stages.isEmpty {
            refuse(
                child("dunning", of: root),
                Bilingual(
                    zh: "至少要有一级催缴，名称不能重复。", en: "there is at least one stage, each name once."))
        }
        return DunningLadder(
            stages: stages,
            billChannels: channels("bill_channels", in: root) ?? customary.billChannels)
    }

    private func stage(_ entry: Entry) -> DunningStage {
        check(
            entry,
            knows: [
                "stage", "from_day", "min_amount", "repeat_after", "channels", "template",
                "signature",
            ])
        let code = required("stage", in: entry)
        return DunningStage(
            code: code,
            fromDay: count("from_day", in: entry, 1...3650) ?? missing("from_day", in: entry, 1),
            minAmount: decimal("min_amount", in: entry) ?? .zero,
            repeatAfter: count("repeat_after", in: entry, 0...3650)
                ?? missing("repeat_after", in: entry, 30),
            channels: channels("channels", in: entry) ?? missing("channels", in: entry, []),
            template: text("template", in: entry) ?? code,
            asksForSignature: flag("signature", in: entry) ?? false)
    }

    private func channels(_ key: String, in entry: Entry) -> [Channel]? {
        guard child(key, of: entry) != nil else { return nil }
        return list(key, in: entry).compactMap { item in
            if let channel = item.node.string.flatMap({ Channel(named: $0) }) { return channel }
            refuse(
                item,
                Bilingual(zh: "只能是：\(Channel.choices)。", en: "must be one of: \(Channel.choices)."))
            return nil
        }
    }

    private func limitation(_ entry: Entry?) -> LimitationTerms {
        guard let entry else { return .statutory }
        check(entry, knows: ["years", "warn_days", "accept"])
        return LimitationTerms(
            years: count("years", in: entry, 1...30) ?? LimitationTerms.statutory.years,
            warnDays: count("warn_days", in: entry, 0...3650) ?? LimitationTerms.statutory.warnDays,
            accept: child("accept", of: entry) == nil
                ? [] : list("accept", in: entry).compactMap(accepted))
    }

    /// A way of service whose grade may be D, or `D`: any other word would accept nothing.
    private func accepted(_ item: Entry) -> String? {
        let known = ProofGrade.acceptable
        if let word = item.node.string, known.contains(word) { return word }
        let words = known.joined(separator: ", ")
        refuse(
            item,
            Bilingual(
                zh: "只能是证明力可以为 D 的送达方式，或 D：\(words)。",
                en: "must be a way of service whose grade can be D, or D: \(words)."))
        return nil
    }

    // MARK: - Letters

    private func letters(_ entry: Entry) -> LetterSettings {
        check(entry, knows: ["seal", "collection_code", "address", "window", "fonts"])
        var letters = LetterSettings()
        letters.seal = picture("seal", in: entry)
        letters.collectionCode = picture("collection_code", in: entry)
        if child("address", of: entry) != nil {
            letters.address = list("address", in: entry).compactMap(\.node.string)
        }
        if let window = child("window", of: entry) { letters.window = addressWindow(window) }
        if let fonts = child("fonts", of: entry) {
            check(fonts, knows: ["prose", "figures"])
            letters.proseFont = text("prose", in: fonts)
            letters.figuresFont = text("figures", in: fonts)
        }
        return letters
    }

    private func picture(_ key: String, in entry: Entry) -> String? {
        guard let name = text(key, in: entry) else { return nil }
        let isPicture = [".png", ".jpg", ".jpeg"].contains { name.lowercased().hasSuffix($0) }
        if !isPicture || name.contains("/") {
            refuse(
                child(key, of: entry),
                Bilingual(
                    zh: "要写图片的文件名（.png 或 .jpg），图片和 policy.yaml 放在同一个文件夹。",
                    en:
                        "must be the name of a picture (.png or .jpg) that stands beside policy.yaml."
                ))
        }
        return name
    }

    private func addressWindow(_ entry: Entry) -> AddressWindow {
        check(entry, knows: ["left", "top", "width", "height"])
        var window = AddressWindow()
        window.left = decimal("left", in: entry) ?? window.left
        window.top = decimal("top", in: entry) ?? window.top
        window.width = decimal("width", in: entry) ?? window.width
        window.height = decimal("height", in: entry) ?? window.height
        if !window.isInReach {
            refuse(
                entry,
                Bilingual(
                    zh: "单位是毫米：left 不小于 15，top 不小于 40，width 不小于 50，height 不小于 15，"
                        + "left 加 width 不超过 110，top 加 height 不超过 95。可用 dunwell letters --test-sheet 试印。",
                    en:
                        "is in millimetres: left at least 15, top 40, width 50, height 15; left and width "
                        + "together at most 110, top and height 95. Try it with dunwell letters --test-sheet."
                ))
        }
        return window
    }

    // MARK: - Nodes

    func child(_ key: String, of entry: Entry) -> Entry? {
        guard let node = entry.node.mapping?[Node(key)], node.null == nil else { return nil }
        return Entry(node: node, path: entry.path.isEmpty ? key : entry.path + "." + key)
    }

    func list(_ key: String, in entry: Entry) -> [Entry] {
        guard let found = child(key, of: entry) else { return missing(key, in: entry, []) }
        guard let sequence = found.node.sequence else {
            refuse(found, Bilingual(zh: "要写成一个列表。", en: "must be a list."))
            return []
        }
        return sequence.enumerated().map { Entry(node: $1, path: "\(found.path)[\($0 + 1)]") }
    }

    func text(_ key: String, in entry: Entry) -> String? {
        guard let found = child(key, of: entry) else { return nil }
        if let text = found.node.string { return text }
        refuse(found, Bilingual(zh: "要写成一段文字。", en: "must be text."))
        return nil
    }

    func required(_ key: String, in entry: Entry) -> String {
        guard let text = text(key, in: entry), !text.isEmpty else {
            return missing(key, in: entry, "")
        }
        return text
    }

    func flag(_ key: String, in entry: Entry) -> Bool? {
        guard let found = child(key, of: entry) else { return nil }
        if let flag = found.node.bool { return flag }
        refuse(found, Bilingual(zh: "只能是 true 或 false。", en: "must be true or false."))
        return nil
    }

    func count(_ key: String, in entry: Entry, _ range: ClosedRange<Int>) -> Int? {
        guard let text = text(key, in: entry) else { return nil }
        if let count = Int(text), range.contains(count) { return count }
        let bounds = "\(range.lowerBound)–\(range.upperBound)"
        refuse(
            child(key, of: entry),
            Bilingual(zh: "要是 \(bounds) 的整数。", en: "must be a whole number of \(bounds)."))
        return range.lowerBound
    }

    func decimal<Quantity: DecimalQuantity>(_ key: String, in entry: Entry) -> Quantity? {
        guard let text = text(key, in: entry) else { return nil }
        do {
            let value = try Quantity(parsing: text)
            if value >= .zero { return value }
            refuse(child(key, of: entry), Bilingual(zh: "不能小于 0。", en: "must not be below 0."))
        } catch {
            refuse(child(key, of: entry), error.remedy)
        }
        return .zero
    }

    func date(_ key: String, in entry: Entry) -> CivilDate {
        let text = required(key, in: entry)
        if let date = CivilDate(text) { return date }
        if !text.isEmpty {
            refuse(
                child(key, of: entry),
                Bilingual(
                    zh: "不是日期。请写成 2026-11-21 这样。", en: "is not a date. Write it like 2026-11-21."))
        }
        return CivilDate(dayNumber: 0)
    }

    func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ key: String, in entry: Entry
    ) -> Choice? {
        guard let text = text(key, in: entry) else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        let choices = Choice.allCases.map(\.rawValue).joined(separator: ", ")
        refuse(
            child(key, of: entry),
            Bilingual(zh: "只能是：\(choices)。", en: "must be one of: \(choices)."))
        return nil
    }

    // MARK: - Problems

    func check(_ entry: Entry, knows keys: [String]) {
        guard let mapping = entry.node.mapping else {
            return refuse(entry, Bilingual(zh: "要写成键和值。", en: "must be keys with values."))
        }
        for key in mapping.keys where !keys.contains(key.string ?? "") {
            let known = keys.joined(separator: ", ")
            refuse(
                Entry(node: key, path: entry.path.isEmpty ? key.string ?? "" : entry.path),
                Bilingual(
                    zh: "没有这个设置。可用的：\(known)。", en: "is no setting here. Those known: \(known)."))
        }
    }

    func missing<Value>(_ key: String, in entry: Entry, _ placeholder: Value) -> Value {
        problems.append(
            ImportProblem(
                file: TableFormat.policyFile, row: entry.node.mark?.line,
                column: entry.path.isEmpty ? key : entry.path + "." + key,
                Bilingual(zh: "没有写。请补上。", en: "is missing. Add it.")))
        return placeholder
    }

    func refuse(_ entry: Entry?, _ message: Bilingual) {
        problems.append(
            ImportProblem(
                file: TableFormat.policyFile, row: entry?.node.mark?.line, column: entry?.path,
                value: entry?.node.string, message))
    }
}

extension DailyRate {
    /// Names the yearly rate, for a rate that is surely a typing error.
    public var unusualMessage: Bilingual {
        Bilingual(
            zh: "日率 \(perMille)，一年就是 \(perYear)，高于通常的 3‰。多半是把 1‰（0.001）写错了；"
                + "确实如此约定的，请在 policy.yaml 里写 allow_unusual_rate: true。",
            en: "\(perMille) a day is \(perYear) a year, above the usual limit of 3‰ a day. 1‰ is "
                + "written 0.001; if the contract really says so, set allow_unusual_rate: true in "
                + "policy.yaml.")
    }
}
