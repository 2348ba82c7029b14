import ArgumentParser
import Dispatch
import FoundationEssentials
@preconcurrency import Glibc
import Logging
import Office
import Primitives
import Synchronization
import WebPages

struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Serve the office's pages. 打开网页。",
        discussion: """
              dunwell serve
              dunwell serve --listen 127.0.0.1:8080
              dunwell serve --listen :443 --certificate chain.pem --key key.pem --origin https://fees.example.com
              dunwell serve --origin https://fees.example.com --behind-proxy
              dunwell serve --routes

            Open the address that it prints in a browser. Requests that name another host than this machine's own
            or an --origin are refused (421). In clear it belongs on this machine alone, or behind a
            proxy that speaks TLS (deploy/). While it runs it makes the office's morning once a day, after
            --morning, and sends mail that is due. Logs go to standard error, without personal data.
            """)

    @OptionGroup var common: CommonOptions
    @OptionGroup var account: MailAccountArguments

    @Option(help: "Address and port. 监听地址。")
    var listen = "127.0.0.1:8080"

    @Option(help: "PEM file of the certificate and its chain. 证书。")
    var certificate: String?

    @Option(help: "PEM file of the certificate's key. 私钥。")
    var key: String?

    @Option(
        help:
            "How browsers name this site, such as https://fees.example.com; may be repeated. 对外网址。")
    var origin: [String] = []

    @Flag(help: "A proxy of the office stands before it, and says who calls. 前面有反向代理。")
    var behindProxy = false

    @Option(help: "From which hour on the day's work is done, 0 to 23. 几点以后做每天的工作。")
    var morning = 6

    @Flag(help: "Leave the office's morning and mail to others. 不做每天的工作。")
    var noDaily = false

    @Option(help: "The date that counts as today, for practice and tests. 练习用日期。")
    var today: CivilDate?

    @Flag(help: "Print all routes with who may use them, and end. 列出所有网址。")
    var routes = false

    func validate() throws {
        guard (certificate == nil) == (key == nil) else {
            throw ValidationError(
                "--certificate and --key belong together. --certificate 和 --key 要一起用。")
        }
        guard (0...23).contains(morning) else {
            throw ValidationError("--morning is 0 to 23. --morning 是 0 到 23。")
        }
        let (host, _) = try place()
        let isHere = isLoopback(host)
        guard isHere && !behindProxy || !origin.isEmpty else {
            throw ValidationError(
                "say how browsers name this site: --origin https://fees.example.com "
                    + "请用 --origin 写明对外网址。")
        }
        for one in origin where !isOrigin(one) {
            throw ValidationError(
                "--origin \(one) is not like https://fees.example.com "
                    + "--origin 写成 https://fees.example.com 这样，后面不带路径。")
        }
        guard isHere || certificate != nil || behindProxy else {
            throw ValidationError(
                "in clear the pages belong on 127.0.0.1; give --certificate and --key, or --behind-proxy. "
                    + "不加密只能用 127.0.0.1；请加 --certificate 和 --key，或 --behind-proxy。")
        }
    }

    private func isOrigin(_ text: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 3 && ["http:", "https:"].contains(parts[0].lowercased())
            && parts[1].isEmpty && !parts[2].isEmpty
    }

    private func place() throws -> (host: String, port: Int) {
        guard let colon = listen.lastIndex(of: ":"),
            let port = Int(listen[listen.index(after: colon)...]),
            (0...65535).contains(port)
        else {
            throw ValidationError(
                "--listen is HOST:PORT, such as 127.0.0.1:8080. --listen 写成 地址:端口。")
        }
        let host = listen[..<colon].filter { $0 != "[" && $0 != "]" }
        return (host.isEmpty ? "0.0.0.0" : String(host), port)
    }

    /// The other commands need no threads, so the program's beginning is plain; here it waits for
    /// the server's.
    func run() throws {
        if routes { return try listRoutes() }
        let (serving, end) = (self, DispatchSemaphore(value: 0))
        let failure = Mutex<(any Error)?>(nil)
        Task.detached {
            do { try await serving.serve() } catch { failure.withLock { $0 = error } }
            end.signal()
        }
        end.wait()
        if let error = failure.withLock({ $0 }) { throw error }
    }

    private func serve() async throws {
        signal(SIGPIPE, SIG_IGN)
        var logger = Logger(label: "dunwell") { StreamLogHandler.standardError(label: $0) }
        logger.logLevel = .info
        let (common, fixed, log) = (common, today, logger)
        let firstRun = try firstRunToken(effects: try common.serverEffects())
        let (host, port) = try place()
        let site = Site(
            templates: try PageTemplates(folder: pagesFolder()),
            settings: SiteSettings(
                today: { fixed ?? dunwell.today() }, secondsEastOfUTC: { secondsEast(at: $0) },
                hosts: KnownHosts(origins: origin, listening: host), patience: patience,
                mail: dailyMail(account.options),
                report: { log.error("failed", metadata: ["error": "\($0)"]) }))
        var settings = ServerSettings(host: host, port: port)
        settings.isBehindProxy = behindProxy
        if let certificate, let key { settings.certificate = (certificate, key) }
        let scheme = certificate == nil ? "http" : "https"
        try await WebPages.serve(
            site, settings: settings, services: noDaily ? [] : [dailyClock(log)], logger: logger,
            makeEffects: { try common.serverEffects() },
            started: { tellAddress("\(scheme)://\(host):\($0)", firstRun: firstRun) })
    }

    /// The database's own account of the morning decides whether it was made.
    private func dailyClock(_ log: Logger) -> DailyClock {
        let (common, mail, fixed, hour) = (common, dailyMail(account.options), today, morning)
        return DailyClock {
            do {
                let effects = try common.serverEffects()
                let now = presentInstant()
                let local = now.advanced(bySeconds: secondsEast(at: now))
                keepOfficeGoing(
                    asOf: fixed ?? dunwell.today(), isMorning: local.secondsOfDay >= hour * 3600,
                    mail: mail, effects: effects
                ) { log.warning("daily", metadata: ["trouble": "\($0.en)"]) }
            } catch {
                log.error("daily", metadata: ["error": "\(error)"])
            }
        }
    }

    private func listRoutes() throws {
        var table = TableOutput(
            .csv, columns: ["method", "path", "audience", "grave"], numeric: [])
        for route in Site.routes {
            try table.row([
                .plain(route.method.rawValue), .plain(route.pattern),
                .plain(route.audience.rawValue),
                .plain(route.isGrave ? "yes" : ""),
            ])
        }
        try table.end()
    }
}

/// Seconds that a request waits for long work: well below what proxies wait.
private let patience = 8

/// `templates/pages`, beside the templates of notices.
private func pagesFolder() -> String {
    if let named = variable("DUNWELL_PAGES") { return named }
    let notices = templatesFolder()
    return String(notices[..<(notices.lastIndex(of: "/") ?? notices.startIndex)]) + "/pages"
}

private func tellAddress(_ address: String, firstRun: String?) {
    tell(
        Bilingual(
            zh: "网页已打开：\(address)。按 Ctrl-C 停止。", en: "Serving \(address). Ctrl-C stops it."))
    guard let firstRun else { return }
    let link = "\(address)/first-run/\(firstRun)"
    tell(
        Bilingual(
            zh: "还没有人能登录。请在 48 小时内打开这个链接，设第一位经理或管理员：\(link)",
            en:
                "Nobody can log in yet. Open this link within 48 hours, and make the first manager or "
                + "administrator: \(link)"))
}
