import Glibc

/// Phrases by which reports are known, in lower case, looked for in bytes in lower case.
struct Phrases: Sendable {
    /// Each with a NUL at its end.
    private let all: [[UInt8]]

    init(_ phrases: [String]) { all = phrases.map { Array($0.utf8) + [0] } }

    /// - Parameter text: as `lowercased` gives it, without NUL.
    func occur(in text: [UInt8]) -> Bool {
        let text = text + [0]
        return text.withUnsafeBytes { text in
            let text = text.assumingMemoryBound(to: CChar.self).baseAddress!
            return all.contains { phrase in
                phrase.withUnsafeBytes {
                    strstr(text, $0.assumingMemoryBound(to: CChar.self).baseAddress!) != nil
                }
            }
        }
    }

    func begin(_ text: [UInt8]) -> Bool { all.contains { text.starts(with: $0.dropLast()) } }
}

/// ASCII letters in lower case, NUL as a space; others stay.
func lowercased(_ text: some Sequence<UInt8>) -> [UInt8] {
    text.map { (0x41...0x5a).contains($0) || $0 == 0 ? $0 | 0x20 : $0 }
}

extension Phrases {
    /// Too much at a time, or by the sender: not for good, whatever the code says (QQ says 550).
    static let rate = Phrases([
        "frequency", "rate limit", "ratelimit", "rate-limit", "throttl", "too many",
        "too much mail",
        "at a rate", "sending quota", "daily limit", "sending limit", "hourly limit", "too fast",
        "exceeded the max", "try again later", "greylist", "graylist", "发信过于频繁", "频率", "频繁",
        "发送过快", "发信量", "连接数", "temporarily deferred", "temporarily rate",
    ])

    /// About us, not about the recipient, though it speaks of what does not exist.
    static let sender = Phrases([
        "dns check", "spf check", "sender address", "sender rejected", "sender verif",
        "sender domain",
        "sender's domain", "from address", "mail from domain", "envelope sender", "发件人地址", "发件人域名",
        "发件域名",
    ])

    static let full = Phrases([
        "mailbox full", "mailbox is full", "mailbox is too full", "mailbox too large",
        "inbox is full",
        "over quota", "overquota", "over the quota", "quota exceed", "quota has been exceeded",
        "exceeded its quota", "exceed quota", "exceeds quota", "exceeds the quota", "disk quota",
        "exceeded quota", "exceeding its", "out of storage", "exceeded storage", "storage quota",
        "storage limit", "mailbox size", "mailbox limit", "mailbox storage", "mailbox has exceeded",
        "exhausted allowed storage", "no space left", "user is over", "maildir over", "mailboxfull",
        "quotaexceeded", "not enough space", "邮箱已满", "邮箱满", "邮箱容量", "邮箱空间", "容量已满", "容量不足",
        "空间不足", "空间已满", "超出容量", "超过容量", "信箱已满", "信箱滿", "信箱容量", "郵箱已滿", "已滿",
        "メールボックスが一杯", "容量を超え",
    ])

    static let unknown = Phrases([
        "user unknown", "unknown user", "unknown local", "unknown recipient", "unknown address",
        "unknown mailbox", "unknown account", "unknown or illegal", "recipient unknown",
        "address unknown", "account unknown", "no such user", "no such recipient",
        "no such mailbox",
        "no such account", "no such address", "no such email", "no such person", "no such domain",
        "no such host", "no mailbox", "no user", "no account", "user not found",
        "mailbox not found",
        "recipient not found", "account not found", "address not found", "recipnotfound",
        "recipientnotfound", "not found in", "wasn't found", "couldn't be found",
        "could not be found",
        "can't be found", "cannot be found", "couldn't find", "not exist", "doesn't exist",
        "nonexist", "non-exist", "not a valid", "invalid recipient", "invalid mailbox",
        "invalid address", "invalid user", "user invalid", "bad destination", "bad address",
        "mailbox unavailable", "mailbox disabled", "account disabled", "is disabled",
        "account is locked",
        "user is locked", "user locked", "user suspended", "account suspended", "has been disabled",
        "discontinued", "doesn't have a", "account that you tried to reach is inactive",
        "is inactive", "is not active", "inactive user", "deactivated", "no longer available",
        "no longer valid",
        "no longer in use", "no longer on", "no longer exist", "has been closed", "unrouteable",
        "unroutable", "host or domain name not found", "host not found", "host unknown",
        "domain not found", "domain name not found", "name or service not known", "nxdomain",
        "null mx",
        "does not accept mail", "doesn't accept mail", "mx record", "not listed in",
        "not our customer",
        "undeliverable address", "不存在", "无此用户", "没有此用户", "无此收件人", "查无此", "地址错误", "地址有误",
        "地址不正确", "域名错误", "域名不", "已注销", "已停用", "被禁用", "已被锁定", "被冻结", "被封",
        "找不到", "无法找到", "拼写错误", "不正確", "查無", "宛先不明", "存在しません", "見つかりません",
    ])

    static let refused = Phrases([
        "spam", "junk", "block", "blacklist", "black list", "denylist", "reputation", "dmarc",
        "spf ",
        "spf:", "dkim", "policy", "virus", "content reject", "message reject", "mail reject",
        "rejected", "relay", "not allowed", "access denied", "unauthori", "authenticat", "prohibit",
        "not permitted", "unsolicited", "bulk", "suspicious", "suspected", "dt:spm", "dt:spf",
        "dt:sum",
        "dt:mm", "trusted", "refused to accept", "too large", "too big", "size limit",
        "exceeds size",
        "message size", "禁止", "垃圾", "拒收", "拒绝", "屏蔽", "黑名单", "病毒", "敏感", "反垃圾", "拒絕",
        "受信拒否", "迷惑メール",
    ])

    static let deniedByDirectory = Phrases(["recipient address rejected: access denied"])
}
