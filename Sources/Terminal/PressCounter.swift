// SPDX-License-Identifier: Apache-2.0

internal import Dashboard

/// Tells a double press from two presses, by time and place.
struct PressCounter {
    /// The time in which two presses are one double press, as desktops have it.
    static let doublePressTime = Duration.milliseconds(400)

    private static let shiftMetaControl = 4 | 8 | 16

    private var last: (at: ContinuousClock.Instant, column: Int, row: Int)?

    /// What a report means to the dashboard; `nil` for a release and for other buttons.
    mutating func event(of report: MouseReport, at now: ContinuousClock.Instant) -> MouseEvent? {
        guard report.isPlausible, !report.isRelease else { return nil }
        let column = report.column - 1
        let row = report.row - 1
        switch report.button & ~Self.shiftMetaControl {
        case 0: return MouseEvent(kind: press(column, row, at: now), column: column, row: row)
        case 64: return MouseEvent(kind: .wheelUp, column: column, row: row)
        case 65: return MouseEvent(kind: .wheelDown, column: column, row: row)
        default: return nil
        }
    }

    private mutating func press(
        _ column: Int,
        _ row: Int,
        at now: ContinuousClock.Instant
    ) -> MouseEvent.Kind {
        if let before = last, before.row == row, abs(before.column - column) <= 1,
            now - before.at <= Self.doublePressTime
        {
            // A third press begins anew.
            last = nil
            return .doublePress
        }
        last = (now, column, row)
        return .press
    }
}
