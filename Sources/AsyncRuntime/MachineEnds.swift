// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Synchronization

/// From the end of a task to the registry that has seen the task.
enum MachineEnds {
    /// By the number of the runtime; 0 where there is none.
    private static let registries = InlineArray<512, Atomic<UInt>> { _ in Atomic<UInt>(0) }

    /// Ends of tasks that this registry has seen are told to it from now on.
    ///
    /// The registry of a process's runtime is there as long as the process; one that goes before must
    /// have no task that still runs.
    static func connect(_ registry: StateMachineRegistry) {
        TaskEnd.perform { task in
            let word = MachineWord(of: task)
            if word.isOf(task) { MachineEnds.tell(task, word, isEnd: true) }
        }
        registries[Int(registry.number)].store(address(registry), ordering: .releasing)
    }

    static func disconnect(_ registry: StateMachineRegistry) {
        registries[Int(registry.number)].store(0, ordering: .relaxed)
    }

    /// Tells the registry that has written the word.
    @inline(__always)
    static func tell(_ task: UInt, _ word: MachineWord, isEnd: Bool) {
        // Acquiring; pairs with the releasing store in `connect`.
        let bits = registries[Int(word.runtime)].load(ordering: .acquiring)
        guard let pointer = unsafe UnsafeRawPointer(bitPattern: bits) else { return }
        unsafe Unmanaged<StateMachineRegistry>.fromOpaque(pointer)._withUnsafeGuaranteedRef {
            $0.ended(task, word, isEnd: isEnd)
        }
    }

    private static func address(_ registry: StateMachineRegistry) -> UInt {
        unsafe UInt(bitPattern: Unmanaged.passUnretained(registry).toOpaque())
    }
}
