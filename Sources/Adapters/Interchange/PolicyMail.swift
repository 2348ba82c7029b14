import Dunning
import Primitives
import Yams

/// `mail` in `policy.yaml`: how the office's messages leave.
extension PolicyReader {
    func mail(_ entry: Entry) -> MailSettings {
        check(
            entry,
            knows: [
                "server", "authentication", "password_file", "authorities", "from", "connections",
                "per_connection", "per_minute", "per_day", "domain_per_minute", "quiet",
                "time_zone", "bounces", "bounces_password_file",
            ])
        var mail = MailSettings()
        mail.server = address("server", in: entry)
        mail.authentication = choice("authentication", in: entry) ?? .password
        mail.secretFile = text("password_file", in: entry)
        mail.authorities = text("authorities", in: entry)
        mail.bounces = address("bounces", in: entry)
        mail.bouncesSecretFile = text("bounces_password_file", in: entry)
        mail.sender = text("from", in: entry)
        if let sender = mail.sender, !isMailAddress(sender) {
            refuse(child("from", of: entry), notAnAddress)
        }
        mail.connections = count("connections", in: entry, 1...20) ?? mail.connections
        mail.perConnection = count("per_connection", in: entry, 1...1000) ?? mail.perConnection
        mail.perMinute = count("per_minute", in: entry, 1...60_000)
        mail.perDay = count("per_day", in: entry, 1...1_000_000)
        mail.domainPerMinute = count("domain_per_minute", in: entry, 1...60_000)
        mail.ahead = timeZone(entry) ?? mail.ahead
        mail.quiet = quietHours(entry, ahead: mail.ahead)
        return mail
    }

    /// A server's address without a password, which everybody could read here and in exports.
    private func address(_ key: String, in entry: Entry) -> String? {
        guard let url = text(key, in: entry), let scheme = url.firstRange(of: "://"),
            let at = url.lastIndex(of: "@"), scheme.upperBound <= at,
            url[scheme.upperBound..<at].contains(":")
        else { return text(key, in: entry) }
        // What is written there is not shown.
        problems.append(
            ImportProblem(
                file: TableFormat.policyFile, row: child(key, of: entry)?.node.mark?.line,
                column: "mail.\(key)",
                Bilingual(
                    zh: "不要把密码写在这里。请写进一个只有本人能读的文件，用 mail.password_file 指明。",
                    en: "holds a password. Put it into a file that you alone can read, named by "
                        + "mail.password_file.")))
        return nil
    }

    private func timeZone(_ entry: Entry) -> Int? {
        guard let zone = text("time_zone", in: entry) else { return nil }
        if let ahead = minutesAhead(zone) { return ahead }
        refuse(
            child("time_zone", of: entry),
            Bilingual(zh: "要写成 \"+08:00\" 这样。", en: "is written like \"+08:00\"."))
        return nil
    }

    func quietHours(_ entry: Entry, ahead: Int) -> QuietHours? {
        guard let text = text("quiet", in: entry) else { return nil }
        if let hours = QuietHours(text, ahead: ahead) { return hours }
        refuse(
            child("quiet", of: entry),
            Bilingual(zh: "要写成 \"21:00-08:00\" 这样。", en: "is written like \"21:00-08:00\"."))
        return nil
    }
}

let notAnAddress = Bilingual(
    zh: "不是邮箱地址。请写成 name@example.com 这样。",
    en: "is not a mail address. Write it like name@example.com.")
