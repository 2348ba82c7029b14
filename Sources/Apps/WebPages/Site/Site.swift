public import Office
public import Primitives
import SQLiteStore
import Secrets

/// What the site is told about the place it runs in.
public struct SiteSettings: Sendable {
    /// The date that counts as today.
    let today: @Sendable () -> CivilDate
    /// How far the office's clock is ahead of UTC at that moment.
    let secondsEastOfUTC: @Sendable (Instant) -> Int
    /// The names under which browsers know this site.
    let hosts: KnownHosts
    /// For how many seconds a request waits for long work; then its page says how far it is.
    let patience: Int
    /// What stands in place of the policy's mail account and mailbox.
    let mail: DailyMail
    /// Told what failed without an explanation, for the log; holds no personal data.
    let report: @Sendable (String) -> Void

    public init(
        today: @escaping @Sendable () -> CivilDate,
        secondsEastOfUTC: @escaping @Sendable (Instant) -> Int, hosts: KnownHosts = KnownHosts(),
        patience: Int = 600,
        mail: DailyMail = DailyMail(), report: @escaping @Sendable (String) -> Void
    ) {
        self.today = today
        self.secondsEastOfUTC = secondsEastOfUTC
        self.report = report
        self.hosts = hosts
        self.patience = patience
        self.mail = mail
    }
}

/// The office's pages: a request in, a response out. Knows no socket.
public final class Site: Sendable {
    /// All that can be called; what is not here is not there.
    public static let routes: [Route] = allRoutes

    let templates: PageTemplates
    let settings: SiteSettings
    let throttle = LogInThrottle()
    let jobs = Jobs()
    let previews = Shelf<RunPreview>()
    let importTrials = Shelf<ImportReport>()
    let lastChanges = LastChanges()

    public init(templates: PageTemplates, settings: SiteSettings) {
        self.templates = templates
        self.settings = settings
    }

    /// - Parameter effects: those of this request's thread; whose act it is, is found here.
    /// - Returns: the response, and the pattern of the route for the log.
    public func respond(
        to request: PageRequest, effects: Effects
    ) -> (response: PageResponse, pattern: String) {
        if let refused = misdirected(request) { return (refused, "-") }
        var request = request
        let matching = Self.routes.compactMap { route in
            route.parameters(of: request.path).map { (route, $0) }
        }
        let ranked = matching.sorted { $0.0.literals > $1.0.literals }
        let found = ranked.first { $0.0.method == request.method }
        request.parameters = found?.1 ?? [:]
        var guarding = Guard(site: self, request: request, effects: effects)
        let response = guarding.respond(by: found?.0, isKnown: !matching.isEmpty)
        return (secured(response), found?.0.pattern ?? "-")
    }

    /// What pages are made of: a file, for which no database is asked.
    ///
    /// - Returns: `nil` where the request is for something else.
    func asset(_ request: PageRequest) -> PageResponse? {
        guard request.path.count == 2, request.path[0] == "assets" else { return nil }
        if let refused = misdirected(request) { return refused }
        guard request.method == .get, let bytes = templates.assets[request.path[1]] else {
            return secured(PageResponse(status: 404, type: "text/plain", body: []))
        }
        let types = ["css": "text/css", "js": "text/javascript", "svg": "image/svg+xml"]
        let ending = request.path[1].split(separator: ".").last.map(String.init) ?? ""
        var response = PageResponse(type: types[ending]! + "; charset=utf-8", body: bytes)
        response.headers = [("Cache-Control", "no-cache"), ("ETag", assetTag(bytes))]
        return secured(response)
    }

    /// What is answered to a request for a host that is not this site.
    private func misdirected(_ request: PageRequest) -> PageResponse? {
        if settings.hosts.knows(request.host) { return nil }
        let text = "421: 网址不对，请用办公室给的网址。 This site has another address (serve --origin).\n"
        return secured(
            PageResponse(status: 421, type: "text/plain; charset=utf-8", body: Array(text.utf8)))
    }

    private func assetTag(_ bytes: [UInt8]) -> String {
        "\""
            + secretHash(String(decoding: bytes, as: UTF8.self)).prefix(12).map(hexadecimal)
            .joined() + "\""
    }

    /// Headers of every response (QUALITY.md, security: ASVS 3.4 and 14.3).
    private func secured(_ response: PageResponse) -> PageResponse {
        var response = response
        let style = response.isForeignDocument ? "'unsafe-inline'" : "'self'"
        let frame = response.isForeignDocument ? "sandbox; " : ""
        response.headers += [
            (
                "Content-Security-Policy",
                "\(frame)default-src 'none'; style-src \(style); img-src 'self' data:; "
                    + "script-src 'self'; frame-src 'self'; object-src 'none'; form-action 'self'; "
                    + "frame-ancestors 'self'; base-uri 'none'"
            ),
            ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "same-origin"),
            ("Strict-Transport-Security", "max-age=31536000"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("X-Frame-Options", "SAMEORIGIN"),
            ("Permissions-Policy", "camera=(), microphone=(), geolocation=()"),
        ]
        if !response.headers.contains(where: { $0.name == "Cache-Control" }) {
            response.headers.append(("Cache-Control", "no-store"))
        }
        return response
    }
}

func hexadecimal(_ byte: UInt8) -> String {
    (byte < 16 ? "0" : "") + String(byte, radix: 16)
}
