// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What the detail view says: facts line by line, and a sentence on what they mean.
struct DetailText {
    private static let labelWidth = 11

    let model: Model
    let width: Int

    private var glyphs: Glyphs { model.glyphs }

    func packet(_ row: RuntimeSnapshot.PacketRow) -> (facts: [[Span]], sentence: String) {
        let state =
            row.isQueued
            ? Span("\(glyphs.waiting) queued in the port", .waiting)
            : Span("\(glyphs.taken) taken by a poller")
        let facts = [
            fact("state", state),
            fact("operation", Span(row.operation, .strong)),
            fact("descriptor", Span(row.descriptor < 0 ? "none" : "\(row.descriptor)")),
            fact("result", Span(row.result, .strong)),
            fact("waited", Span(time(row.waitedMicroseconds), .strong), " in the port"),
        ]
        let sentence =
            "A packet carries the result of an operation that is over. It waits in the port until "
            + "a poller takes it and sends the continuation on its way."
        return (facts, sentence)
    }

    func poller(_ row: RuntimeSnapshot.PollerRow) -> (facts: [[Span]], sentence: String) {
        let state = PollerColumns.state(row.state, engine: model.engine, glyphs)
        let facts = [
            fact("state", state, " for \(time(row.sinceMicroseconds))"),
            fact("thread", Span("poller-\(row.number)"), " in top -H and in /proc"),
            fact("runs", Span(row.machine > 0 ? "#\(row.machine) \(row.function)" : "-")),
            fact("packets", Span("\(Quantity.rate(row.packetsPerSecond))/s", .strong)),
            fact("busy", Span(Quantity.percent(row.busyPercent), .strong), " of the last second"),
            fact(
                "user code",
                Span(Quantity.percent(row.userPercent), .strong),
                " of the last second"
            ),
            history(model.trends.pollers[row.number]),
        ]
        let sentence =
            switch row.state {
            case .leader: "It is the leader: the only one that waits in the kernel, for all."
            case .waiting: "It waits in reserve, and takes over when the leader is busy."
            case .running: "It takes packets from the port and hands continuations on."
            case .inline: "It runs a continuation itself; meanwhile it takes no packets."
            case .blocked: "User code blocks it; another poller may run in its place."
            case .leaving: "There are more pollers than asked for: it ends."
            }
        return (facts, sentence)
    }

    func worker(_ row: RuntimeSnapshot.WorkerRow) -> (facts: [[Span]], sentence: String) {
        let state = WorkerColumns.state(row.state, glyphs)
        var facts = [
            fact("state", state, " for \(time(row.sinceMicroseconds))"),
            fact("thread", Span("worker-\(row.number)"), " in top -H and in /proc"),
            fact("runs", Span(row.machine > 0 ? "#\(row.machine) \(row.function)" : "-")),
            fact("items", Span("\(Quantity.rate(row.itemsPerSecond))/s", .strong)),
            fact("busy", Span(Quantity.percent(row.busyPercent), .strong), " of the last second"),
            history(model.trends.workers[row.number]),
            fact("own queue", Span(Quantity.count(row.localQueue), .strong), " work items"),
        ]
        let last = model.rows.machines.filter { $0.thread == "worker-\(row.number)" }.count
        facts.append(fact("ran last", Span("\(last)"), " of the machines that have a row"))
        let sentence =
            switch row.state {
            case .running: "It runs a work item: user code, to its next await."
            case .blocked: "Its work item blocks; nothing else can run on this thread meanwhile."
            case .spinning: "It looks for work for a moment before it parks."
            case .parked:
                "It sleeps in the kernel until there is work for it, and costs nothing."
            case .leaving: "It takes no new work, and ends."
            }
        return (facts, sentence)
    }

    func function(_ row: RuntimeSnapshot.FunctionRow) -> (facts: [[Span]], sentence: String) {
        let waiting = row.waiting.values.reduce(row.suspended) { $0 &+ $1 }
        var facts = [
            fact("in flight", Span(Quantity.count(waiting &+ row.running), .strong)),
            fact("runnable", Span(Quantity.count(row.running), .running), " running or queued"),
        ]
        for name in FunctionColumns.operations(of: [row]) {
            let count = Span(Quantity.count(row.waiting[name] ?? 0), .strong)
            facts.append(fact("await", count, " in \(name)"))
        }
        if row.suspended > 0 {
            let count = Span(Quantity.count(row.suspended), .strong)
            facts.append(fact("suspended", count, ", in a child task, an actor or the like"))
        }
        if row.awaitsOperations {
            facts.append(fact("done", Span("\(Quantity.rate(row.donePerSecond))/s", .strong)))
        }
        if let half = row.waitP50Microseconds, let most = row.waitP99Microseconds {
            let figures = Span("p50 \(time(half))  p99 \(time(most))", .strong)
            facts.append(fact("waited", figures, ", of the waits of late"))
        }
        let sentence =
            "An async function, split by the compiler at each await. Most of its state machines "
            + "wait: they are memory, and hold no thread. Press Esc, then m for its states."
        return (facts, sentence)
    }

    func machine(_ row: RuntimeSnapshot.MachineRow) -> (facts: [[Span]], sentence: String) {
        let state = MachineColumns.state(row.state, glyphs)
        let operand = row.descriptor >= 0 ? " on descriptor \(row.descriptor)" : ""
        let isRunning = row.state == "running"
        let place = row.awaitPlace(model.states)
        let isOld = row.site.isEmpty && !place.isEmpty && row.context.isOfLastRun
        let facts =
            [
                fact("function", Span(row.function, .strong)),
                fact("state", state, "\(operand) for \(time(row.sinceMicroseconds))"),
                fact(
                    "awaits at",
                    Span(place.isEmpty ? "-" : place),
                    isOld ? ", in its last run" : ""
                ),
                fact(
                    "thread",
                    Span(row.thread),
                    isRunning ? " runs it" : " ran it last; none holds it"
                ),
                fact(
                    "resumes on",
                    Span(row.resumesOn.isEmpty ? "-" : row.resumesOn),
                    row.resumesOn.isEmpty ? "" : ", as placement and await ask for"
                ),
                fact("hops", Span("\(row.hops)"), " change\(row.hops == 1 ? "" : "s") of thread"),
                fact("age", Span(time(row.ageMicroseconds), .strong)),
            ] + shares(row) + MachineContextText(row: row, model: model, width: width).lines
        let sentence =
            isRunning
            ? "A thread runs it, until its next await."
            : row.state == "queued"
                ? "It can go on; it waits for a thread."
                : "It is memory that notes where the function stopped. No thread waits for it."
        return (facts, sentence)
    }

    /// How the time since the start divides into running, queued and waiting.
    private func shares(_ row: RuntimeSnapshot.MachineRow) -> [[Span]] {
        let parts = [
            ("ran", row.runningMicroseconds, Style.running),
            ("queued", row.queuedMicroseconds, .warning),
            ("waited", row.waitingMicroseconds, .waiting),
        ]
        let total = Double(parts.reduce(0) { $0 &+ max(0, $1.1) })
        let room = max(0, min(40, width - Self.labelWidth - 16))
        return parts.enumerated().map { index, part in
            let share = total > 0 ? max(0, Double(part.1)) / total : 0
            let length = min(room, Int((share * Double(room)).rounded(.up)))
            let bar = String(repeating: glyphs.shares[index], count: length)
            let amount = time(part.1).right(Quantity.durationWidth)
            let percent = Quantity.percent(share * 100).right(5)
            return fact(part.0, Span("\(amount)\(percent)  "), "") + [Span(bar, part.2)]
        }
    }

    private func history(_ history: History?) -> [Span] {
        let bars = history?.sparkline(
            width: min(60, width - Self.labelWidth),
            top: 100,
            glyphs: glyphs
        )
        return fact("", Span(bars ?? "", .flow))
    }

    private func fact(_ label: String, _ value: Span, _ rest: String = "") -> [Span] {
        [Span(label.left(Self.labelWidth), .heading), value, Span(rest)]
    }

    private func time(_ microseconds: Int) -> String {
        Quantity.duration(microseconds: microseconds, glyphs: glyphs)
    }
}
