// SPDX-License-Identifier: Apache-2.0

/// What the dashboard asks of the runtime.
///
/// Values outside the limits are clamped by the receiver.
package enum RuntimeCommand: Codable, Equatable, Sendable {
    case setPollerMinimum(Int)
    case setPollerMaximum(Int)
    case setConcurrency(Int)
    case setBatch(Int)
    case setWorkerMinimum(Int)
    case setWorkerMaximum(Int)
    case setPlacement(String)
    case setHillClimbing(Bool)
    case setCooperativeBlocking(Bool)
    case setStarvationDetection(Bool)
    case setLocalHandOver(Bool)
    case setSkipOnSuccess(Bool)
    case setIdleTimeout(microseconds: Int)
    case setClients(Int)
    /// `nil` is a closed loop.
    case setRate(perSecond: Double?)
    case setDelay(microseconds: Int, spreadMicroseconds: Int)
    case setProcessorTime(microseconds: Int)
    case setBlocking(percent: Double, microseconds: Int)
    case setReset(percent: Double)
    /// How long each hop is held; 0 is full speed.
    case setTempo(microsecondsPerHop: Int)
    /// Holds all hops, and world time, or lets them go on at the tempo that is set.
    case setWorldPaused(Bool)
    /// Lets exactly one hop through, of a world that is paused; else pauses it first.
    case step
    /// Follows one state machine, by its number; `nil` follows none.
    case follow(machine: Int?)
    /// Which state machines should have rows.
    case searchMachines(MachineSearch)
    /// Lets the scenario end and starts another one, or the same anew.
    case startScenario(String)
    /// Which of the scenario's variants runs.
    case setVariant(Int)
    /// Ends the operation that a state machine awaits: its await throws. The event log tells
    /// what came of it.
    case cancelOperation(machine: Int)
    /// Keep the stories of the machines with these numbers, of the first few at most, and no others.
    case watchMachines([Int])
}
