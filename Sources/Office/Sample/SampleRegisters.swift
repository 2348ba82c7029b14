import FeeLedger
import Primitives

// MARK: - Where the units lie

extension SampleCommunity {
    struct Place {
        let kind: UnitKind
        /// From 0, among the units of its kind.
        let index: Int
        let code: String
        let building: String
        let area: Area
        /// When its part of the community was finished; `nil` where nobody wrote it down.
        let handover: CivilDate?
    }

    var shops: Int { units / 25 }
    var spaces: Int { units * 4 / 25 }
    var flats: Int { units - shops - spaces }

    /// Flats come first, then shops, then parking spaces.
    func place(_ number: Int) -> Place {
        if number <= flats { return flat(index: number - 1) }
        if number <= flats + shops { return shop(number, index: number - flats - 1) }
        let index = number - flats - shops - 1
        return Place(
            kind: .parking, index: index, code: "P-" + padded(index + 1, of: spaces, width: 4),
            building: "地下车库", area: Area(parts: index % 7 == 3 ? 14_85 : 12_72), handover: nil)
    }

    private func shop(_ number: Int, index: Int) -> Place {
        var dice = dice(number, .area)
        return Place(
            kind: .shop, index: index, code: "S-" + padded(index + 1, of: shops, width: 3),
            building: "商业街", area: Area(parts: 24_00 + dice.below(130_00)),
            handover: CivilDate("2020-05-30"))
    }

    /// Entrance by entrance and floor by floor, up one building and on to the next.
    private func flat(index: Int) -> Place {
        let (shape, building, rest) = Self.building(ofFlat: index)
        let flatsPerFloor = shape.areas.count
        let entrance = rest / (shape.floors * flatsPerFloor) + 1
        let floor = rest / flatsPerFloor % shape.floors + 1
        let flat = rest % flatsPerFloor
        let buildings = Self.building(ofFlat: flats - 1).number
        let phase = (building - 1) * Self.phases.count / buildings
        return Place(
            kind: .residence, index: index, code: "\(building)-\(entrance)-\(floor)0\(flat + 1)",
            building: String(building), area: Area(parts: shape.areas[flat]),
            handover: Self.phases[phase])
    }

    private static let phases = [
        CivilDate("2019-06-28")!, CivilDate("2020-05-30")!, CivilDate("2021-09-30")!,
        CivilDate("2022-12-20")!,
    ]

    private struct Shape {
        let entrances: Int
        let floors: Int
        /// Of each flat on a floor, in 1/100 m².
        let areas: [Int]
        var flats: Int { entrances * floors * areas.count }
    }

    /// Garden houses, slabs, a tower, and the old block by the gate: over and over.
    private static let shapes = [
        Shape(entrances: 2, floors: 11, areas: [118_36, 89_52]),
        Shape(entrances: 2, floors: 18, areas: [128_74, 104_35]),
        Shape(entrances: 1, floors: 26, areas: [89_52, 76_18, 76_18, 93_27]),
        Shape(entrances: 3, floors: 6, areas: [97_64, 68_40]),
    ]
    private static let flatsOfAllShapes = shapes.reduce(0) { $0 + $1.flats }

    private static func building(ofFlat index: Int) -> (shape: Shape, number: Int, rest: Int) {
        var rest = index % flatsOfAllShapes
        var number = index / flatsOfAllShapes * shapes.count + 1
        for shape in shapes {
            if rest < shape.flats { return (shape, number, rest) }
            rest -= shape.flats
            number += 1
        }
        preconditionFailure("the rest is less than all shapes together hold")
    }
}

// MARK: - Who lives there

extension SampleCommunity {
    struct Contact {
        let phone: String
        let email: String
        let address: String
        let channels: String
    }

    /// The owner's code: the unit's number for the first owner, then co-owners, then buyers.
    func ownerCode(_ owner: Int) -> String { "O" + padded(owner, of: units * 4, width: 6) }

    /// One in twenty prefers English.
    func language(_ owner: Int) -> Language {
        var dice = dice(owner, .language)
        return dice.chance(5) ? .en : .zh
    }

    /// Put together from parts, so that nobody real is meant.
    func name(_ owner: Int) -> String {
        var dice = dice(owner, .name)
        if flats < owner, owner <= flats + shops, dice.chance(60) {
            return dice.pick(Names.trades) + dice.pick(Names.firms)
        }
        return switch language(owner) {
        case .zh: dice.pick(Names.families) + dice.pick(Names.given) + dice.pick(Names.givenLast)
        case .en: dice.pick(Names.english) + " " + dice.pick(Names.englishFamilies)
        }
    }

    func contact(_ owner: Int) -> Contact {
        var dice = dice(owner, .contact)
        let channels = Self.agreedChannels(&dice)
        let hasEmail = dice.chance(channels.contains("email") ? 99 : 30)
        let hasPhone = dice.chance(92) || channels.contains("phone") || channels.contains("fax")
        let phone =
            dice.chance(70)
            ? "1390000" + padded(dice.below(10_000), of: 0, width: 4)
            : "5550 01" + padded(dice.below(88), of: 0, width: 2)
        let house = dice.below(90) + 1
        let livesElsewhere = dice.chance(8)
        let address =
            language(owner) == .en
            ? "\(house) Plane Tree Road, Sample City" : "样本市梧桐路 \(house) 号"
        return Contact(
            phone: hasPhone ? phone : "", email: hasEmail ? "o\(owner)@example.com" : "",
            address: livesElsewhere ? address : "", channels: channels)
    }

    /// Most agreed to email and mailbox; two in a hundred to nothing yet.
    private static func agreedChannels(_ dice: inout SampleDice) -> String {
        dice.pick(
            (52, "email;mailbox"), (11, "mailbox"), (9, "email"), (6, "email;mailbox;phone"),
            (4, "hand;mailbox"), (3, "email;phone"), (3, "mailbox;phone"), (2, "phone"),
            (3, "email;hand;registered"), (2, "registered"), (1, "fax;registered"), (1, "hand"),
            (1, "email;fax"), (2, ""))
    }

    /// - Parameter most: the largest number that is padded alike, where `width` would not hold it.
    private func padded(_ number: Int, of most: Int, width: Int) -> String {
        let text = String(number)
        let wanted = max(width, String(most).utf8.count)
        return String(repeating: "0", count: max(0, wanted - text.utf8.count)) + text
    }

    private enum Names {
        static let families = [
            "赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨",
            "朱", "秦", "尤", "许", "何", "吕", "施", "张", "孔", "曹", "严", "华", "金", "魏", "陶", "姜",
            "戚", "谢", "邹", "喻", "柏", "水", "窦", "章", "欧阳", "上官", "司徒",
        ]
        static let given = [
            "安", "柏", "澄", "岱", "枫", "禾", "菡", "珩", "槿", "岚", "黎", "麦", "宁", "沛", "栖", "然",
            "舒", "棠", "未", "溪", "晏", "羽", "苑", "竹",
        ]
        static let givenLast = [
            "川", "歌", "光", "河", "晴", "霁", "遥", "森", "朵", "霖", "乔", "言", "澜", "青", "舟", "",
        ]
        static let trades = ["晨曦", "蓝鲸", "松果", "半亩", "拾穗", "云杉", "小满", "木槿", "芦苇", "橘子"]
        static let firms = ["便利店", "餐饮店", "书屋", "药房", "洗衣店", "水果店", "理发店", "五金商行"]
        static let english = [
            "Alder", "Briony", "Clement", "Dahlia", "Edwin", "Flora", "Gilbert", "Hazel", "Ivor",
            "Juniper", "Linden", "Marigold", "Rowan", "Sorrel", "Tansy", "Wilfred",
        ]
        static let englishFamilies = [
            "Applewick", "Brookmere", "Cloverhill", "Dewbury", "Elmsworth", "Fernhollow",
            "Maplewood", "Oakenshaw", "Pebbleton", "Reedham-Vale", "Stonefield", "Thistledown",
        ]
    }
}
