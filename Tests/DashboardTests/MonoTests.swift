// SPDX-License-Identifier: Apache-2.0

import Telemetry
import Testing

@testable import Dashboard

/// What colour says, glyph and word say too.
struct MonoTests {
    @Test(arguments: [Glyphs.unicode, .ascii])
    func `each state has a word of its own behind its glyph`(glyphs: Glyphs) {
        let workers = [
            RuntimeSnapshot.WorkerRow.State.running, .blocked, .spinning, .parked, .leaving,
        ].map { WorkerColumns.state($0, glyphs).text }
        let pollers = [
            RuntimeSnapshot.PollerRow.State.leader, .waiting, .running, .inline, .blocked,
            .leaving,
        ].map { PollerColumns.state($0, engine: "", glyphs).text }
        let machines = ["running", "queued", "read"].map { MachineColumns.state($0, glyphs).text }
        for texts in [workers, pollers, machines] {
            let words = texts.compactMap { $0.split(separator: " ").last }
            #expect(Set(words).count == texts.count)
            #expect(texts.allSatisfy { $0.split(separator: " ").count == 2 })
        }
    }
}
