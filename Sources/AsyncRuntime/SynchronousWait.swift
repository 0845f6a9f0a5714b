// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// One thread that is blocked until async code has a result: sync over async, .NET's `.Result`.
///
/// It ends exactly once: with the result, by ``cancel()``, or because the runtime stops. Each of
/// them stores its word before it unparks, and the waiting thread looks at the word after every
/// wake, so that no end is lost; the first word stays.
final class SynchronousWait: Sendable {
    enum End: UInt8 {
        case result = 1
        case cancelled
        case stopped
    }

    /// Name of the thread that waits.
    let thread: String
    /// The function that waits.
    let function: StaticString
    /// Number of the state machine that it waits for; 0 while that is not known.
    let machine = Atomic<UInt64>(0)
    private let end = Atomic<UInt8>(0)
    private let parker = Parker()

    init(thread: String, function: StaticString) {
        self.thread = thread
        self.function = function
    }

    /// Ends the wait, unless it has ended.
    func finish(_ end: End) {
        // Releasing; pairs with the acquiring load in `wait`, whose thread reads the result next.
        let (isFirst, _) = self.end.compareExchange(
            expected: 0,
            desired: end.rawValue,
            ordering: .acquiringAndReleasing
        )
        if isFirst { parker.unpark() }
    }

    /// Looks around for a moment whether the end comes, before the thread is said to block.
    ///
    /// As .NET's waits on tasks do. By the thread that made it.
    func comesSoon() -> Bool { parker.lookAround() }

    /// Blocks the calling thread, the one that made it, until the end.
    func wait() -> End {
        while true {
            if let end = End(rawValue: end.load(ordering: .acquiring)) { return end }
            parker.park()
        }
    }

    /// Sleeps for a while, as code does that polls; returns how it has ended, if it has.
    func poll(after interval: Duration, _ stop: StopSignal) -> End? {
        stop.wait(for: interval)
        return End(rawValue: end.load(ordering: .acquiring))
    }
}
