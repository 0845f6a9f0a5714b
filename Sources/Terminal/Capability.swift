// SPDX-License-Identifier: Apache-2.0

internal import CNCurses

/// What the terminal's description says; ncurses must have been started.
enum Capability {
    /// Longer than any capability that is asked for.
    private static let capacity = 64

    /// Whether the description has it, in whichever form.
    static func isSet(_ name: String) -> Bool { unsafe cn_capability_is_set(name) }

    /// The bytes of a capability without padding, empty if the terminal has none.
    static func bytes(_ name: String) -> [UInt8] {
        unsafe bytes { start, capacity in unsafe cn_capability(name, start, capacity) }
    }

    /// The bytes that let all of so many lines scroll, and move the cursor.
    static func scrolling(lines: Int) -> [UInt8] {
        unsafe bytes { start, capacity in unsafe cn_scrolling_lines(Int32(lines), start, capacity) }
    }

    private static func bytes(
        _ fill: (UnsafeMutablePointer<UInt8>, Int) -> Int
    ) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
            guard let start = buffer.baseAddress else { return }
            count = unsafe fill(start, buffer.count)
        }
    }
}
