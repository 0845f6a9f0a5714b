// SPDX-License-Identifier: Apache-2.0

/// How many new machines a thread gives a slot of their own: as many as anybody could look at.
///
/// A slot, its times and its frames cost 200 ns in the life of a machine, a third of what it costs
/// to make a task, run it twice and end it. Where tasks come by the million, that
/// is too much to pay for rows that nobody can read. So a thread hands out rows from a stock that
/// refills with time; beyond it a machine is counted, and nothing else, until it awaits an
/// operation, or comes to a thread that has stock left. How many are only counted is a number in every
/// snapshot.
struct RowBudget {
    /// Rows for a thread that has made none for a while.
    static let burst: UInt64 = 4096
    /// A row more each 66 us.
    private static let refillShift: UInt64 = 16
    /// Machines without a row between two looks at the clock.
    private static let patience: UInt32 = 64

    private var rows: UInt64
    private var filledAt: UInt64
    private var refused: UInt32 = 0
    /// What the clock said when it was last looked at.
    private(set) var lookedAt: UInt64 = 0

    init(rows: UInt64 = burst, filledAt: UInt64 = 0) {
        self.rows = rows
        self.filledAt = filledAt
    }

    /// Takes a row for a new machine; `nil` where it is only to be counted.
    ///
    /// Returns what the clock said, which is looked at only if a row may be had.
    @inline(__always)
    mutating func take(_ clock: () -> UInt64) -> UInt64? {
        if rows == 0 {
            refused &+= 1
            guard refused % RowBudget.patience == 0 else { return nil }
        }
        let now = clock()
        return take(at: now) ? now : nil
    }

    /// The same at a time that is known.
    @inline(__always)
    mutating func take(at now: UInt64) -> Bool {
        lookedAt = now
        let gained = (now &- min(filledAt, now)) >> RowBudget.refillShift
        if gained > 0 {
            rows = min(RowBudget.burst, rows + gained)
            filledAt = now
        }
        guard rows > 0 else { return false }
        rows -= 1
        return true
    }
}
