import Secrets
import Testing

@Suite struct `The key for personal fields` {
    private let key = FieldKey()
    private let place = "userTOTP.secret of user 7"

    @Test func `opens what it sealed, which tells nothing of it`() throws {
        for bytes in [[], [0], Array("枫林路 100 号".utf8), [UInt8](repeating: 7, count: 5000)] {
            let (one, other) = (key.sealed(bytes, for: place), key.sealed(bytes, for: place))
            #expect(try key.opened(one, for: place) == bytes)
            // The same twice cannot be told to be the same.
            #expect(one != other && one.count == bytes.count + 33)
            if bytes.count > 8 { #expect(one.firstRange(of: bytes.prefix(8)) == nil) }
        }
    }

    @Test func `opens nothing that was changed, cut off, or moved to another place`() throws {
        let sealed = key.sealed(Array("secret".utf8), for: place)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 1
            #expect(throws: SealBroken.self) { try key.opened(changed, for: place) }
        }
        for count in 0..<sealed.count {
            #expect(throws: SealBroken.altered) {
                try key.opened(Array(sealed.prefix(count)), for: place)
            }
        }
        #expect(throws: SealBroken.altered) {
            try key.opened(sealed, for: "userTOTP.secret of user 8")
        }
        #expect(throws: SealBroken.otherKey) { try FieldKey().opened(sealed, for: place) }
    }

    @Test func `is kept as text, and read again`() throws {
        let sealed = key.sealed([1, 2, 3], for: place)
        #expect(try FieldKey(key.text)?.opened(sealed, for: place) == [1, 2, 3])
        #expect(key.text.utf8.count == 43 && FieldKey().text != key.text)
        for text in ["", "short", key.text + "A", key.text + "\n", "!" + key.text.dropFirst()] {
            #expect(FieldKey(text) == nil)
        }
    }
}
