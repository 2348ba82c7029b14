/// What goes back to the browser.
public struct PageResponse: Sendable {
    public var status: Int
    public var type: String
    public var body: [UInt8]
    /// In the order in which they are sent; several of one name are allowed.
    public var headers: [(name: String, value: String)] = []

    /// A document that is not a page of ours, such as a mail as the owner sees it: with styles of
    /// its own, shut in a frame without script.
    public var isForeignDocument = false

    public init(status: Int = 200, type: String = "text/html; charset=utf-8", body: [UInt8]) {
        self.status = status
        self.type = type
        self.body = body
    }

    /// The next page to get, after something was done.
    public static func redirect(_ path: String) -> PageResponse {
        var response = PageResponse(status: 303, body: [])
        response.headers = [("Location", path)]
        return response
    }

    /// - Parameter isShown: a picture or a document that the page itself shows; all else is saved
    ///   under its name.
    public static func file(
        _ bytes: [UInt8], type: String, name: String, isShown: Bool = false
    ) -> PageResponse {
        var response = PageResponse(type: type, body: bytes)
        let way = isShown ? "inline" : "attachment"
        response.headers = [
            ("Content-Disposition", "\(way); filename*=UTF-8''\(percentEncoded(name))")
        ]
        return response
    }

    /// To which page it leads.
    public var location: String? { header("Location") }

    /// A form's answer that is itself a page: sent once more, the form leads to this path instead.
    func standing(for path: String) -> PageResponse {
        var response = self
        response.headers.append(("Content-Location", path))
        return response
    }

    /// Where a form that was sent before leads.
    var lasting: String? { location ?? header("Content-Location") }

    private func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }
}

/// Thrown where there is no such thing in this community, whatever the reason.
public struct NotFound: Error {
    public init() {}
}

/// Every byte that is no letter, digit, `-`, `.` or `_` as `%XX`: a part of a path, or a value of a
/// query.
public func percentEncoded(_ text: String) -> String {
    let digits = Array("0123456789ABCDEF".utf8)
    var bytes: [UInt8] = []
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
            UInt8(ascii: "_"):
            bytes.append(byte)
        default:
            bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
    }
    return String(decoding: bytes, as: UTF8.self)
}
