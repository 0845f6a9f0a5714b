// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// The machines that somebody looks at, a few at a time, each with its story.
///
/// Who runs a machine while none is watched looks at one word and goes on; while one is, at a bit for
/// its own number as well.
final class WatchedMachines: Sendable {
    /// As many as can be looked at: one that is open, one in the forest, two that are followed.
    static let limit = 4

    /// A bit for each watched number, by its last six bits; 0 while none is watched.
    private let bits = Atomic<UInt64>(0)
    private let stories = Lock<[MachineStory]>([])

    /// Whether any is.
    @inline(__always)
    var isAny: Bool {
        // Relaxed: a step more or less at the beginning of a story is none of anybody's business.
        bits.load(ordering: .relaxed) != 0
    }

    /// Whether this one may be; another one seldom is taken for it.
    @inline(__always)
    func mayBe(_ number: UInt32) -> Bool {
        bits.load(ordering: .relaxed) & WatchedMachines.bit(number) != 0
    }

    /// Whether this one is.
    func isWatched(_ number: UInt32) -> Bool {
        mayBe(number) && stories.withLock { $0.contains { $0.number == number } }
    }

    /// Watches these machines from now on, and no others; the stories of those that are watched
    /// already go on.
    func watch(_ numbers: [UInt32], at now: UInt64) {
        var wanted: [UInt32] = []
        for number in numbers where number != 0 && !wanted.contains(number) {
            if wanted.count < WatchedMachines.limit { wanted.append(number) }
        }
        stories.withLock { stories in
            let known = stories
            stories = wanted.map { number in
                known.first { $0.number == number } ?? MachineStory(of: number, since: now)
            }
            bits.store(
                wanted.reduce(0) { $0 | WatchedMachines.bit($1) },
                ordering: .relaxed
            )
        }
    }

    /// Changes the story of a machine, if it is watched; `nil` where it is not.
    @discardableResult
    func tell<Result: Sendable>(
        _ number: UInt32,
        _ body: (inout MachineStory) -> Result
    ) -> Result? {
        stories.withLock { stories in
            guard let index = stories.firstIndex(where: { $0.number == number }) else { return nil }
            return body(&stories[index])
        }
    }

    var numbers: [UInt32] { stories.withLock { $0.map(\.number) } }

    /// All stories, in the order in which they were asked for; nobody else has what they hold.
    var all: [MachineStory] { stories.withLock { $0.map(\.copied) } }

    private static func bit(_ number: UInt32) -> UInt64 { 1 << UInt64(number & 63) }
}
