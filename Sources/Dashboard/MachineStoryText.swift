// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What is known of a machine since it is watched: its children, its task-local values, its steps.
struct MachineStoryText {
    private static let labelWidth = 11
    private static let stepLimit = 40

    let row: RuntimeSnapshot.MachineRow
    let model: Model
    let width: Int

    private var glyphs: Glyphs { model.glyphs }
    private var states: RuntimeSnapshot.States { model.states }
    private var story: RuntimeSnapshot.Story? {
        states.stories.first { $0.machine == row.number }
    }

    /// Children that were begun, those of them that have ended, and all that have a row now.
    var children: String {
        let rows = model.snapshot?.detail?.machines ?? []
        let present = rows.count { $0.context.isChild && $0.context.parent == row.number }
        // A filter hides rows.
        let verb = present == 1 ? "has" : "have"
        let now =
            model.search == nil ? "; \(Quantity.count(present)) \(verb) a row now" : ""
        guard let story else { return "not watched yet\(now)" }
        let parts = [
            Self.count(story.groupChildren, of: "in groups"),
            Self.count(story.asyncLetChildren, of: "by async let"),
        ].compactMap(\.self)
        let since = Quantity.clock(seconds: story.sinceSeconds)
        let counts = parts.isEmpty ? "none" : parts.joined(separator: ", ")
        return "begun since \(since): \(counts)\(now)"
    }

    private static func count(
        _ children: RuntimeSnapshot.Story.Children,
        of kind: String
    ) -> String? {
        guard children.started != 0 else { return nil }
        let started = Quantity.count(children.started)
        return "\(started) \(kind) (\(Quantity.count(children.done)) done)"
    }

    /// A line for each task-local value that the program shows.
    var locals: [[Span]] {
        guard !states.taskLocals.isEmpty else {
            return [fact("locals", Span("none is shown; Runtime.showTaskLocal names them", .dim))]
        }
        guard let story, let read = story.localsSeconds else {
            let names = states.taskLocals.joined(separator: ", ")
            return [
                fact("locals", Span(names)),
                fact("", Span("read when it next awaits an operation or makes a task", .dim)),
            ] + unfinishedDescription
        }
        var lines = story.locals.enumerated().map { index, local in
            let name = Span("\(local.name) = ")
            let mark = Span(local.isBound ? "" : "  default, nothing is bound", .dim)
            let room = width - Self.labelWidth - name.text.width - mark.text.width
            let text = Span(local.text.cut(to: max(8, room), glyphs: glyphs), .strong)
            return fact(index == 0 ? "locals" : "", name) + [text, mark]
        }
        let clock = Quantity.clock(seconds: read)
        lines.append(fact("", Span("as its thread read them at \(clock)", .dim)))
        return lines + unfinishedDescription
    }

    /// A description that takes long is the program's: that nothing newer comes is its doing.
    private var unfinishedDescription: [[Span]] {
        guard let time = states.describesForMicroseconds, time >= 1_000_000 else { return [] }
        let text = Quantity.duration(microseconds: time, glyphs: glyphs)
        return [fact("", Span("the description of a value has not returned for \(text)", .warning))]
    }

    /// What it did, the newest first.
    var steps: [[Span]] {
        guard let story else { return [] }
        let since = Quantity.clock(seconds: story.sinceSeconds)
        var lines: [[Span]] = [[], [Span("story since \(since), newest first", .heading)]]
        for step in story.steps.reversed().prefix(Self.stepLimit) { lines.append(line(step)) }
        let before = story.stepsBefore + max(0, story.steps.count - Self.stepLimit)
        if before > 0 { lines.append([Span("\(Quantity.count(before)) steps before", .dim)]) }
        if story.steps.isEmpty { lines.append([Span("nothing since then", .dim)]) }
        return lines
    }

    private func line(_ step: RuntimeSnapshot.Story.Step) -> [Span] {
        let frames = step.chain.flatMap { chain in
            states.chains.indices.contains(chain) ? states.chains[chain].frames : nil
        }
        let place =
            step.state == "left"
            ? "for another runtime"
            : frames?.telling.map { "\($0.state) \($0.function)" } ?? ""
        let after = Quantity.duration(microseconds: step.afterMicroseconds, glyphs: glyphs)
        let spans = [
            Span(Quantity.clock(seconds: step.elapsedSeconds) + " ", .dim),
            Span(step.state.left(10), .strong),
            Span(" after \(after.right(Quantity.durationWidth))"),
            Span(" by \(step.thread.left(10))"),
            Span(step.placement.isEmpty ? "" : " placed \(step.placement)", .flow),
        ]
        let room = width - spans.reduce(1) { $0 + $1.text.width }
        return spans + [Span(" " + place.cut(to: max(0, room), glyphs: glyphs), .dim)]
    }

    private func fact(_ label: String, _ value: Span) -> [Span] {
        [Span(label.left(Self.labelWidth), .heading), value]
    }
}
