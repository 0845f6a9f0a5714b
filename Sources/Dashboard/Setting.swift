// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// A number of the runtime or of the scenario that a key can change.
///
/// Each is a whole number of its unit: microseconds, requests per second with 0 for a closed loop,
/// the place of a placement among those that there are, 1 and 0 for on and off.
enum Setting: CaseIterable, Sendable {
    case pollerMinimum
    case pollerMaximum
    case concurrency
    case batch
    case skipOnSuccess
    case workerMinimum
    case workerMaximum
    case hillClimbing
    case cooperativeBlocking
    case starvationDetection
    case localHandOver
    case idleTimeout
    case placement
    case clients
    case rate
    case delay
    case spread
    case processorTime
    case blockingPercent
    case blockingTime
    case resetPercent
    case variant

    /// The longest time that the scenarios take.
    private static let longest = 3_600_000_000
    private static let fastest = 1_000_000
    private static let leastIdleTimeout = 10_000
    /// As many as .NET receives from epoll in one call.
    private static let largestBatch = 1024

    /// The value that the runtime has now, or `nil` if there is nothing to change.
    func value(in snapshot: RuntimeSnapshot) -> Int? {
        switch self {
        case .pollerMinimum: return snapshot.pollers.minimum
        case .pollerMaximum: return snapshot.pollers.maximum
        case .concurrency: return snapshot.port.concurrency
        case .batch: return snapshot.port.batch
        case .workerMinimum: return snapshot.workers.minimum
        case .workerMaximum: return snapshot.workers.maximum
        case .placement:
            return snapshot.detail?.limits.placements.firstIndex(of: snapshot.placement)
        case .variant:
            guard let text = snapshot.detail?.scenario, text.variants.count > 1 else { return nil }
            return text.variant
        default: break
        }
        if self == .idleTimeout { return snapshot.detail?.switches.idleTimeoutMicroseconds }
        if let isOn = isOn(in: snapshot) { return isOn ? 1 : 0 }
        guard let settings = snapshot.detail?.settings, settings.clientsMaximum > 0 else {
            return nil
        }
        return switch self {
        case .clients: settings.clients
        case .rate: Int(clamping: (settings.ratePerSecond ?? 0).rounded())
        case .delay: settings.delayMicroseconds
        case .spread: settings.spreadMicroseconds
        case .processorTime: settings.cpuMicroseconds
        case .blockingPercent: Int(clamping: settings.blockingPercent.rounded())
        case .blockingTime: settings.blockingMicroseconds
        case .resetPercent: Int(clamping: settings.resetPercent.rounded())
        default: nil
        }
    }

    /// Whether it is something that is on or off.
    var isSwitch: Bool {
        switch self {
        case .skipOnSuccess, .hillClimbing, .cooperativeBlocking, .starvationDetection,
            .localHandOver:
            true
        default: false
        }
    }

    private func isOn(in snapshot: RuntimeSnapshot) -> Bool? {
        guard let switches = snapshot.detail?.switches else { return nil }
        return switch self {
        case .skipOnSuccess: switches.skipOnSuccess
        case .hillClimbing: switches.hillClimbing
        case .cooperativeBlocking: switches.cooperativeBlocking
        case .starvationDetection: switches.starvationDetection
        case .localHandOver: switches.localHandOver
        default: nil
        }
    }

    /// The values that make sense, as far as the snapshot tells.
    func range(in snapshot: RuntimeSnapshot) -> ClosedRange<Int> {
        let limits = snapshot.detail?.limits
        switch self {
        case .pollerMinimum: return 1...max(1, snapshot.pollers.maximum)
        case .pollerMaximum, .concurrency:
            return 1...max(1, limits?.pollers ?? 0, snapshot.pollers.maximum)
        case .batch: return 1...Self.largestBatch
        case .workerMinimum: return 1...max(1, snapshot.workers.maximum)
        case .workerMaximum: return 1...max(1, limits?.workers ?? 0, snapshot.workers.maximum)
        case .skipOnSuccess, .hillClimbing, .cooperativeBlocking, .starvationDetection,
            .localHandOver:
            return 0...1
        case .idleTimeout: return Self.leastIdleTimeout...Self.longest
        case .placement: return 0...max(0, (limits?.placements.count ?? 1) - 1)
        case .variant:
            return 0...max(0, (snapshot.detail?.scenario.variants.count ?? 1) - 1)
        case .clients: return 0...max(0, snapshot.detail?.settings.clientsMaximum ?? 0)
        case .rate: return 0...Self.fastest
        case .delay, .processorTime, .blockingTime: return 0...Self.longest
        case .spread: return 0...max(0, snapshot.detail?.settings.delayMicroseconds ?? 0)
        case .blockingPercent, .resetPercent: return 0...100
        }
    }

    /// The command that asks for a value; those that belong together are taken from the model.
    func command(_ value: Int, in model: Model) -> RuntimeCommand {
        func other(_ setting: Setting) -> Int { model.value(of: setting) ?? 0 }
        switch self {
        case .pollerMinimum: return .setPollerMinimum(value)
        case .pollerMaximum: return .setPollerMaximum(value)
        case .concurrency: return .setConcurrency(value)
        case .batch: return .setBatch(value)
        case .skipOnSuccess: return .setSkipOnSuccess(value == 1)
        case .workerMinimum: return .setWorkerMinimum(value)
        case .workerMaximum: return .setWorkerMaximum(value)
        case .hillClimbing: return .setHillClimbing(value == 1)
        case .cooperativeBlocking: return .setCooperativeBlocking(value == 1)
        case .starvationDetection: return .setStarvationDetection(value == 1)
        case .localHandOver: return .setLocalHandOver(value == 1)
        case .idleTimeout: return .setIdleTimeout(microseconds: value)
        case .placement:
            let names = model.snapshot?.detail?.limits.placements ?? []
            return .setPlacement(names.indices.contains(value) ? names[value] : "")
        case .clients: return .setClients(value)
        case .rate: return .setRate(perSecond: value == 0 ? nil : Double(value))
        case .delay:
            let spread = min(other(.spread), value)
            return .setDelay(microseconds: value, spreadMicroseconds: spread)
        case .spread: return .setDelay(microseconds: other(.delay), spreadMicroseconds: value)
        case .processorTime: return .setProcessorTime(microseconds: value)
        case .blockingPercent:
            let time = other(.blockingTime)
            return .setBlocking(percent: Double(value), microseconds: time)
        case .blockingTime:
            let percent = Double(other(.blockingPercent))
            return .setBlocking(percent: percent, microseconds: value)
        case .resetPercent: return .setReset(percent: Double(value))
        case .variant: return .setVariant(value)
        }
    }

    /// The next value upwards or downwards.
    ///
    /// Pollers move by one; workers and clients by about a tenth, in steps of 1, 2 or 5 times a power of ten;
    /// times, rates and shares from 1 to 2 to 5 to 10: a few presses go from least to most.
    func neighbour(of value: Int, up: Bool) -> Int {
        switch self {
        case .clients, .workerMinimum, .workerMaximum:
            let step = Self.step(near: up ? value : value - 1)
            return up ? value + step : value - step
        case .batch:
            // From 1 to 2 to 4 to 8.
            let lower = value > 1 ? 1 << (Int.bitWidth - 1 - (value - 1).leadingZeroBitCount) : 0
            return up ? 1 << (Int.bitWidth - value.leadingZeroBitCount) : lower
        case .rate, .processorTime: return Self.rung(from: value, up: up, least: 10)
        case .delay, .spread, .blockingTime, .idleTimeout:
            return Self.rung(from: value, up: up, least: 1000)
        case .blockingPercent, .resetPercent:
            return Self.rung(from: value, up: up, least: 1)
        default: return up ? value + 1 : value - 1
        }
    }

    /// The next of 1, 2 and 5 times powers of ten, from `least` on; below it comes 0.
    private static func rung(from value: Int, up: Bool, least: Int) -> Int {
        var below = 0
        var power = least
        while true {
            for rung in [power, 2 * power, 5 * power] {
                if up, rung > value { return rung }
                if !up, rung >= value { return below }
                below = rung
            }
            power *= 10
        }
    }

    private static func step(near value: Int) -> Int {
        var power = 1
        while power <= value / 100 {
            power *= 10
        }
        return [5 * power, 2 * power].first { $0 <= value / 10 } ?? power
    }
}
