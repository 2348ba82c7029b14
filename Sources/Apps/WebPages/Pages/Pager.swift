import Primitives

/// Which rows of a long list a page shows: `?page=`, from 1; the template says so by `{{>pager}}`.
/// What a list sums up is the sum of all its rows, on whichever page.
struct Pager {
    /// From 1.
    let page: Int
    /// How many pages there are: at least one, which may be empty.
    let count: Int
    /// The places of its rows in the whole list.
    let range: Range<Int>
    private let links: [String: Any]

    /// - Parameters:
    ///   - rows: how many there are in all.
    ///   - size: at most so many stand on a page.
    init(of rows: Int, by size: Int = rowsPerPage, on visit: Visit) {
        count = max(1, (rows + size - 1) / size)
        page = min(visit.pageAsked, count)
        let first = (page - 1) * size
        range = first..<min(rows, first + size)
        links = [
            "page": WebPages.count(page), "count": WebPages.count(count),
            "previous": page > 1 ? visit.link(["page": "\(page - 1)"]) as Any : false,
            "next": page < count ? visit.link(["page": "\(page + 1)"]) as Any : false,
        ]
    }

    /// What `pager.mustache` names; nothing where everything stands on one page.
    var model: [String: Any] { ["pager": count > 1 ? links as Any : false] }
}

/// So many rows a page of a list has, where nothing speaks for another number.
let rowsPerPage = 50

extension Visit {
    /// The page that the address names; 1 where it names none.
    var pageAsked: Int {
        min(max(1, request.query["page"].flatMap { Int(halfWidth($0)) } ?? 1), 1_000_000)
    }
}
