// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The columns of the list of state machines.
struct MachineColumns {
    let model: Model

    var all: [Column<RuntimeSnapshot.MachineRow>] {
        let glyphs = model.glyphs
        let model = model
        let states = model.states
        let place = { (machine: RuntimeSnapshot.MachineRow) in machine.awaitPlace(states) }
        let numbers = model.rows.machines.lazy.map(\.number)
        let width = Quantity.width(ofNumbers: numbers, behind: 1, atLeast: 7)
        return [
            Column("machine", width: width, growth: 3, by: { $0.number }) { machine, _ in
                let span = model.span(ofMachine: machine.number, .strong)
                guard machine.number == model.pinnedMachine else { return span }
                return Span("\(glyphs.arrow)\(machine.number)", span.style)
            },
            Column("function", width: 8, growth: 16, urge: 8, by: { $0.function }) {
                machine,
                width in
                Span(machine.function.cut(to: width, glyphs: glyphs))
            },
            Column("state", width: 11, by: { $0.state }) { machine, _ in
                Self.state(machine.state, glyphs)
            },
            Column("fd", width: 4, .right, rank: 3, growth: 1, by: { $0.descriptor }) {
                machine,
                _ in
                Span(machine.descriptor < 0 ? "-" : "\(machine.descriptor)")
            },
            Column("for", width: 5, .right, by: { $0.sinceMicroseconds }) { machine, _ in
                Span(Quantity.spell(microseconds: machine.sinceMicroseconds, glyphs: glyphs))
            },
            time("age", rank: 1) { $0.ageMicroseconds },
            time("ran", rank: 6) { $0.runningMicroseconds },
            time("queued", rank: 7) { $0.queuedMicroseconds },
            time("waited", rank: 8) { $0.waitingMicroseconds },
            Column("hops", width: 4, .right, rank: 2, by: { $0.hops }) { machine, _ in
                Span(Quantity.count(machine.hops))
            },
            Column("thread", width: 9, rank: 4, growth: 3, by: { $0.thread }) { machine, _ in
                Span(machine.thread)
            },
            Column("awaits at", width: 12, rank: 5, growth: 40, urge: 6, by: place) {
                machine,
                width in
                Span(Self.place(place(machine), width: width, glyphs), .dim)
            },
        ]
    }

    private func time(
        _ title: String,
        rank: Int,
        _ value: @escaping (RuntimeSnapshot.MachineRow) -> Int
    ) -> Column<RuntimeSnapshot.MachineRow> {
        let glyphs = model.glyphs
        let width = max(Quantity.durationWidth, title.count)
        return Column(title, width: width, .right, rank: rank, by: value) { machine, _ in
            Span(Quantity.duration(microseconds: value(machine), glyphs: glyphs))
        }
    }

    /// The end of a place says most: the line, then the file, then the module; the file's extension
    /// says nothing.
    private static func place(_ site: String, width: Int, _ glyphs: Glyphs) -> String {
        guard site.width > width else { return site }
        let bytes = site.utf8
        let slash = bytes.lastIndex(of: UInt8(ascii: "/"))
        let file = site[(slash.map(bytes.index(after:)) ?? site.startIndex)...]
        let place = String(file)
        guard place.width > width else { return place }
        guard let dot = file.utf8.lastIndex(of: UInt8(ascii: ".")),
            let colon = file.utf8.lastIndex(of: UInt8(ascii: ":")), dot < colon
        else { return end(of: place, width, glyphs) }
        return end(of: String(file[..<dot] + file[colon...]), width, glyphs)
    }

    private static func end(of text: String, _ width: Int, _ glyphs: Glyphs) -> String {
        guard text.width > width else { return text }
        return width > 0 ? glyphs.ellipsis + String(text.suffix(width - 1)) : ""
    }

    /// A state as glyph and word.
    static func state(_ state: String, _ glyphs: Glyphs) -> Span {
        switch state {
        case "running": Span("\(glyphs.running) \(state)", .running)
        case "queued": Span("\(glyphs.spinning) \(state)", .warning)
        default: Span("\(glyphs.waiting) \(state)", .waiting)
        }
    }
}
