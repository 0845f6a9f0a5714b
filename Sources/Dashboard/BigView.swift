// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// What matters, for somebody in the last row: six figures, as large as the screen allows.
///
/// They follow the picture: what waits without a thread, packets, pollers, queued work, workers,
/// and what the clients feel. How large they are depends on the screen alone, so that nothing moves
/// when a number gets longer.
struct BigView {
    /// One figure with its name.
    struct Tile: Equatable {
        var pane: Pane
        var label: String
        /// Texts for the number, the most exact first.
        var texts: [String]
        var style: Style

        /// The name without the number that it is a part of.
        var shortLabel: String {
            label.split(separator: " ").prefix { $0 != "of" }.joined(separator: " ")
        }
    }

    /// Where the tiles go.
    struct Placement: Equatable {
        var across: Int
        var scale: Int
        var tile: Size
    }

    private static let largestScale = 8
    /// Dots of three digits and the gaps between them.
    private static let usualDots = 11

    let model: Model

    func draw(on frame: inout Frame, in area: Rect) {
        let tiles = tiles
        let placement = Self.placement(in: area, count: tiles.count, glyphs: model.glyphs)
        for (index, tile) in tiles.enumerated() {
            draw(tile, in: rect(of: index, placement, area), placement.scale, on: &frame)
        }
    }

    /// The pane that a place of the screen belongs to.
    func pane(column: Int, row: Int, in area: Rect) -> Pane? {
        let tiles = tiles
        let placement = Self.placement(in: area, count: tiles.count, glyphs: model.glyphs)
        return tiles.indices.first { index in
            let rect = rect(of: index, placement, area)
            return column >= rect.column && column < rect.endColumn && row >= rect.row
                && row < rect.endRow
        }.map { tiles[$0].pane }
    }

    /// The arrangement with the largest digits.
    static func placement(in area: Rect, count: Int, glyphs: Glyphs) -> Placement {
        // Where there is no room for large digits, names and numbers stand in lines.
        let lines = area.rows >= count ? 1 : 2
        var best = Placement(
            across: lines,
            scale: 0,
            tile: Size(columns: area.columns / lines, rows: 1)
        )
        for across in [3, 2, 6, 1] {
            let down = max(1, (count + across - 1) / across)
            let tile = Size(columns: area.columns / across, rows: area.rows / down)
            let scale = (1...largestScale).last { scale in
                // Without half blocks only whole rows can be drawn.
                (glyphs.isUnicode || scale.isMultiple(of: 2))
                    && usualDots * scale < tile.columns
                    && BigDigits.rows(scale: scale) < tile.rows
            }
            if let scale, scale > best.scale {
                best = Placement(across: across, scale: scale, tile: tile)
            }
        }
        return best
    }

    private func rect(of index: Int, _ placement: Placement, _ area: Rect) -> Rect {
        Rect(
            column: area.column + index % placement.across * placement.tile.columns,
            row: area.row + index / placement.across * placement.tile.rows,
            columns: placement.tile.columns,
            rows: placement.tile.rows
        )
    }

    private func draw(_ tile: Tile, in rect: Rect, _ scale: Int, on frame: inout Frame) {
        let isFocused = tile.pane == model.focus
        let column = rect.column + 1
        var limits = rect
        limits.columns -= 1
        let mark = isFocused ? model.glyphs.arrow : " "
        let room = max(0, rect.columns - 3)
        let spaced = scale > 1 ? Self.spaced(tile.label) : tile.label
        let fitting = [spaced, tile.label, tile.shortLabel].first { $0.width <= room }
        let name = fitting ?? tile.shortLabel.cut(to: room, glyphs: model.glyphs)
        let label = mark + name
        guard scale > 0, rect.rows > BigDigits.rows(scale: scale) else {
            // No room for large digits: name and number beside each other.
            let text = tile.texts.first ?? "-"
            let row = rect.row
            let end = frame.draw(
                "\(label) ",
                isFocused ? .focus : .plain,
                column: rect.column,
                row: row,
                in: limits
            )
            frame.draw(text, tile.style, column: end, row: row, in: limits)
            return
        }
        // The tile's rows that are left over go above and below the figure.
        let height = 1 + BigDigits.rows(scale: scale)
        let row = rect.row + max(0, (rect.rows - height) / 2)
        let labelStyle: Style = isFocused ? .focus : .strong
        frame.draw(label, labelStyle, column: rect.column, row: row, in: limits)
        let number = tile.texts.first {
            BigDigits.columns(of: $0, scale: scale) <= rect.columns - 2
        }
        guard let number else {
            frame.draw(tile.texts.last ?? "-", tile.style, column: column, row: row + 1, in: limits)
            return
        }
        BigDigits(text: number, scale: scale, glyphs: model.glyphs)
            .draw(tile.style, column: column, row: row + 1, on: &frame)
    }

    /// Letters apart, which are easier to read from afar.
    private static func spaced(_ text: String) -> String {
        text.uppercased().map(String.init).joined(separator: " ")
    }

    /// The six figures of the newest snapshot.
    var tiles: [Tile] {
        guard let snapshot = model.snapshot else { return [] }
        let workers = snapshot.workers
        let isHeld = workers.blocked > 0
        let isCrowded = snapshot.queues.depth > workers.existing * 4
        let latency = snapshot.requests.latencyMicroseconds.p99
        let isLong = latency >= 10_000_000
        return [
            tile(.port, "in flight", snapshot.operations.inFlight, .waiting),
            tile(.port, "packets", snapshot.port.queued, .strong),
            tile(
                .pollers,
                "pollers of \(snapshot.pollers.count)",
                snapshot.pollers.running,
                .running
            ),
            tile(
                .workers,
                isCrowded ? "queued \(model.glyphs.warning)" : "queued",
                snapshot.queues.depth,
                isCrowded ? .warning : .strong
            ),
            isHeld
                ? tile(.workers, "blocked of \(workers.existing)", workers.blocked, .blocked)
                : tile(.workers, "workers of \(workers.existing)", workers.processing, .running),
            tile(
                .machines,
                isLong ? "p99 s" : "p99 ms",
                latency / (isLong ? 1_000_000 : 1000),
                .strong
            ),
        ]
    }

    private func tile(_ pane: Pane, _ label: String, _ value: Int, _ style: Style) -> Tile {
        Tile(pane: pane, label: label, texts: Self.texts(value), style: style)
    }

    /// `391`, `3.9k` or `4k`: exact, then shorter and shorter.
    private static func texts(_ value: Int) -> [String] {
        let value = max(0, value)
        var texts = ["\(value)"]
        for (unit, size) in [("k", 1000), ("M", 1_000_000)] where value >= size {
            let whole = value / size
            if whole < 10 { texts.append("\(whole).\(value % size * 10 / size)\(unit)") }
            texts.append("\(whole)\(unit)")
        }
        return texts
    }
}
