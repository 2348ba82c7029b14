import ArgumentParser
@main struct Dunwell: ParsableCommand {}
