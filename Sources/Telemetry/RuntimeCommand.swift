// SPDX-License-Identifier: Apache-2.0

/// What the dashboard asks of the runtime.
///
/// Values outside the limits are clamped by the receiver.
package enum RuntimeCommand: Equatable, Sendable {
    case setPollerMinimum(Int)
    case setPollerMaximum(Int)
    case setConcurrency(Int)
    case setWorkerMinimum(Int)
    case setWorkerMaximum(Int)
    case setPlacement(String)
    case setHillClimbing(Bool)
    case setCooperativeBlocking(Bool)
    case setStarvationDetection(Bool)
    case setLocalHandOver(Bool)
    case setIdleTimeout(microseconds: Int)
    case setClients(Int)
    /// `nil` is a closed loop.
    case setRate(perSecond: Double?)
    case setDelay(microseconds: Int, spreadMicroseconds: Int)
    case setProcessorTime(microseconds: Int)
    case setBlocking(percent: Double, microseconds: Int)
    case setReset(percent: Double)
    /// Which of the scenario's variants runs.
    case setVariant(Int)
}
