// SPDX-License-Identifier: Apache-2.0

internal import Port
internal import Telemetry

/// A hop as its thread has left it at the gate: what it takes to tell it in words, at any later time.
///
/// Nothing of it changes, and its place in the source does not either; but where a continuation goes is
/// decided when its hop has passed. So whoever shows the hop may put it into words, while the thread is
/// held or when it has been let go, and still tells this hop and not what its machine has come to since.
struct HopFacts: Sendable {
    let hop: Hop
    /// Number of the state machine; 0 for none.
    let machine: UInt64
    let argument: Int
    let place: AwaitPlace
    /// Name of the thread that made it.
    let thread: String
    let isPoller: Bool
    /// The packet's own event, of a hop that took one.
    let packet: Event?
    private let setting: PlacementSetting?

    /// Called by the thread itself, before it lets anything else be written on its lane.
    init(_ held: HeldHop, thread: String, setting: PlacementSetting?) {
        hop = held.hop
        machine = held.subject
        argument = held.argument
        place = held.place
        self.thread = thread
        isPoller = held.lane.kind == .poller
        // It was written just before the hop's.
        packet = held.hop == .taken ? held.lane.events.written(1) : nil
        self.setting = setting
    }

    /// Where the continuation goes as things are now, of a hop that hands one over; empty otherwise.
    var destination: String {
        guard hop == .placed else { return "" }
        let resumption = Resumption(word: UInt(bitPattern: argument))
        return resumption.place(setting?.value ?? .worker, setting)
    }

    /// The hop in words.
    func row(_ sites: AwaitSites) -> RuntimeSnapshot.HopRow {
        var row = RuntimeSnapshot.HopRow(
            station: hop.station,
            thread: thread,
            machine: Int(clamping: machine),
            sentence: HopSentence(facts: self, site: sites.site(place.site)).sentence
        )
        row.packet = packet.flatMap(PacketEvent.number)
        return row
    }
}
