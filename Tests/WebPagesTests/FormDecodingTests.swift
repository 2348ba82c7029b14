import Foundation
import Testing

@testable import WebPages

@Suite struct `What a browser sends` {
    // MARK: - Forms

    @Test(arguments: [
        ("", []),
        ("a=1&b=2", ["a=1", "b=2"]),
        ("a=1&&b", ["a=1", "b="]),
        ("amount=1%2C234.50&unit=3+2%2B501", ["amount=1,234.50", "unit=3 2+501"]),
        ("note=%E5%BC%A0%E4%B8%89&note=x%3dy", ["note=张三", "note=x=y"]),
        ("=v", ["=v"]),
    ])
    func `is taken apart into fields, in their order`(form: String, fields: [String]) throws {
        #expect(try decodeForm(Array(form.utf8)).map { "\($0.name)=\($0.value)" } == fields)
    }

    @Test(arguments: [
        ("a=%", FormError.escape), ("a=%4", .escape), ("a=%4g", .escape), ("a=%+4", .escape),
        ("a=%FF", .encoding), ("a=%C0%80", .encoding), ("a=%ED%A0%80", .encoding),
        ("a=x%00y", .zero), ("%00=x", .zero),
        (String(repeating: "a&", count: 2_001), .tooMany),
        (String(repeating: "n", count: 201) + "=1", .tooLong),
    ])
    func `is refused where it is no form`(form: String, error: FormError) {
        #expect(throws: error) { try decodeForm(Array(form.utf8)) }
    }

    @Test func `may have 2,000 fields`() throws {
        let form = Array(String(repeating: "a=1&", count: 2_000).utf8)
        #expect(try decodeForm(form).count == 2_000)
    }

    // MARK: - Cookies

    @Test(arguments: [
        ("", []), ("__Host-session=abc", ["__Host-session=abc"]),
        ("a=1; b=\"2\";c = 3 ", ["a=1", "b=2", "c=3"]),
        ("a=1; nonsense; b c=2; d=é; e=", ["a=1", "e="]),
        ("a=1; a=2", ["a=1", "a=2"]), (";;; =x", []),
        (String(repeating: "a=1;", count: 3_000), []),
    ])
    func `brings cookies, and what is none is passed over`(header: String, cookies: [String]) {
        #expect(decodeCookies(header).map { "\($0.name)=\($0.value)" } == cookies)
    }

    // MARK: - Multipart

    @Test(arguments: [
        ("multipart/form-data; boundary=abc", "abc"),
        ("Multipart/Form-Data;boundary=\"a b'c\"", "a b'c"),
        (
            "multipart/form-data; charset=utf-8; BOUNDARY=----WebKitFormBoundaryX",
            "----WebKitFormBoundaryX"
        ),
        ("multipart/form-data", nil), ("multipart/mixed; boundary=abc", nil),
        ("multipart/form-data; boundary=", nil), ("multipart/form-data; boundary=\"a", nil),
        ("multipart/form-data; boundary=\"a \"", nil),
        ("multipart/form-data; boundary=a; boundary=b", nil),
        ("multipart/form-data; boundary=" + String(repeating: "x", count: 71), nil),
        ("multipart/form-data boundary=abc", nil), ("", nil),
    ])
    func `names its boundary`(type: String, found: String?) {
        #expect(boundary(ofContentType: type) == found)
    }

    @Test func `brings texts and files`() throws {
        let sent = try decodeMultipart(
            message([
                (head("note"), "张三\r\n--b"),
                (head("scan", file: "page 1.png"), "\u{89}PNG\r\n--\r\n"),
                (head("none", file: ""), ""), (head("empty", file: "empty.csv"), ""),
            ]), boundary: "border")
        #expect(sent.fields.map(\.name) == ["note"])
        #expect(sent.fields.map(\.value) == ["张三\r\n--b"])
        #expect(sent.files.map(\.field) == ["scan", "empty"])
        #expect(sent.files.map(\.fileName) == ["page 1.png", "empty.csv"])
        #expect(sent.files[0].bytes == Array("\u{89}PNG\r\n--\r\n".utf8))
    }

    @Test(arguments: [
        ("", MultipartRule.opens), ("--other\r\n", .opens), ("x\r\n--border\r\n", .opens),
        ("--border", .lineEnd), ("--border--x", .lineEnd), ("--border\n", .lineEnd),
        ("--borderline\r\n", .lineEnd),
        ("--border\r\n\r\nx\r\n--border--", .disposition),
        ("--border\r\nContent-Type: text/plain\r\n\r\nx\r\n--border--", .disposition),
        (
            "--border\r\nContent-Disposition: attachment; name=a\r\n\r\nx\r\n--border--",
            .disposition
        ),
        ("--border\r\n\(disposition); name=a; name=b\r\n\r\nx\r\n--border--", .disposition),
        (
            "--border\r\n\(disposition); name=a; filename*=utf-8''x\r\n\r\nx\r\n--border--",
            .disposition
        ),
        ("--border\r\n\(disposition); name=\"a\r\n\r\nx\r\n--border--", .disposition),
        ("--border\r\n\(disposition); name=\"\"\r\n\r\nx\r\n--border--", .name),
        ("--border\r\n\(disposition); filename=x\r\n\r\nx\r\n--border--", .name),
        (
            "--border\r\n\(disposition); name=a\r\n\(disposition); name=b\r\n\r\nx\r\n--border--",
            .disposition
        ),
        ("--border\r\n folded: x\r\n\r\nx\r\n--border--", .header),
        ("--border\r\nno colon\r\n\r\nx\r\n--border--", .header),
        ("--border\r\n\(disposition); name=a", .header),
        ("--border\r\n\(disposition); name=a\r\n\r\nx", .ends),
        ("--border\r\n\(disposition); name=a\r\n\r\nx\r\n--borde", .ends),
        ("--border\r\n\(disposition); name=a\r\n\r\nx\n--border--", .ends),
        (
            "--border\r\n\(disposition); name=a\r\nContent-Transfer-Encoding: base64\r\n\r\nx\r\n--border--",
            .encodingOfPart
        ),
        ("--border\r\n\(disposition); name=a\r\n\r\nx\r\n--border--\r\nmore", .lineEnd),
    ])
    func `is refused where it is no multipart message`(text: String, rule: MultipartRule) {
        #expect(throws: FormError.malformed(rule: rule)) {
            try decodeMultipart(Array(text.utf8), boundary: "border")
        }
    }

    @Test func `is refused where a text is none, or there is too much of it`() {
        func refused(_ parts: [(String, String)], _ error: FormError) {
            #expect(throws: error) { try decodeMultipart(message(parts), boundary: "border") }
        }
        refused([(head("a"), "x\u{0}y")], .zero)
        refused([(head("a"), String(repeating: "x", count: 1 << 20 + 1))], .tooLong)
        refused(Array(repeating: (head("a"), ""), count: 2_001), .tooMany)
        refused(Array(repeating: (head("a", file: "f"), ""), count: 201), .tooMany)
        refused([(head(String(repeating: "n", count: 201)), "")], .malformed(rule: .name))
        let long = head("a") + "X: " + String(repeating: "y", count: 9_000) + "\r\n"
        refused([(long, "")], .malformed(rule: .header))
    }

    @Test(arguments: [
        ("stack.pdf", "stack.pdf"), ("C:\\Users\\me\\回执 1.jpg", "回执 1.jpg"),
        ("../../etc/passwd", "passwd"), ("..", "file"), ("", "file"), ("/", "file"),
        ("....//....//x.png", "x.png"), (".htaccess", "htaccess"), ("a.png. ", "a.png"),
        ("evil\u{202E}gnp.exe", "evilgnp.exe"), ("a\u{0}b.png", "ab.png"), ("a\r\nb.csv", "ab.csv"),
        ("<img src=x>.png", "<img src=x>.png"), ("..\\..\\x.csv", "x.csv"),
        (String(repeating: "长", count: 100) + ".jpeg", String(repeating: "长", count: 38) + ".jpeg"),
    ])
    func `names files, of which only the end of the path is kept`(sent: String, kept: String) {
        #expect(cleanFileName(sent) == kept)
    }
}

private let disposition = "Content-Disposition: form-data"

private func head(_ name: String, file: String? = nil) -> String {
    "\(disposition); name=\"\(name)\"" + (file.map { "; filename=\"\($0)\"" } ?? "") + "\r\n"
}

private func message(_ parts: [(head: String, content: String)]) -> [UInt8] {
    Array(parts.map { "--border\r\n\($0.head)\r\n\($0.content)\r\n" }.joined().utf8)
        + Array("--border--\r\n".utf8)
}
