import SQLiteStore

/// Whether a form had its effect, and to which page that led.
public func usedForm(
    _ token: String, effects: Effects
) throws -> (used: Bool, location: String?) {
    let use = try effects.store.read { try $0.use(ofForm: token) }
    return (use != nil, use?.location)
}

/// Notes to which page a form led that had its effect; nothing happens where it had none.
public func keepLocation(_ location: String, ofForm token: String, effects: Effects) throws {
    try effects.store.writeAside { try $0.keepLocation(location, ofForm: token) }
}

/// Whether an act was refused because its form had its effect before.
public func isFormUsed(_ error: any Error) -> Bool {
    if case StoreError.formUsed? = error as? StoreError { true } else { false }
}
