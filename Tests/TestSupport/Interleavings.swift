// SPDX-License-Identifier: Apache-2.0

/// A protocol between threads as a pure value: what they share, and how far each has come.
///
/// One step is one atomic operation of the real code, or one critical section. Sequential
/// consistency is the model: steps happen one after another and each sees all that came before.
/// A machine that wants weaker memory models the store buffer as a thread of its own.
package protocol StepMachine: Hashable {
    /// Threads are numbered from 0.
    var threadCount: Int { get }
    /// The states that one step of `thread` may lead to; none where it waits or has ended. More
    /// than one where something else decides, such as a timeout.
    func successors(of thread: Int) -> [Self]
    /// What is wrong in this state, whatever happens next.
    var violation: String? { get }
    /// What is wrong if no thread can make another step, such as a thread that waits for ever.
    var violationAtEnd: String? { get }
}

extension StepMachine {
    package var violation: String? { nil }
}

/// Every schedule of a small ``StepMachine``, depth first; a state is looked at once.
package struct Interleavings: CustomStringConvertible {
    /// Distinct states that were reached.
    package private(set) var stateCount = 0
    /// Distinct states in which nobody could go on.
    package private(set) var endCount = 0
    /// The first thing found wrong, and the threads in the order in which they stepped.
    package private(set) var failure: (reason: String, schedule: [Int])?

    /// Explores from `start` until everything was seen or something is wrong.
    ///
    /// - Precondition: there are at most `limit` states; a machine without end is a mistake.
    package init<Machine: StepMachine>(of start: Machine, limit: Int = 3_000_000) {
        var seen: Set<Machine> = [start]
        var path: [(states: [(thread: Int, state: Machine)], next: Int)] = []
        stateCount = 1
        if let children = visit(start, path.count) { path.append((children, 0)) }
        while let top = path.indices.last, failure == nil {
            guard path[top].next < path[top].states.count else {
                path.removeLast()
                continue
            }
            let child = path[top].states[path[top].next]
            path[top].next += 1
            guard seen.insert(child.state).inserted else { continue }
            stateCount += 1
            precondition(stateCount <= limit, "The machine has more than \(limit) states.")
            if let children = visit(child.state, path.count) { path.append((children, 0)) }
            if let reason = failure?.reason {
                failure = (reason, path.map { $0.states[$0.next - 1].thread })
            }
        }
    }

    private mutating func visit<Machine: StepMachine>(
        _ state: Machine,
        _ depth: Int
    ) -> [(thread: Int, state: Machine)]? {
        if let reason = state.violation {
            failure = (reason, [])
            return nil
        }
        let children = (0..<state.threadCount).flatMap { thread in
            state.successors(of: thread).map { (thread: thread, state: $0) }
        }
        guard children.isEmpty else { return children }
        endCount += 1
        if let reason = state.violationAtEnd { failure = (reason, []) }
        return nil
    }

    package var description: String {
        guard let failure else { return "\(stateCount) states, \(endCount) ends, none bad" }
        let schedule = failure.schedule.map(String.init).joined(separator: " ")
        return "\(failure.reason), by the schedule \(schedule)"
    }
}
