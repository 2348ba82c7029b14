import Foundation
import Testing

@testable import Scans

@Suite struct `A stub's place` {
    /// A camera that looks from above, tilted, at a stub of so many pixels a millimetre.
    private func camera(_ scale: Double, turned degrees: Double, tilt: Double) -> (Point) -> Point {
        let (sine, cosine) = (sin(degrees * .pi / 180), cos(degrees * .pi / 180))
        return { point in
            let from = point - Point(x: StubPlan.width / 2, y: StubPlan.height / 2)
            let depth = 1 + tilt * from.x / StubPlan.width
            let flat = Point(x: from.x * cosine - from.y * sine, y: from.x * sine + from.y * cosine)
            return flat * (scale / depth) + Point(x: 1_100, y: 1_050)
        }
    }

    /// White paper with the four marks, and other black shapes beside.
    private func picture(
        _ see: (Point) -> Point, without hidden: Int? = nil, side: Int = 2_200
    ) -> Grey {
        var bytes = [UInt8](repeating: 230, count: side * side)
        func fill(_ middle: Point, _ width: Double, _ height: Double) {
            for step in stride(from: -0.5, through: 0.5, by: 0.01) {
                for other in stride(from: -0.5, through: 0.5, by: 0.01) {
                    let at = see(middle + Point(x: step * width, y: other * height))
                    bytes[Int(at.y) * side + Int(at.x)] = 20
                }
            }
        }
        for (index, mark) in StubPlan.marks.enumerated() where index != hidden {
            fill(mark, StubPlan.markSide, StubPlan.markSide)
        }
        fill(Point(x: 60, y: 30), 40, 0.4)
        fill(Point(x: 100, y: 20), 2.4, 2.4)
        fill(Point(x: 130, y: 44), 5, 1)
        return Grey(width: side, height: side, bytes: bytes)
    }

    @Test(arguments: [
        (9.0, 0.0, 0.0), (6.0, 37.0, 0.1), (7.0, 180.0, -0.2), (8.0, 91.0, 0.25), (4.5, 265.0, 0.0),
    ])
    func `is told by its marks to a third of a millimetre, however it lies`(
        _ scale: Double, _ degrees: Double, _ tilt: Double
    ) {
        let see = camera(scale, turned: degrees, tilt: tilt)
        let places = stubPlaces(of: findMarks(in: picture(see))).map(\.place)
        let corner = Point(x: 190, y: 23)
        #expect(
            places.contains { ($0.homography.map(corner) - see(corner)).length < 0.34 * scale })
    }

    @Test func `is told by three marks and the code`() throws {
        let see = camera(8, turned: 20, tilt: 0.15)
        for hidden in 0..<4 {
            let marks = findMarks(in: picture(see, without: hidden))
            #expect(stubPlaces(of: marks).isEmpty)
            let (left, top) = (StubPlan.codeLeft, StubPlan.codeMiddle.y - StubPlan.codeSide / 2)
            let corners = [(0.0, 0.0), (17, 0), (17, 17), (0, 17)].map {
                see(Point(x: left + $0.0, y: top + $0.1))
            }
            let code = ReadCode(text: "any", corners: corners)
            let place = try #require(stubPlace(of: code, marks: marks))
            let far = Point(x: 20, y: 50)
            #expect((place.homography.map(far) - see(far)).length < 2 * 8)
        }
    }

    @Test func `is not seen where no marks are`() {
        let blank = Grey(width: 300, height: 200, bytes: .init(repeating: 255, count: 60_000))
        #expect(stubPlaces(of: findMarks(in: blank)).isEmpty)
    }
}
