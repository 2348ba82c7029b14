import FoundationEssentials
import Mustache
public import Primitives

/// The pages' templates, compiled once for each language.
///
/// A template holds both languages beside each other, as `[[中文|English]]`; what a tag names must
/// stand in the page's model (`false` or an empty list where there is nothing).
public struct PageTemplates: Sendable {
    private let libraries: [Language: MustacheLibrary]
    /// Files of `templates/pages` that are sent as they are, by name.
    let assets: [String: [UInt8]]

    /// - Parameter folder: `templates/pages`.
    public init(folder: String) throws {
        var libraries: [Language: MustacheLibrary] = [:]
        var assets: [String: [UInt8]] = [:]
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        for language in Language.allCases {
            var library = MustacheLibrary()
            for name in names where name.hasSuffix(".mustache") {
                let text = try String(
                    contentsOf: URL(filePath: "\(folder)/\(name)"), encoding: .utf8)
                guard !text.contains("{{{"), !text.contains("{{&") else {
                    throw PageTemplateError.unescaped(name: name)
                }
                let template = try MustacheTemplate(string: cut(text, to: language, name: name))
                library.register(template, named: String(name.dropLast(".mustache".count)))
            }
            libraries[language] = library
        }
        for name in names where [".css", ".js", ".svg"].contains(where: name.hasSuffix) {
            assets[name] = Array(try Data(contentsOf: URL(filePath: "\(folder)/\(name)")))
        }
        self.libraries = libraries
        self.assets = assets
    }

    /// - Throws: where the template names what the model does not have.
    func render(_ name: String, _ model: [String: Any], in language: Language) throws -> [UInt8] {
        let root = Root(model)
        guard let text = libraries[language]!.render(root, withTemplate: name) else {
            throw PageTemplateError.noTemplate(name: name)
        }
        guard root.missing.isEmpty else {
            throw PageTemplateError.missing(template: name, names: root.missing.sorted())
        }
        return Array(text.utf8)
    }

    /// The bottom of what a tag is looked up in: asked last, it knows what nobody had.
    private final class Root: MustacheParent {
        private let model: [String: Any]
        private(set) var missing: Set<String> = []

        init(_ model: [String: Any]) { self.model = model }

        func child(named name: String) -> Any? {
            if let value = model[name] { return value }
            missing.insert(name)
            return nil
        }
    }
}

enum PageTemplateError: Error {
    case noTemplate(name: String)
    case missing(template: String, names: [String])
    case unescaped(name: String)
    case unclosed(name: String)
}

/// Of each `[[中文|English]]` the half of one language.
private func cut(_ text: String, to language: Language, name: String) throws -> String {
    var result = ""
    var rest = Substring(text)
    while let open = rest.firstRange(of: "[[") {
        result += rest[..<open.lowerBound]
        rest = rest[open.upperBound...]
        guard let close = rest.firstRange(of: "]]"),
            let bar = rest[..<close.lowerBound].firstIndex(of: "|")
        else { throw PageTemplateError.unclosed(name: name) }
        let words = Bilingual(
            zh: String(rest[..<bar]), en: String(rest[rest.index(after: bar)..<close.lowerBound]))
        result += words[language]
        rest = rest[close.upperBound...]
    }
    return result + rest
}
