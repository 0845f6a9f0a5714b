// SPDX-License-Identifier: Apache-2.0

import Pool
import Testing

/// Where it goes on loads of known shape, as the reference measured it on a model.
@Suite struct HillClimbingLoadTests {
    private static let seeds: [UInt64] = [1, 2, 3, 4, 5]

    /// Items that wait: each thread brings one more per `item`, up to 20.
    private func saturating(_ item: Duration) -> (Int) -> Double {
        { Double(min($0, 20)) / (item / .seconds(1)) }
    }

    @Test(arguments: seeds)
    func `a load that saturates at 20 threads gets about 20`(seed: UInt64) {
        var climber = Climber(seed: seed)
        let rise = climber.run(for: .seconds(60), throughput: saturating(.milliseconds(10)))
        let reached = rise.first { $0.goal >= 20 }?.time
        #expect(reached.map { $0 > .seconds(5) && $0 < .seconds(25) } == true, "seed \(seed)")
        let settled = climber.run(for: .seconds(60), throughput: saturating(.milliseconds(10)))
        let mean = Double(settled.map(\.goal).reduce(0, +)) / Double(settled.count)
        #expect(mean > 18 && mean < 22, "\(mean), seed \(seed)")
        #expect(climber.transitions.contains { $0.reason == .climbingMove })
    }

    @Test(arguments: seeds)
    func `flat load sends it back to the minimum`(seed: UInt64) {
        var climber = Climber(seed: seed)
        climber.run(for: .seconds(60), throughput: saturating(.milliseconds(10)))
        let top = climber.goal
        #expect(top > 15)
        climber.run(for: .seconds(600)) { _ in 2000 }
        let end = climber.run(for: .seconds(10)) { _ in 2000 }
        #expect(end.allSatisfy { $0.goal <= 6 }, "\(end.map(\.goal)), seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a flat and noisy load stays near the minimum`(seed: UInt64) {
        var climber = Climber(seed: seed)
        let goals = climber.run(for: .seconds(300), noise: 0.2) { _ in 2000 }
        let low = goals.count { $0.goal <= 7 }
        #expect(low * 10 >= goals.count * 9, "seed \(seed)")
    }

    @Test(arguments: seeds)
    func `a maximum is where it stops`(seed: UInt64) {
        var climber = Climber(maximum: 8, seed: seed)
        climber.run(for: .seconds(30), throughput: saturating(.milliseconds(10)))
        let goals = climber.run(for: .seconds(30), throughput: saturating(.milliseconds(10)))
        #expect(goals.allSatisfy { $0.goal == 7 || $0.goal == 8 }, "seed \(seed)")
    }
}
