// SPDX-License-Identifier: Apache-2.0

internal import DequeModule
package import Kernel
internal import Synchronization

/// How long the oldest item of the pool's queues has been waiting, as far as looks at them tell.
///
/// Items carry no time: a stamp would cost each of them a reading of the clock and eight bytes.
/// Instead somebody looks at the queues now and then and remembers how far they had come. So an age
/// is exact to the time between two looks, and never too high: an item counts from the first look
/// that found it there.
package struct QueueAge: Sendable {
    /// Looks that are remembered for a queue; where there are more, every other one is dropped.
    private static let capacity = 512

    /// A queue in which items keep their order, so that positions tell them apart.
    struct Shared: Sendable {
        /// Items that had ever been appended, and when that was seen first.
        private var looks: Deque<(appended: Int, at: Instant)> = []

        /// Since when the item is known that is to be taken next; `nil` where there is none.
        mutating func look(_ positions: (appended: Int, taken: Int), at now: Instant) -> Instant? {
            while let first = looks.first, first.appended <= positions.taken { looks.removeFirst() }
            if positions.appended > max(looks.last?.appended ?? 0, positions.taken) {
                looks.append((positions.appended, now))
            }
            // Later looks say more than the item needs: then it is known a little too late.
            if looks.count > QueueAge.capacity {
                looks = Deque(looks.enumerated().filter { $0.offset % 2 == 0 }.map(\.element))
            }
            return looks.first?.at
        }
    }

    /// A worker's own queue, where the owner takes the newest item.
    ///
    /// Only the oldest item's position is its own for as long as it is the oldest: it leaves by a
    /// step of `top`. So it counts from the look that first found it to be the oldest.
    struct Local: Sendable {
        private var oldest: Int?
        private var since = Instant(nanoseconds: 0)

        mutating func look(oldest position: Int?, at now: Instant) -> Instant? {
            if position != oldest { since = now }
            oldest = position
            return position == nil ? nil : since
        }
    }

    private var global = Shared()
    private var highPriority = Shared()
    private var local: [Int: Local] = [:]
    /// The age of the oldest item at the last look; `nil` where no item waited.
    package private(set) var oldest: Duration?

    package init() {}

    /// Looks at the queues of a pool.
    package mutating func look(at pool: WorkerPool, now: Instant) {
        var first = global.look(pool.global.positions, at: now)
        func note(_ since: Instant?) {
            guard let since else { return }
            first = min(first ?? since, since)
        }
        note(highPriority.look(pool.highPriority.positions, at: now))
        var present: [Int: Local] = [:]
        for worker in pool.all {
            var queue = local[worker.number] ?? Local()
            note(queue.look(oldest: worker.queue.oldestPosition, at: now))
            present[worker.number] = queue
        }
        local = present
        oldest = first.map { now.duration(since: $0) }
    }
}
