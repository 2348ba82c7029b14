import Interchange

/// What a browser asked for, as the site sees it: no socket, no framework.
public struct PageRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
    }

    public let method: Method
    /// The path, percent escapes decoded part by part.
    public let path: [String]
    public let query: Fields
    /// What was posted.
    public internal(set) var form: Fields
    public let files: [UploadedFile]
    public let cookies: [String: String]
    /// `Origin` as the browser sent it.
    public let origin: String?
    /// The host that the browser speaks to, with its port.
    public let host: String
    /// Where it comes from: the network address.
    public let address: String
    public let agent: String
    /// What stands in the place of `{NAME}` of the route's pattern.
    public internal(set) var parameters: [String: String] = [:]

    public init(
        method: Method, path: [String], query: Fields = Fields(), form: Fields = Fields(),
        files: [UploadedFile] = [], cookies: [String: String] = [:], origin: String? = nil,
        host: String = "localhost", address: String = "127.0.0.1", agent: String = ""
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.form = form
        self.files = files
        self.cookies = cookies
        self.origin = origin
        self.host = host
        self.address = address
        self.agent = agent
    }
}

extension PageRequest {
    /// Its path and query, as an address has them.
    var here: String {
        let path = "/" + self.path.map(percentEncoded).joined(separator: "/")
        let pairs = query.all.map { "\(percentEncoded($0.name))=\(percentEncoded($0.value))" }
        return pairs.isEmpty ? path : path + "?" + pairs.joined(separator: "&")
    }
}

/// Names and values in the order in which they came; a name may come several times.
public struct Fields: Sendable {
    public let all: [(name: String, value: String)]

    public init(_ all: [(name: String, value: String)] = []) { self.all = all }

    /// The first value of the name, without white space at its ends; `nil` where it is missing or
    /// blank.
    public subscript(name: String) -> String? {
        all.first { $0.name == name }.map { trimmed($0.value) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// All values of the name, as they came.
    public func values(_ name: String) -> [String] {
        all.filter { $0.name == name }.map(\.value)
    }
}
