/// What texts sort by where their numbers count as numbers: `2-1-3` stands before `2-1-12`, and
/// building `9` before `10`. Keys compare byte by byte; texts that differ have different keys.
public func naturalOrderKey(_ text: String) -> [UInt8] {
    var key: [UInt8] = []
    var digits: [UInt8] = []
    func endNumber() {
        if digits.isEmpty { return }
        let number = digits.drop { $0 == zero }
        // Longer numbers are larger. A digit first, so that numbers stand where digits stand.
        key += [zero, UInt8(min(number.count, 255))] + number
        digits = []
    }
    for byte in text.utf8 {
        if (zero...nine).contains(byte) {
            digits.append(byte)
        } else {
            endNumber()
            key.append(byte)
        }
    }
    endNumber()
    return key + [0] + Array(text.utf8)
}

private let zero = UInt8(ascii: "0")
private let nine = UInt8(ascii: "9")
