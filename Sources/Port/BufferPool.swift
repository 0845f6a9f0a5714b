// SPDX-License-Identifier: Apache-2.0

package import Telemetry

/// The receive buffers of one port, taken when a descriptor is ready and given back when read.
package final class BufferPool: Sendable {
    /// Bytes in a buffer, and so the most that one read returns.
    package static let bufferBytes = 4096

    let slots = SlotPool(slotBytes: BufferPool.bufferBytes, slotsPerChunkShift: 6, counter: nil)
    private let currentLane: @Sendable () -> ThreadLane

    package init(currentLane: @escaping @Sendable () -> ThreadLane) {
        self.currentLane = currentLane
    }

    /// The buffer's memory; the caller holds its number.
    package func address(of number: UInt32) -> UnsafeMutableRawPointer {
        unsafe slots.address(of: number)
    }

    /// Gives a buffer back, on the thread that the lane belongs to.
    package func put(_ number: UInt32, on lane: ThreadLane) {
        slots.put(number, on: lane)
    }

    /// Gives a buffer back, from any thread.
    package func put(_ number: UInt32) {
        slots.put(number, on: currentLane())
    }
}
