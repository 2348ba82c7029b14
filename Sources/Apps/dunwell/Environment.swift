public import ArgumentParser
import Files
import FoundationEssentials
@preconcurrency import Glibc
import Interchange
import Letters
import Mail
import Office
public import Primitives
import SQLiteStore
import Scans
import Timestamps

/// Options that every command takes.
struct CommonOptions: ParsableArguments {
    @Option(help: "The database. Default: $DUNWELL_DB, else dunwell.sqlite here. 数据库文件。")
    var db: String?

    @Option(help: "The community's code, where the database holds several. 小区代码。")
    var community: String?

    var database: String { db ?? variable("DUNWELL_DB") ?? "dunwell.sqlite" }

    /// `nil` where there is no database.
    func effectsIfAny() throws -> Effects? {
        FileManager.default.fileExists(atPath: database) ? try effects() : nil
    }

    /// - Parameters:
    ///   - creates: whether the command may make the database.
    ///   - staff: who acts; `nil`: whoever is logged in. Once there are users, it is one of them.
    ///   - isTrial: nothing is to be left, not even a new database.
    func effects(
        creates: Bool = false, isTrial: Bool = false, by staff: String? = nil
    ) throws -> Effects {
        let isNew = !FileManager.default.fileExists(atPath: database)
        let path = isTrial && isNew ? ":memory:" : database
        let store = try Store(path: path, create: creates)
        guard let staff else {
            return effects(store, by: variable("USER") ?? variable("LOGNAME") ?? "system")
        }
        let names = try staffNames([staff], effects: effects(store, by: staff))
        return effects(store, by: names[0])
    }

    /// - Parameter staff: all who act, the first one for the record.
    func effects(by staff: [String]) throws -> Effects {
        let effects = try effects(by: staff.first)
        _ = try staffNames(staff, effects: effects)
        return effects
    }

    /// Of the server itself, which acts in the name of whoever is logged in.
    func serverEffects() throws -> Effects {
        effects(try Store(path: database, create: false), by: "dunwell serve")
    }

    private func effects(_ store: Store, by staff: String) -> Effects {
        Effects(
            store: store, evidence: database + ".evidence",
            fieldKeyFile: fieldKeyFile(of: database), templates: templatesFolder(),
            community: community, staff: staff,
            hostName: ownHostName(), now: { presentInstant() },
            pause: { usleep(UInt32($0) * 1000) }, progress: { showProgress($0, $1, $2) })
    }
}

/// $DUNWELL_FIELD_KEY, else the credential of that name that systemd hands over, else beside the
/// database.
private func fieldKeyFile(of database: String) -> String {
    if let named = variable("DUNWELL_FIELD_KEY") { return named }
    if let folder = variable("CREDENTIALS_DIRECTORY") {
        let credential = folder + "/dunwell-field-key"
        if FileManager.default.fileExists(atPath: credential) { return credential }
    }
    return database + ".key"
}

/// Options of commands that change data.
struct StaffOption: ParsableArguments {
    @Option(
        name: .customLong("by"), help: "Who does it. Default: the user logged in. 经手人。",
        transform: personName)
    var staff: String?
}

/// For acts that somebody answers for by name.
struct NamedStaffOption: ParsableArguments {
    @Option(name: .customLong("by"), help: "Who does it. 经手人。", transform: personName)
    var staff: String
}

/// A person's name, without white space at its ends.
@Sendable func personName(_ text: String) throws -> String {
    let name = trimmed(text)
    if name.isEmpty { throw ValidationError("the name is empty. 姓名是空的。") }
    return name
}

struct AsOfOption: ParsableArguments {
    @Option(
        name: .customLong("as-of"), help: "The date that counts as today, such as 2026-11-21. 算到哪天。"
    )
    var asOf: CivilDate
}

extension CivilDate: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Period: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}

extension Money: ExpressibleByArgument {
    /// Yuan, with at most two decimals.
    public init?(argument: String) {
        guard let money = try? Money(parsing: argument) else { return nil }
        self = money
    }
}

/// The one place where the clock is read.
func presentInstant() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(millisecondsSince1970: time.tv_sec * 1000 + time.tv_nsec / 1_000_000)
}

/// The date here, by the machine's time zone.
func today() -> CivilDate {
    var seconds = presentInstant().millisecondsSince1970 / 1000
    var local = tm()
    localtime_r(&seconds, &local)
    return CivilDate(
        year: Int(local.tm_year) + 1900, month: Int(local.tm_mon) + 1, day: Int(local.tm_mday))!
}

/// How many seconds the machine's time zone is ahead of UTC at that moment.
func secondsEast(at instant: Instant) -> Int {
    var seconds = instant.millisecondsSince1970 / 1000
    var local = tm()
    localtime_r(&seconds, &local)
    return local.tm_gmtoff
}

/// The name by which this machine is known to others, as far as it is known here.
func ownHostName() -> String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "localhost" }
    var hints = addrinfo()
    hints.ai_flags = AI_CANONNAME
    var found: UnsafeMutablePointer<addrinfo>?
    defer { freeaddrinfo(found) }
    if getaddrinfo(bytes, nil, &hints, &found) == 0, let name = found?.pointee.ai_canonname {
        return String(cString: name)
    }
    return bytes.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
}

func variable(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
}

/// The language of messages.
let language: Language = {
    if let chosen = variable("DUNWELL_LANGUAGE").flatMap({ Language(rawValue: $0) }) {
        return chosen
    }
    let locale = variable("LC_ALL") ?? variable("LC_MESSAGES") ?? variable("LANG") ?? ""
    return locale.hasPrefix("zh") ? .zh : .en
}()

/// $DUNWELL_TEMPLATES, else `templates/notices` beside the program or above it, else where the
/// package puts it.
func templatesFolder() -> String {
    if let named = variable("DUNWELL_TEMPLATES") { return named }
    var folder =
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    while let slash = folder.lastIndex(of: "/") {
        folder = String(folder[..<slash])
        let candidate = folder + "/templates/notices"
        if FileManager.default.fileExists(atPath: candidate) { return candidate }
    }
    return "/usr/share/dunwell/templates/notices"
}

// MARK: - Messages

let errorIsTerminal = isatty(STDERR_FILENO) == 1

func tell(_ message: String) {
    fputs(message + "\n", stderr)
}

func tell(_ message: Bilingual) { tell(message[language]) }
func tell(_ message: Bilingual?) { if let message { tell(message) } }

/// A line that counts up, on a terminal only.
func showProgress(_ what: Bilingual, _ done: Int, _ count: Int) {
    guard errorIsTerminal else { return }
    let amount = count == 0 ? "\(done)" : "\(done)/\(count)"
    let colon = Bilingual(zh: "：", en: ": ")[language]
    fputs("\r\u{1b}[K\(what[language])\(colon)\(amount)", stderr)
    if done == count { fputs("\r\u{1b}[K", stderr) }
}

/// Exit status 1: refused by a rule, done in part, or a check that failed.
struct Refused: Error {}
/// Exit status 2: wrong usage or bad input, told already.
struct BadInput: Error {}

/// Tells what went wrong, and ends with the status that SPEC.md 10 names.
func finish(with error: any Error) -> Never {
    switch error {
    case is Refused: exit(1)
    case is BadInput: exit(2)
    case let error as any ExplainedError:
        tell(error.message)
        exit(error.isBadInput ? 2 : 1)
    case let error as TemplateError:
        tell(error.description(in: language))
        exit(1)
    case let error as PolicyProblems:
        error.problems.forEach { tell($0.text(in: language)) }
        exit(2)
    default:
        let code = Dunwell.exitCode(for: error)
        let text = Dunwell.fullMessage(for: error)
        if code == .success {
            print(text)
            exit(0)
        }
        tell(text)
        exit(code == .validationFailure ? 2 : 1)
    }
}
