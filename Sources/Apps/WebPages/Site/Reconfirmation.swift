/// Password and code, sent along with the form of a grave act.
struct Reconfirmation {
    static let passwordField = "confirm-password"
    static let codeField = "confirm-code"

    let password: String
    let code: String

    /// `nil` where the form holds none.
    init?(_ form: Fields) {
        guard let password = form.values(Self.passwordField).first else { return nil }
        self.password = password
        code = form[Self.codeField] ?? ""
    }

    /// No page that shows a form again may show these.
    static func takenOut(of request: PageRequest) -> PageRequest {
        var request = request
        request.form = Fields(
            request.form.all.filter { ![passwordField, codeField].contains($0.name) })
        return request
    }
}
