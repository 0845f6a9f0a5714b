// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kernel

struct MachineLoadTests {
    @Test func `what is neither idle nor waiting for a disk is busy`() {
        let ticks = MachineLoad.ticks("cpu  100 20 30 800 40 5 6 7 90 10\ncpu0 1 2 3 4 5 6 7 8\n")
        #expect(ticks == MachineLoad.Ticks(busy: 168, all: 1008))
        #expect(MachineLoad.ticks("intr 1 2 3 4 5") == nil)
        #expect(MachineLoad.ticks("") == nil)
        #expect(MachineLoad.ticks("cpu 1 x 3 y") == nil)
    }

    @Test func `the load is that between two readings`() {
        var load = MachineLoad()
        load.update("cpu 500 0 0 500 0 0 0 0")
        #expect(load.percent == 0)
        load.update("cpu 525 0 0 575 0 0 0 0")
        #expect(load.percent == 25)
        // Neither a clock that stands still nor one that runs backwards is a reading.
        load.update("cpu 525 0 0 575 0 0 0 0")
        load.update("cpu 1 0 0 1 0 0 0 0")
        #expect(load.percent == 25)
    }

    @Test func `this machine has a load`() throws {
        let ticks = try #require(MachineLoad.ticks(ProcessStatus.read("/proc/stat")))
        #expect(ticks.busy > 0)
        #expect(ticks.all > ticks.busy)
    }
}
