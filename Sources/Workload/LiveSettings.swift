// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// The settings of a running scenario: any thread changes them, every request reads them.
///
/// Each knob is one atomic word. All accesses are relaxed: a request that begins while a key is
/// pressed may see the old value or the new one, and nothing else is published through them. Values
/// that belong together (a delay and its spread) share a word, so that no request sees half a change.
package final class LiveSettings: Sendable {
    private let clientCount: Atomic<Int>
    /// Bit pattern of a `Double`; 0 is a closed loop.
    private let rate: Atomic<UInt64>
    /// Microseconds, the delay in the upper half, the spread in the lower.
    private let delays: Atomic<UInt64>
    private let processorMicroseconds: Atomic<UInt64>
    /// Thousandths of a percent in the upper half, microseconds in the lower.
    private let blocking: Atomic<UInt64>
    private let resetThousandths: Atomic<UInt64>
    /// Microseconds, the time in the upper half, the spread in the lower.
    private let thinking: Atomic<UInt64>
    private let variantIndex: Atomic<Int>

    package init(_ settings: WorkloadSettings) {
        clientCount = Atomic(settings.clients)
        rate = Atomic(0)
        delays = Atomic(0)
        processorMicroseconds = Atomic(0)
        blocking = Atomic(0)
        resetThousandths = Atomic(0)
        thinking = Atomic(0)
        variantIndex = Atomic(0)
        value = settings
    }

    package var clients: Int {
        get { clientCount.load(ordering: .relaxed) }
        set { clientCount.store(max(0, newValue), ordering: .relaxed) }
    }

    /// Requests per second of an open loop; `nil` is a closed loop.
    package var ratePerSecond: Double? {
        get {
            let bits = rate.load(ordering: .relaxed)
            return bits == 0 ? nil : Double(bitPattern: bits)
        }
        set {
            let clamped = newValue.map { $0.clamped(to: WorkloadSettings.rateRange) }
            rate.store(clamped?.bitPattern ?? 0, ordering: .relaxed)
        }
    }

    package var delay: (delay: Duration, spread: Duration) {
        get {
            let (high, low) = delays.load(ordering: .relaxed).halves
            return (.microseconds(high), .microseconds(low))
        }
        set {
            let delay = newValue.delay.settingMicroseconds
            let spread = min(newValue.spread.settingMicroseconds, delay)
            delays.store(UInt64(high: delay, low: spread), ordering: .relaxed)
        }
    }

    package var processorTime: Duration {
        get { .microseconds(Int64(processorMicroseconds.load(ordering: .relaxed))) }
        set {
            processorMicroseconds.store(UInt64(newValue.settingMicroseconds), ordering: .relaxed)
        }
    }

    package var blockingShare: (percent: Double, time: Duration) {
        get {
            let (high, low) = blocking.load(ordering: .relaxed).halves
            return (Double(high) / 1000, .microseconds(low))
        }
        set {
            let word = UInt64(
                high: newValue.percent.thousandths,
                low: newValue.time.settingMicroseconds
            )
            blocking.store(word, ordering: .relaxed)
        }
    }

    package var resetPercent: Double {
        get { Double(resetThousandths.load(ordering: .relaxed)) / 1000 }
        set { resetThousandths.store(UInt64(newValue.thousandths), ordering: .relaxed) }
    }

    package var think: (time: Duration, spread: Duration) {
        get {
            let (high, low) = thinking.load(ordering: .relaxed).halves
            return (.microseconds(high), .microseconds(low))
        }
        set {
            let time = newValue.time.settingMicroseconds
            let spread = min(newValue.spread.settingMicroseconds, time)
            thinking.store(UInt64(high: time, low: spread), ordering: .relaxed)
        }
    }

    package var variant: Int {
        get { variantIndex.load(ordering: .relaxed) }
        set { variantIndex.store(newValue, ordering: .relaxed) }
    }

    /// All settings at once, as a plain value.
    package var value: WorkloadSettings {
        get {
            var settings = WorkloadSettings()
            settings.clients = clients
            settings.ratePerSecond = ratePerSecond
            (settings.delay, settings.spread) = delay
            settings.processorTime = processorTime
            (settings.blockingPercent, settings.blockingTime) = blockingShare
            settings.resetPercent = resetPercent
            (settings.thinkTime, settings.thinkSpread) = think
            settings.variant = variant
            return settings
        }
        set {
            clients = newValue.clients
            ratePerSecond = newValue.ratePerSecond
            delay = (newValue.delay, newValue.spread)
            processorTime = newValue.processorTime
            blockingShare = (newValue.blockingPercent, newValue.blockingTime)
            resetPercent = newValue.resetPercent
            think = (newValue.thinkTime, newValue.thinkSpread)
            variant = newValue.variant
        }
    }
}

extension UInt64 {
    fileprivate init(high: UInt32, low: UInt32) {
        self = UInt64(high) << 32 | UInt64(low)
    }

    fileprivate var halves: (high: UInt32, low: UInt32) {
        (UInt32(self >> 32), UInt32(truncatingIfNeeded: self))
    }
}

extension Duration {
    fileprivate var settingMicroseconds: UInt32 {
        UInt32(clamping: min(self, DurationText.maximum).wholeMicroseconds)
    }
}

extension Double {
    fileprivate func clamped(to range: ClosedRange<Double>) -> Double {
        isNaN ? range.lowerBound : Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }

    /// Thousandths of a percent.
    fileprivate var thousandths: UInt32 {
        UInt32((clamped(to: WorkloadSettings.percentRange) * 1000).rounded())
    }
}
