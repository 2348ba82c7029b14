import CExpat
import Glibc

/// What takes in the elements of one XML part, as they come.
protocol PartContent: AnyObject {
    func begin(_ element: Element) throws(WorkbookTrouble)
    func end(_ element: Element) throws(WorkbookTrouble)
    /// A piece of text; an element's text may come in several.
    func take(_ text: UnsafeBufferPointer<CChar>) throws(WorkbookTrouble)
}

/// An element's name and attributes, without their prefixes; valid only while it is passed.
struct Element {
    fileprivate let name: UnsafePointer<CChar>
    fileprivate var attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?

    func isNamed(_ other: StaticString) -> Bool { strcmp(name, pointer(other)) == 0 }

    /// An attribute's value, by its name.
    subscript(attribute: StaticString) -> UnsafePointer<CChar>? {
        guard var next = attributes else { return nil }
        while let name = next[0] {
            if strcmp(withoutPrefix(name), pointer(attribute)) == 0 { return next[1] }
            next += 2
        }
        return nil
    }

    func text(_ attribute: StaticString) -> String? { self[attribute].map { String(cString: $0) } }
}

private func pointer(_ text: StaticString) -> UnsafePointer<CChar> {
    UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
}

private func withoutPrefix(_ name: UnsafePointer<CChar>) -> UnsafePointer<CChar> {
    strchr(name, 0x3a).map { UnsafePointer($0) + 1 } ?? name
}

/// Expat over one part, piece by piece. Its memory is bounded: a token, the depth of elements and
/// the number of different names, which Expat keeps, have limits; a DTD is refused.
final class PartScanner {
    private let content: any PartContent
    private let parser: XML_Parser
    private var trouble: WorkbookTrouble?
    private var depth = 0
    /// Fed since Expat last gave anything: the size of the token under way.
    private var silentBytes = 0
    private var names: Set<String> = []
    private var nameBytes = 0

    private static let depthMost = 100
    private static let tokenBytesMost = 1_000_000
    private static let nameBytesMost = 200_000

    init(_ content: any PartContent) {
        self.content = content
        parser = XML_ParserCreate(nil)
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(parser, PartScanner.begin, PartScanner.end)
        XML_SetCharacterDataHandler(parser, PartScanner.take)
        XML_SetStartDoctypeDeclHandler(parser, PartScanner.refuseDoctype)
        XML_SetDefaultHandler(parser) { context, _, _ in scanner(context).silentBytes = 0 }
    }

    deinit { XML_ParserFree(parser) }

    func scan(_ piece: UnsafeRawBufferPointer) throws(WorkbookTrouble) {
        silentBytes += piece.count
        let bytes = piece.assumingMemoryBound(to: CChar.self)
        try check(XML_Parse(parser, bytes.baseAddress, Int32(bytes.count), 0))
        if silentBytes > Self.tokenBytesMost { throw .damaged(row: nil) }
    }

    func finish() throws(WorkbookTrouble) { try check(XML_Parse(parser, nil, 0, 1)) }

    private func check(_ status: XML_Status) throws(WorkbookTrouble) {
        if let trouble { throw trouble }
        if status != XML_STATUS_OK { throw .damaged(row: nil) }
    }

    /// Runs one step of the content; what it throws ends the parsing.
    private func step(_ body: () throws(WorkbookTrouble) -> Void) {
        silentBytes = 0
        guard trouble == nil else { return }
        do {
            try body()
        } catch {
            trouble = error
            XML_StopParser(parser, 0)
        }
    }

    private func note(_ name: UnsafePointer<CChar>) throws(WorkbookTrouble) {
        // Most names have a few letters; those of one letter alone cannot be many.
        if name[0] == 0 || name[1] == 0 { return }
        if names.insert(String(cString: name)).inserted {
            nameBytes += strlen(name) + 50
            if nameBytes > Self.nameBytesMost { throw .damaged(row: nil) }
        }
    }

    private func note(_ element: Element) throws(WorkbookTrouble) {
        try note(element.name)
        guard var next = element.attributes else { return }
        while let name = next[0] {
            try note(name)
            next += 2
        }
    }

    private static let begin:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?,
            UnsafeMutablePointer<UnsafePointer<CChar>?>?
        ) -> Void = { context, name, attributes in
            let this = scanner(context)
            this.step { () throws(WorkbookTrouble) in
                this.depth += 1
                if this.depth > depthMost { throw .damaged(row: nil) }
                try this.note(Element(name: name!, attributes: attributes))
                try this.content.begin(Element(name: withoutPrefix(name!), attributes: attributes))
            }
        }

    private static let end:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?) -> Void = {
            context, name in
            let this = scanner(context)
            this.step { () throws(WorkbookTrouble) in
                this.depth -= 1
                try this.content.end(Element(name: withoutPrefix(name!), attributes: nil))
            }
        }

    private static let take:
        @convention(c) (UnsafeMutableRawPointer?, UnsafePointer<CChar>?, Int32) -> Void = {
            context, text, count in
            let this = scanner(context)
            this.step { () throws(WorkbookTrouble) in
                try this.content.take(UnsafeBufferPointer(start: text, count: Int(count)))
            }
        }

    private static let refuseDoctype:
        @convention(c) (
            UnsafeMutableRawPointer?, UnsafePointer<CChar>?, UnsafePointer<CChar>?,
            UnsafePointer<CChar>?, Int32
        ) -> Void = { context, _, _, _, _ in
            scanner(context).step { () throws(WorkbookTrouble) in throw .damaged(row: nil) }
        }
}

private func scanner(_ context: UnsafeMutableRawPointer?) -> PartScanner {
    Unmanaged<PartScanner>.fromOpaque(context!).takeUnretainedValue()
}

extension ZipArchive {
    /// Reads a whole part into its content.
    func read(_ name: String, into content: any PartContent) throws {
        let scanner = PartScanner(content)
        try forEachPiece(of: name) { try scanner.scan($0) }
        try scanner.finish()
    }
}
