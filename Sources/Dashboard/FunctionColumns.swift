// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The columns of the list of functions: one for each kind of operation that they await.
struct FunctionColumns {
    /// Operations in the order in which a request meets them; others follow by name.
    private static let usualOrder = ["accept", "connect", "write", "read", "sleep"]

    let model: Model
    let functions: [RuntimeSnapshot.FunctionRow]

    var all: [Column<RuntimeSnapshot.FunctionRow>] {
        let glyphs = model.glyphs
        return [
            Column("function", width: 10, growth: 8, by: { $0.function }) { function, width in
                Span(function.function.cut(to: width, glyphs: glyphs), .strong)
            },
            // On a thread or queued for one: hundreds of these may share two threads.
            Column("runnable", width: 8, .right, by: { $0.running }) { function, _ in
                let style: Style = function.running > 0 ? .running : .dim
                return Span(Quantity.count(function.running), style)
            },
        ] + Self.operations(of: functions).map(waiting) + suspended + [
            Column("done/s", width: 6, .right, rank: 1, by: { $0.donePerSecond.orZero }) {
                function,
                _ in
                guard function.awaitsOperations else { return Span("-", .dim) }
                return Span(Quantity.rate(function.donePerSecond))
            },
            wait("p50", rank: 3) { $0.waitP50Microseconds },
            wait("p99", rank: 2) { $0.waitP99Microseconds },
        ]
    }

    /// How long the waits of late took, half of them or all but one in a hundred.
    private func wait(
        _ title: String,
        rank: Int,
        _ figure: @escaping (RuntimeSnapshot.FunctionRow) -> Int?
    ) -> Column<RuntimeSnapshot.FunctionRow> {
        let glyphs = model.glyphs
        return Column(
            title,
            width: Quantity.durationWidth,
            .right,
            rank: rank,
            by: { figure($0) ?? -1 }
        ) { function, _ in
            guard let microseconds = figure(function) else { return Span("-", .dim) }
            return Span(Quantity.duration(microseconds: microseconds, glyphs: glyphs))
        }
    }

    /// What waits for a child task, an actor or the like; where no function does, there is no column.
    private var suspended: [Column<RuntimeSnapshot.FunctionRow>] {
        guard functions.contains(where: { $0.suspended > 0 }) else { return [] }
        return [
            Column("suspended", width: 9, .right, rank: 4, by: { $0.suspended }) { function, _ in
                guard function.suspended > 0 else { return Span("-", .dim) }
                return Span(Quantity.count(function.suspended))
            }
        ]
    }

    private func waiting(for name: String) -> Column<RuntimeSnapshot.FunctionRow> {
        let width = max(Quantity.countWidth, min(name.count, 10))
        return Column(name, width: width, .right, rank: 2, by: { $0.waiting[name] ?? -1 }) {
            function,
            _ in
            guard let count = function.waiting[name] else { return Span("-", .dim) }
            return Span(Quantity.count(count), count > 0 ? .plain : .dim)
        }
    }

    /// The operations that functions await, in the order of the columns.
    static func operations(of functions: [RuntimeSnapshot.FunctionRow]) -> [String] {
        var names: Set<String> = []
        for function in functions {
            names.formUnion(function.waiting.keys)
        }
        return usualOrder.filter(names.contains) + names.subtracting(usualOrder).sorted()
    }
}

extension RuntimeSnapshot.FunctionRow {
    /// Whether operations of the port are awaited in it: else there are none that could be done.
    var awaitsOperations: Bool { !waiting.isEmpty || donePerSecond > 0 }
}
