// SPDX-License-Identifier: Apache-2.0

import Kernel
import Synchronization
import SystemPackage
import TestSupport
import Testing

@Suite struct DetachedThreadsTests {
    @Test func `they run under their names and are counted`() throws {
        let threads = DetachedThreads()
        let named = Atomic(0)
        for number in 0..<3 {
            let began = threads.begin("detached-\(number)") {
                if CurrentThread.name == "detached-\(number)" { named.add(1, ordering: .relaxed) }
            }
            #expect(began)
        }
        try eventually("all have run") { named.load(ordering: .relaxed) == 3 }
        #expect(threads.count == 3)
        #expect(threads.refusal == nil)
    }

    @Test func `a limit stops them, and is told`() {
        let left = Atomic(5)
        let threads = DetachedThreads { _, _ throws(Errno) in
            guard left.subtract(1, ordering: .relaxed).newValue >= 0 else {
                throw .resourceTemporarilyUnavailable
            }
        }
        let began = (0..<8).map { threads.begin("detached-\($0)") {} }
        #expect(began == [true, true, true, true, true, false, false, false])
        #expect(threads.count == 5)
        #expect(threads.refusal == .resourceTemporarilyUnavailable)
    }
}
