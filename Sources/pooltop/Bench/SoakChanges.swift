// SPDX-License-Identifier: Apache-2.0

internal import Telemetry
internal import Workload

/// The changes of a soak, at random but repeatable.
struct SoakChanges {
    private var random: SeededRandom
    private let clients: Int

    init(seed: UInt64, clients: Int) {
        random = SeededRandom(seed: seed)
        self.clients = clients
    }

    /// The next change; every kind of command comes up.
    mutating func next() -> RuntimeCommand {
        switch pick(0...14) {
        case 0, 1: .setClients(pick(0...clients))
        case 2: .setRate(perSecond: Double(pick(10...4000)))
        case 3: .setRate(perSecond: nil)
        case 4: .setDelay(microseconds: pick(0...50_000), spreadMicroseconds: pick(0...20_000))
        case 5: .setProcessorTime(microseconds: pick(0...200))
        case 6: .setBlocking(percent: Double(pick(0...20)), microseconds: pick(0...20_000))
        case 7: .setReset(percent: Double(pick(0...20)))
        case 8: .setWorkerMinimum(pick(1...8))
        case 9: .setPollerMinimum(pick(1...4))
        case 10: .setPollerMaximum(pick(1...8))
        case 11: .setConcurrency(pick(1...4))
        case 12: .setBatch(pick(1...1024))
        case 13: .setSkipOnSuccess(pick(0...1) == 1)
        default: .setPlacement(pick(0...1) == 0 ? "worker" : "inline")
        }
    }

    private mutating func pick(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }
}
