// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Pool

@Suite struct WaveHistoryTests {
    private static let cosine = [1.0, 0, -1, 0]
    private static let sine = [0.0, 1, 0, -1]

    private static let waves: [(wave: [Double], strength: Double)] = [
        ([7, 7, 7, 7], 0), (cosine, 0.5), (sine, 0.5),
        ([4, 5, 5, 4], 0.353553), ([0, 0, 1, 1], 0.353553), ([4, 4, 5, 5], 0.353553),
    ]

    @Test(arguments: waves)
    func `a wave of period 4 has the strength it has`(wave: [Double], strength: Double) {
        let history = history(repeating: wave, count: 8)
        #expect(isNear(history.strength(period: 4, ofLast: 8), strength, 1e-6))
    }

    @Test func `the neighbouring bands do not hear it`() {
        for wave in [WaveHistoryTests.cosine, WaveHistoryTests.sine] {
            let history = history(repeating: wave, count: 8)
            #expect(isNear(history.strength(period: 8.0 / 3, ofLast: 8), 0, 1e-12))
            #expect(isNear(history.strength(period: 8, ofLast: 8), 0, 1e-12))
        }
    }

    @Test func `only the newest samples count, also where the ring wraps`() {
        var history = WaveHistory(capacity: 12)
        for index in 0..<31 { history.append(index < 23 ? 1000 : Double(index % 4 / 2)) }
        #expect(isNear(history.strength(period: 4, ofLast: 8), 0.353553, 1e-6))
        #expect(history.mean(ofLast: 8) == 0.5)
    }

    private func history(repeating wave: [Double], count: Int) -> WaveHistory {
        var history = WaveHistory(capacity: 32)
        for index in 0..<count { history.append(wave[index % wave.count]) }
        return history
    }
}

func isNear(_ value: Double, _ expected: Double, _ tolerance: Double) -> Bool {
    abs(value - expected) <= tolerance
}
