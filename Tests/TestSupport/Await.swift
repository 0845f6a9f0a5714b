// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// A condition did not come about in time.
package struct Impatience: Error, CustomStringConvertible {
    /// What was waited for.
    package let description: String

    package init(description: String) { self.description = description }
}

/// Waits until `condition` holds, at most for `limit`; the failure says what was waited for.
///
/// The limit is generous, since machines are slow at times; a test that passes never uses it up.
/// A condition that costs something is better looked at less often than every fraction of a
/// millisecond.
package func eventually(
    _ what: String,
    within limit: Duration = .seconds(180),
    every interval: Duration = .microseconds(200),
    _ condition: () throws -> Bool
) throws {
    let deadline = Instant.now.advanced(by: limit)
    var looks = 0
    while true {
        if try condition() { return }
        guard Instant.now < deadline else {
            throw Impatience(description: "Waited \(limit) in vain until \(what).")
        }
        looks += 1
        if looks < 64, interval < .milliseconds(1) {
            CurrentThread.yieldProcessor()
        } else {
            nap(interval)
        }
    }
}

/// Gives the processor away for a while.
private func nap(_ interval: Duration) {
    let parker = Parker()
    parker.park(timeout: interval)
}
