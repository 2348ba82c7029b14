import Primitives

/// A mail address as people type it: full-width characters become ASCII, slips of the finger are
/// named with what was likely meant.
struct MailAddressReading {
    /// To be taken where it `isUsable`.
    let address: String
    let isUsable: Bool
    /// What deserves a look though the address is taken: a character changed, a domain that looks
    /// mistyped.
    let remark: Bilingual?
    /// What was likely meant, where the address cannot be used.
    let suggestion: String?

    init(_ text: String) {
        let narrow = halfWidth(text)
        address = isMailAddress(narrow) ? narrow : text
        isUsable = isMailAddress(narrow)
        guard isUsable else {
            let meant = mended(narrow)
            suggestion = isMailAddress(meant) ? corrected(meant) ?? meant : nil
            remark = nil
            return
        }
        suggestion = nil
        let changed =
            narrow == text
            ? nil
            : Bilingual(
                zh: "有全角字符，已改成半角：\(narrow)。", en: "has full-width characters; taken as \(narrow).")
        let doubtful = corrected(narrow).map { meant in
            Bilingual(
                zh: "域名像是写错了，是不是 \(meant)？已照原样登记，请核对。",
                en: "has a domain that looks mistyped: is it \(meant)? Taken as it is; check it.")
        }
        remark = [changed, doubtful].compactMap { $0 }.reduce(nil) { all, one in
            guard let all else { return one }
            return Bilingual(zh: all.zh + one.zh, en: all.en + " It " + one.en)
        }
    }
}

/// `ａ＠ｂ．ｃｏｍ`, and the full stops of Chinese, as ASCII; spaces at the ends and marks that nobody
/// sees go.
private func halfWidth(_ text: String) -> String {
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
        switch scalar.value {
        case 0xff01...0xff5e: scalars.append(Unicode.Scalar(scalar.value - 0xfee0)!)
        case 0x3002, 0xff61: scalars.append(".")
        case 0x3000: scalars.append(" ")
        case 0x200b...0x200f, 0x2060, 0xfeff: continue
        default: scalars.append(scalar)
        }
    }
    return trimmed(String(scalars))
}

/// What cannot be used as it stands, with the commonest slips mended: a second `@`, spaces, commas
/// for dots, dots too many, a dot left out before the end.
private func mended(_ text: String) -> String {
    // A name before, as in `Dora <a04@example.com>`.
    let words = text.split { $0.isWhitespace || "<>\"'；;".contains($0) }
    let whole = words.filter { $0.contains("@") && $0.first != "@" && $0.last != "@" }
    var text = (whole.count == 1 ? String(whole[0]) : text).lowercased().filter {
        !$0.isWhitespace && !"<>\"'；;".contains($0)
    }
    for prefix in ["mailto:", "email:", "邮箱:"] where text.hasPrefix(prefix) {
        text.removeFirst(prefix.count)
    }
    text = text.replacing("@@", with: "@").replacing(",", with: ".").replacing("，", with: ".")
        .replacing("..", with: ".").replacing("@.", with: "@").replacing(".@", with: "@")
    while let last = text.last, ".,。".contains(last) { text.removeLast() }
    let parts = text.split(separator: "@", omittingEmptySubsequences: false)
    guard parts.count == 2, !parts[1].contains(".") else { return text }
    guard let domain = knownDomains.first(where: { $0.filter { $0 != "." } == parts[1] }) else {
        return text
    }
    return parts[0] + "@" + domain
}

/// The address with the domain that was likely meant; `nil` where nothing looks mistyped.
private func corrected(_ address: String) -> String? {
    let parts = address.split(separator: "@")
    let domain = parts[1].lowercased()
    guard !knownDomains.contains(domain), let meant = likelyDomain(domain) else { return nil }
    return parts[0] + "@" + meant
}

private func likelyDomain(_ domain: String) -> String? {
    if let listed = mistypedDomains[domain] { return listed }
    guard let dot = domain.lastIndex(of: ".") else { return nil }
    let name = domain[..<dot]
    let end = domain[domain.index(after: dot)...]
    if mistypedEnds.contains(String(end)) {
        // `qq.con`, `vip.sina.cm`
        return knownDomains.first {
            $0.hasPrefix(name + ".") && $0.dropFirst(name.count + 1).contains(".") == false
        }
            ?? likelyDomain(name + ".com")
    }
    guard end == "com" else { return nil }
    return longNames.first { isOneSlipAway($0, String(name)) }.map { $0 + ".com" }
}

/// Where mail of owners goes, mostly.
private let knownDomains = [
    "qq.com", "vip.qq.com", "foxmail.com", "163.com", "vip.163.com", "126.com", "vip.126.com",
    "yeah.net", "188.com", "sina.com", "sina.cn", "vip.sina.com", "sohu.com", "vip.sohu.com",
    "139.com",
    "189.cn", "wo.cn", "aliyun.com", "tom.com", "21cn.com", "263.net", "163.net", "gmail.com",
    "googlemail.com", "hotmail.com", "outlook.com", "live.com", "live.cn", "msn.com", "icloud.com",
    "me.com", "yahoo.com", "yahoo.com.cn", "yahoo.cn", "mail.com", "email.com", "ymail.com",
]

/// Ends of `com` as fingers type them. Some are countries: that the name before is a known one is
/// what tells.
private let mistypedEnds: Set<String> = [
    "con", "cm", "cmo", "co", "om", "ocm", "comm", "coom", "conm", "cpm", "vom", "xom", "cim",
    "clm",
    "ccm", "com1", "comn", "como", "cob", "c0m", "dom", "cov", "copm",
]

private let mistypedDomains = [
    "qqq.com": "qq.com", "qq.com.cn": "qq.com", "qq.cn": "qq.com", "pq.com": "qq.com",
    "163.com.cn": "163.com", "126.com.cn": "126.com", "l63.com": "163.com", "i63.com": "163.com",
    "1663.com": "163.com", "1633.com": "163.com", "613.com": "163.com", "136.com": "163.com",
    "l26.com": "126.com", "1226.com": "126.com", "yeah.com": "yeah.net", "189.com": "189.cn",
    "gmial.com": "gmail.com", "gamil.com": "gmail.com", "gmal.com": "gmail.com",
    "gmil.com": "gmail.com",
    "gmai.com": "gmail.com", "gmali.com": "gmail.com", "gmaill.com": "gmail.com",
    "ggmail.com": "gmail.com", "gnail.com": "gmail.com", "gmain.com": "gmail.com",
    "snia.com": "sina.com", "sian.com": "sina.com", "sinna.com": "sina.com", "shou.com": "sohu.com",
    "souhu.com": "sohu.com", "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com",
    "yhaoo.com": "yahoo.com",
]

/// Long enough that a neighbour is hardly another provider.
private let longNames = ["foxmail", "hotmail", "outlook", "icloud", "aliyun", "googlemail"]

/// Whether one letter is missing, too many, another, or two have changed places.
private func isOneSlipAway(_ name: String, _ typed: String) -> Bool {
    let (a, b) = (Array(name.utf8), Array(typed.utf8))
    guard a != b, abs(a.count - b.count) <= 1 else { return false }
    let same = zip(a, b).prefix { $0 == $1 }.count
    let (restA, restB) = (a[same...], b[same...])
    return restA.dropFirst() == restB.dropFirst() || restA.dropFirst().elementsEqual(restB)
        || restA.elementsEqual(restB.dropFirst())
        || restA.count == restB.count && restA.count >= 2
            && restA.prefix(2).reversed().elementsEqual(restB.prefix(2))
            && restA.dropFirst(2).elementsEqual(restB.dropFirst(2))
}
