// SPDX-License-Identifier: Apache-2.0

internal import Kernel

/// Addresses of resume functions in 32 bits: their distance from the executable's first byte.
///
/// Half the room of an address. Functions of shared libraries, the concurrency runtime's own frames
/// above all, are too far away and are kept as ``elsewhere``.
enum FrameCapture {
    /// Stands for a function outside the executable.
    static let elsewhere = UInt32.max

    static let base = ExecutableImage.base

    static func encode(_ address: UInt) -> UInt32 { encode(address, from: base) }

    /// The same for those who have the executable's first byte at hand.
    @inline(__always)
    static func encode(_ address: UInt, from base: UInt) -> UInt32 {
        let distance = address &- base
        return distance < UInt(elsewhere) ? UInt32(distance) : elsewhere
    }

    /// The address; `nil` for a function elsewhere.
    static func decode(_ frame: UInt32) -> UInt? {
        frame == elsewhere ? nil : base + UInt(frame)
    }
}
