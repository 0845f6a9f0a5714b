// SPDX-License-Identifier: Apache-2.0

internal import Synchronization

/// Which tasks wait for a task: where the concurrency runtime notes it, in Swift 6.3 on 64-bit Linux.
///
/// A task that awaits another one's value, or its own `async let`, stands in a list in the task that
/// it awaits; one that awaits the next child of a group, or all of them, is noted in the group. It is
/// taken out by the end of the task that it awaits, and by nothing else, not even when it is
/// cancelled. So while that task is kept from ending, all that wait for it stay suspended, and neither
/// they nor their group can go away. Other awaits leave no such note: of an actor, a stream or a
/// continuation it is not known who will resume it.
enum TaskWaiters {
    private static let flagsOffset = 32
    private static let identifierOffset = 36
    private static let isChild: UInt32 = 1 << 24
    private static let isFuture: UInt32 = 1 << 25
    private static let isGroupChild: UInt32 = 1 << 26
    /// Behind the task object: parent and next child, then the group, then the future.
    private static let partsOffset: UInt = 208
    /// Low bits of the first word of a future: 0 while it has no value.
    private static let status: UInt64 = 3
    /// In a task that waits: the one that came before.
    private static let nextOffset = 16
    /// In a group: the task that waits for a child.
    private static let groupWaiterOffset = 88

    /// Whether the layout fits this process.
    static let isKnown: Bool = TaskLayout.isKnown && probe()

    /// Calls `body` with the identifiers of the tasks that wait for a task's value, newest first;
    /// returns whether those are all.
    ///
    /// Only for a task that cannot end meanwhile.
    @discardableResult
    static func forEachValueWaiter(of task: UInt, limit: Int, _ body: (UInt32) -> Void) -> Bool {
        let flags = unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self)
        guard flags & isFuture != 0 else { return true }
        var offset = partsOffset
        if flags & isChild != 0 { offset += 16 }
        if flags & isGroupChild != 0 { offset += 8 }
        let word = atomicWord(task + offset)
        guard word & status == 0 else { return true }
        var waiter = UInt(word)
        for _ in 0..<limit where waiter != 0 {
            body(identifier(waiter))
            waiter = unsafe pointer(waiter).load(fromByteOffset: nextOffset, as: UInt.self)
        }
        return waiter == 0
    }

    /// The identifier of the task that waits for a child of the group to which a task belongs; 0 for
    /// none.
    ///
    /// Only for a task that cannot end meanwhile.
    static func groupWaiter(of task: UInt) -> UInt32 {
        let flags = unsafe pointer(task).load(fromByteOffset: flagsOffset, as: UInt32.self)
        guard flags & isGroupChild != 0 else { return 0 }
        let group = unsafe pointer(task + partsOffset + 16).load(as: UInt.self)
        let waiter = UInt(atomicWord(group + UInt(groupWaiterOffset)))
        return waiter == 0 ? 0 : identifier(waiter)
    }

    private static func identifier(_ task: UInt) -> UInt32 {
        unsafe pointer(task).load(fromByteOffset: identifierOffset, as: UInt32.self)
    }

    /// Acquiring: whoever stands in a list has noted its predecessor before.
    private static func atomicWord(_ address: UInt) -> UInt64 {
        let word = unsafe pointer(address).assumingMemoryBound(to: Atomic<UInt64>.self)
        return unsafe word.pointee.load(ordering: .acquiring)
    }

    private static func pointer(_ bits: UInt) -> UnsafeRawPointer {
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: bits) else {
            preconditionFailure("There is nothing at address 0.")
        }
        return unsafe pointer
    }

    /// Lets a task wait in all these ways, on an executor of its own, for tasks that look for it.
    private static func probe() -> Bool {
        let executor = ProbeExecutor()
        let seen = WaiterFindings()
        let task = Task(executorPreference: executor) {
            seen.waiter = identifier(TaskLayout.current)
            let other = Task(executorPreference: executor) { seen.lookForValue() }
            await other.value
            await withTaskGroup { group in
                group.addTask { seen.lookForGroup() }
                await group.waitForAll()
            }
            await withTaskGroup { group in
                group.addTask { seen.lookForGroup() }
                await group.next()
            }
            async let child: Void = seen.lookForValue()
            await child
        }
        while let job = executor.take() { executor.run(job) }
        withExtendedLifetime(task) {}
        return seen.found == Array(repeating: seen.waiter, count: 4)
    }
}

/// What the probe's tasks saw; they run on the probing thread.
// INVARIANT: written and read by the thread that runs `TaskWaiters.probe`.
private final class WaiterFindings: @unchecked Sendable {
    var waiter: UInt32 = 0
    var found: [UInt32] = []

    func lookForValue() {
        TaskWaiters.forEachValueWaiter(of: TaskLayout.current, limit: 2) { found.append($0) }
    }

    func lookForGroup() { found.append(TaskWaiters.groupWaiter(of: TaskLayout.current)) }
}
