// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The columns of the list of completion packets.
struct PacketColumns {
    let model: Model

    var all: [Column<RuntimeSnapshot.PacketRow>] {
        let glyphs = model.glyphs
        let model = model
        let numbers = model.rows.packets.lazy.map(\.number)
        let width = Quantity.width(ofNumbers: numbers, behind: 3, atLeast: 10)
        func style(_ packet: RuntimeSnapshot.PacketRow) -> Style { packet.isQueued ? .plain : .dim }
        return [
            Column("packet", width: width, growth: 4, by: { $0.number }) { packet, _ in
                let mark = packet.isQueued ? glyphs.waiting : glyphs.taken
                return model.isFollowed(packet)
                    ? Span("\(mark) \(glyphs.followed)\(packet.number)", .followed)
                    : Span("\(mark) #\(packet.number)", style(packet))
            },
            Column("operation", width: 9, growth: 6, by: { $0.operation }) { packet, _ in
                Span(packet.operation, style(packet))
            },
            Column("fd", width: 4, .right, rank: 1, growth: 2, by: { $0.descriptor }) { packet, _ in
                Span(packet.descriptor < 0 ? "-" : "\(packet.descriptor)", style(packet))
            },
            Column("result", width: 6, .right, growth: 8) { packet, _ in
                Span(packet.result, style(packet))
            },
            Column("waited", width: 6, .right, by: { $0.waitedMicroseconds }) { packet, _ in
                let time = packet.waitedMicroseconds
                return Span(Quantity.duration(microseconds: time, glyphs: glyphs), style(packet))
            },
            Column("state", width: 6, rank: 2, by: { $0.isQueued ? 0 : 1 }) { packet, _ in
                packet.isQueued ? Span("queued", .waiting) : Span("taken", .dim)
            },
        ]
    }
}
