// SPDX-License-Identifier: Apache-2.0

import Kernel
import TestSupport
import Testing

@Suite struct LockTests {
    @Test func `increments under contention are all counted`() throws {
        let shared = Shared()
        try onThreads(4) { _ in
            for _ in 0..<25_000 { shared.count.withLock { $0 += 1 } }
        }
        #expect(shared.value == 100_000)
    }

    @Test func `an error leaves the lock free`() {
        struct Refusal: Error {}
        let shared = Shared()
        #expect(throws: Refusal.self) { try shared.count.withLock { _ in throw Refusal() } }
        shared.count.withLock { $0 += 1 }
        #expect(shared.value == 1)
    }

    #if DEBUG
    @Test func `taking a second lock traps in debug builds`() async {
        await #expect(processExitsWith: .failure) {
            let outer = Lock(0)
            let inner = Lock(0)
            outer.withLock { _ in inner.withLock { $0 += 1 } }
        }
    }
    #endif
}

private final class Shared: Sendable {
    let count = Lock(0)

    var value: Int { count.withLock { $0 } }
}
