// SPDX-License-Identifier: Apache-2.0

/// What a task's own word says of the machine: the word that the concurrency runtime leaves alone.
///
/// The upper half is the task's identifier, so that a word left over from an earlier task at the same
/// address is recognised. Below are the `RuntimeNumber` of whoever tracks it, and the machine's slot; of
/// one that is only counted, when it was first seen.
struct MachineWord: Equatable {
    private static let countedBit: UInt = 1 << 31
    private static let numberShift: UInt = 22
    private static let lowBits: UInt = (1 << 22) - 1
    private static let hasRunBit: UInt = 1 << 21
    private static let stampBits: UInt = (1 << 21) - 1
    /// Steps of 4.2 ms, which tell ages of up to an hour and a quarter.
    private static let stampShift: UInt64 = 22

    var bits: UInt

    @inline(__always)
    init(of task: UInt) { bits = TaskLayout.reservedWord(task) }

    /// A machine with a slot.
    @inline(__always)
    init(_ identifier: UInt32, runtime: UInt, slot: UInt32) {
        bits = UInt(identifier) << 32 | runtime << MachineWord.numberShift | UInt(slot)
    }

    /// A machine that is only counted.
    @inline(__always)
    init(counted identifier: UInt32, runtime: UInt, at now: UInt64) {
        bits =
            UInt(identifier) << 32 | MachineWord.countedBit | runtime << MachineWord.numberShift
            | UInt(truncatingIfNeeded: now >> MachineWord.stampShift) & MachineWord.stampBits
    }

    /// Whether the word is this very task's.
    @inline(__always)
    func isOf(_ task: UInt) -> Bool { bits >> 32 == UInt(TaskLayout.identifier(task)) }

    /// The number of the runtime that has written the word.
    @inline(__always)
    var runtime: UInt { bits >> MachineWord.numberShift & UInt(RuntimeNumber.limit - 1) }

    @inline(__always)
    var isCounted: Bool { bits & MachineWord.countedBit != 0 }

    /// The machine's slot; 0 for one that is only counted.
    @inline(__always)
    var slot: UInt32 {
        isCounted ? 0 : UInt32(truncatingIfNeeded: bits & MachineWord.lowBits)
    }

    /// Whether a machine that is only counted has been enqueued more than once.
    var hasRun: Bool {
        get { bits & MachineWord.hasRunBit != 0 }
        set { bits = newValue ? bits | MachineWord.hasRunBit : bits & ~MachineWord.hasRunBit }
    }

    /// When a machine that is only counted was first seen, to 4.2 ms.
    func firstSeen(at now: UInt64) -> UInt64 {
        let steps =
            (UInt(truncatingIfNeeded: now >> MachineWord.stampShift) &- bits)
            & MachineWord.stampBits
        // A clock that was read before the stamp was made is a step behind.
        guard steps <= MachineWord.stampBits / 2 else { return now }
        return now &- min(UInt64(steps) << MachineWord.stampShift, now)
    }
}
