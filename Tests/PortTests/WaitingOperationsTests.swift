// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Port

@Suite struct WaitingOperationsTests {
    @Test(arguments: 0..<20)
    func `it behaves as an array does, whatever is done to it`(walk: Int) {
        var random = SeededRandom(seed: UInt64(0x3a17_0000 + walk))
        let seed = random.seed
        for _ in 0..<100 {
            var waiting = WaitingOperations()
            var expected: [UInt32] = []
            for slot in UInt32(1)...60 {
                switch random.below(8) {
                case 0..<3:
                    waiting.append(slot)
                    expected.append(slot)
                case 3:
                    waiting.prepend(slot)
                    expected.insert(slot, at: 0)
                case 4 where !expected.isEmpty:
                    waiting.removeFirst()
                    expected.removeFirst()
                case 5:
                    let victim = UInt32(1 + random.below(60))
                    let index = expected.firstIndex(of: victim)
                    let wasThere = waiting.remove(victim)
                    #expect(wasThere == (index != nil), "seed \(seed)")
                    if let index { expected.remove(at: index) }
                case 6 where random.below(6) == 0:
                    let keepsFirst = Bool.random(using: &random)
                    let removed = waiting.removeAll(keepingFirst: keepsFirst)
                    let rest = Array(expected.dropFirst(keepsFirst ? 1 : 0))
                    #expect(removed == rest, "seed \(seed)")
                    expected = keepsFirst ? Array(expected.prefix(1)) : []
                default: break
                }
                #expect(waiting.first == expected.first, "seed \(seed)")
                #expect(waiting.isEmpty == expected.isEmpty, "seed \(seed)")
            }
        }
    }

    @Test func `nothing is removed by the number that names no slot`() {
        var waiting = WaitingOperations()
        let wasThere = waiting.remove(0)
        waiting.append(3)
        let isThere = waiting.remove(0)
        #expect(!wasThere && !isThere)
        #expect(waiting.first == 3)
    }
}
