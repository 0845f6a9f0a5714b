// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

struct KnobTests {
    @Test(arguments: [
        (Setting.pollerMaximum, RuntimeCommand.setPollerMaximum(999)),
        (.workerMaximum, .setWorkerMaximum(30767)),
        (.clients, .setClients(190)),
        (.delay, .setDelay(microseconds: 50_000, spreadMicroseconds: 10_000)),
        (.spread, .setDelay(microseconds: 100_000, spreadMicroseconds: 5000)),
        (.processorTime, .setProcessorTime(microseconds: 10)),
        (.hillClimbing, .setHillClimbing(false)),
        (.cooperativeBlocking, .setCooperativeBlocking(false)),
        (.starvationDetection, .setStarvationDetection(false)),
        (.localHandOver, .setLocalHandOver(false)),
        (.skipOnSuccess, .setSkipOnSuccess(false)),
        (.idleTimeout, .setIdleTimeout(microseconds: 10_000_000)),
    ])
    func `minus lowers the chosen setting`(setting: Setting, command: RuntimeCommand) {
        var model = Sample.model(80, 24, keys: [.character("o")])
        model.overlay = .knobs(setting)
        #expect(update(&model, .key(.character("-"))) == [.command(command)])
        model = Sample.model(80, 24)
        model.overlay = .knobs(setting)
        #expect(update(&model, .key(.left)) == [.command(command)])
    }

    @Test(arguments: [
        (Setting.rate, RuntimeCommand.setRate(perSecond: 10)),
        (.blockingPercent, .setBlocking(percent: 1, microseconds: 0)),
        (.blockingTime, .setBlocking(percent: 0, microseconds: 1000)),
        (.resetPercent, .setReset(percent: 1)),
        (.placement, .setPlacement("inline")),
    ])
    func `plus raises the chosen setting`(setting: Setting, command: RuntimeCommand) {
        var model = Sample.model(80, 24)
        model.overlay = .knobs(setting)
        #expect(update(&model, .key(.right)) == [.command(command)])
    }

    @Test func `batches double and halve`() {
        var sizes = [1]
        while sizes[sizes.count - 1] < 1024 {
            sizes.append(Setting.batch.neighbour(of: sizes[sizes.count - 1], up: true))
        }
        #expect(sizes == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024])
        for (low, high) in zip(sizes, sizes.dropFirst()) {
            #expect(Setting.batch.neighbour(of: high, up: false) == low)
        }
        #expect(Setting.batch.neighbour(of: 100, up: true) == 128)
        #expect(Setting.batch.neighbour(of: 100, up: false) == 64)
    }

    @Test func `times go from nothing to an hour and back in few steps`() {
        var times = [0]
        while let last = times.last, last < 3_600_000_000, times.count < 99 {
            times.append(min(3_600_000_000, Setting.delay.neighbour(of: last, up: true)))
        }
        #expect(times.prefix(5) == [0, 1000, 2000, 5000, 10_000])
        #expect(times.count == 22)
        let back = times.reversed().dropFirst()
        for (high, low) in zip(times.reversed(), back) {
            #expect(Setting.delay.neighbour(of: high, up: false) == low)
        }
    }

    @Test func `a loop that is slowed down to nothing is a closed one`() {
        var snapshot = Sample.snapshot(at: 103)
        snapshot.detail?.settings.ratePerSecond = 10
        var model = Sample.model(80, 24)
        _ = update(&model, .snapshot(snapshot))
        model.overlay = .knobs(.rate)
        #expect(update(&model, .key(.left)) == [.command(.setRate(perSecond: nil))])
    }

    @Test func `settings that belong together keep what was asked for`() {
        var model = Sample.model(80, 24)
        model.overlay = .knobs(.blockingPercent)
        _ = update(&model, .key(.right))
        _ = update(&model, .key(.down))
        #expect(model.overlay == .knobs(.blockingTime))
        let command = RuntimeCommand.setBlocking(percent: 1, microseconds: 1000)
        #expect(update(&model, .key(.right)) == [.command(command)])
    }

    @Test func `the value asked for is shown until the runtime has it`() {
        var model = Sample.model(80, 24, keys: [.character("3"), .character("o"), .right])
        #expect(view(model).lines.contains { $0.contains("2 → 3  asked for") })
        var snapshot = Sample.snapshot(at: 102.45)
        snapshot.workers.minimum = 3
        _ = update(&model, .snapshot(snapshot))
        #expect(model.targets.isEmpty)
        #expect(!view(model).lines.contains { $0.contains("asked for") })
        #expect(model.value(of: .workerMinimum) == 3)
        _ = update(&model, .key(.character("o")))
        #expect(model.overlay == nil)
    }

    @Test func `r goes through the placements that there are`() {
        var model = Sample.model(80, 24)
        #expect(update(&model, .key(.character("r"))) == [.command(.setPlacement("inline"))])
        #expect(view(model).lines[0].contains("placement worker→inline"))
        #expect(update(&model, .key(.character("r"))) == [.command(.setPlacement("worker"))])
    }
}
