// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// All that the dashboard knows: the newest snapshot, a little history, and where the user is.
///
/// The dashboard is three pure things. This value holds the state; ``update(_:_:)`` is the only
/// code that changes it, and answers with the effects it wants; ``view(_:)`` draws it. None of
/// them has a clock: time is what the snapshots say, so that a recorded run draws as a live one.
package struct Model: Equatable, Sendable {
    /// A value asked for that the snapshots do not show yet.
    struct Target: Equatable, Sendable {
        var value: Int
        /// When to believe the snapshot again, if it never shows the value.
        var expiresAt: Double
    }

    /// A sentence about what the last key did.
    struct Notice: Equatable, Sendable {
        var text: String
        var expiresAt: Double
    }

    /// How long a notice stays, and a value asked for is waited for.
    static let patienceSeconds = 3.0

    var size: Size
    let glyphs: Glyphs
    /// What the user has chosen of the looks; the orders of lists are in ``lists``.
    var looks: Preferences
    /// Whether the terminal shows colours at all.
    let hasColors: Bool
    /// Whether the focused pane has all of the screen.
    var isZoomed = false
    /// What the menu offers; empty where that is not known.
    let scenarios: [ScenarioEntry]
    /// The scenario that has been asked for and has not begun.
    var awaited: Awaited?
    /// The filter of the state machines.
    var search: Search?
    /// The machine that stays in sight.
    var pinnedMachine: Int?
    /// Changes of settings that can be taken back, the newest last.
    var tweaks: [Tweak] = []
    var focus = Pane.port
    var notice: Notice?
    /// Values asked for, so that quick presses of `+` add up before the runtime has followed.
    var targets: [Setting: Target] = [:]
    /// When a cancellation was asked for of which the log has not told yet.
    var cancelAskedAt: Double?
    /// What covers the panes.
    var overlay: Overlay?
    /// The first line of the help in sight, which covers everything; `nil` while it is closed.
    var help: Int?
    /// The list of the pane of state machines that keys act on.
    var machineList = ListID.machines
    /// Lines of the event log below the ones in sight; 0 keeps the newest in sight.
    var eventsBelow = 0
    var trends = Trends()
    var poolHistory = PoolHistory()
    /// How much time a column of the pool chart stands for, as an index into its scales.
    var chartScale = PoolChart.usualScale
    var readings = Readings()
    private(set) var lists: [ListID: ListState] = [:]
    /// What is on the screen: a snapshot of at most 250 ms ago.
    private(set) var snapshot: RuntimeSnapshot?
    private(set) var rows = Rows()
    /// How fast the world goes, as of the newest snapshot and the keys since.
    var tempo = RuntimeSnapshot.Tempo()
    /// Whether the screen stays as it is while the world runs on.
    var isViewFrozen = false
    /// Real time since the start, as of the newest snapshot: it goes on while the world stands.
    private(set) var now = 0.0

    /// Source files that came with the program.
    let sources: SourceLibrary

    package init(
        size: Size,
        glyphs: Glyphs,
        preferences: Preferences = Preferences(),
        hasColors: Bool = true,
        scenarios: [ScenarioEntry] = [],
        sources: SourceLibrary = SourceLibrary([])
    ) {
        self.size = size
        self.glyphs = glyphs
        self.hasColors = hasColors
        self.scenarios = scenarios
        self.sources = sources
        looks = preferences
        looks.sorts = [:]
        lists = preferences.sorts.mapValues { sort in
            var state = ListState()
            state.sort = sort
            return state
        }
    }

    var engine: String { snapshot?.engine ?? "" }

    /// Where everything goes.
    var layout: Layout {
        Layout(
            size: size,
            focus: focus,
            emphasis: looks.isBig ? .big : isZoomed ? .zoomed : .none,
            pollerCount: rows.count(.pollers),
            workerCount: rows.count(.workers)
        )
    }

    // MARK: Lists

    /// How the user looks at a list.
    func list(_ list: ListID) -> ListState { lists[list] ?? ListState() }

    /// Changes how the user looks at a list.
    mutating func changeList(_ list: ListID, _ body: (inout ListState) -> Void) {
        body(&lists[list, default: ListState()])
    }

    /// The list of a pane that keys act on.
    func cursorList(of pane: Pane) -> ListID {
        switch pane {
        case .port: .packets
        case .pollers: .pollers
        case .workers: .workers
        case .machines: rows.count(machineList) > 0 ? machineList : .machines
        }
    }

    /// Chooses the order of a list; `nil` is the one in which the snapshots bring the rows.
    mutating func sort(_ list: ListID, by sort: Sort?) {
        lists[list, default: ListState()].sort = sort
        rows = Rows(snapshot?.detail, orderedFor: self)
        follow()
    }

    /// Takes the rows anew from the snapshot on the screen.
    mutating func renewRows() {
        // What was found is the answer to another question now.
        snapshot?.detail?.search = nil
        rows = Rows(snapshot?.detail, orderedFor: self)
        follow()
    }

    /// Lets the chosen rows go where the things they are about have gone.
    private mutating func follow() {
        for (list, state) in lists {
            guard let followed = state.followed else { continue }
            if let index = rows.index(of: followed) {
                lists[list]?.index = index
            } else if followed != pinnedMachine.map(RowID.machine) {
                lists[list]?.followed = nil
            }
        }
    }

    /// Keeps chosen rows among the rows there are, and in sight; the last step of every update.
    mutating func settle() {
        let panes = PaneLists(model: self, layout: layout)
        for list in ListID.allCases {
            let height = panes.bodyRows(of: list)
            lists[list, default: ListState()].settle(count: rows.count(list), height: height)
        }
    }

    // MARK: Snapshots

    /// The value of a setting that the user sees: the one asked for, else the present one.
    func value(of setting: Setting) -> Int? {
        targets[setting]?.value ?? snapshot.flatMap { setting.value(in: $0) }
    }

    /// Takes a new snapshot: the histories always, the screen at most four times a second.
    ///
    /// What a key has asked for is shown at once when it has come true.
    mutating func accept(_ new: RuntimeSnapshot) {
        trends.record(new)
        poolHistory.record(new)
        readings.record(new)
        let hasHopped = new.detail.map { $0.tempo.passed != tempo.passed } ?? false
        takeTempo(new.detail?.tempo ?? RuntimeSnapshot.Tempo())
        let seconds = Self.realSeconds(of: new)
        now = seconds.isFinite ? seconds : 0
        noteScenario(new)
        let waiting = targets.count
        targets = targets.filter { setting, target in
            setting.value(in: new) != target.value && now < target.expiresAt
        }
        if let notice, now >= notice.expiresAt {
            self.notice = nil
        }
        let isDue = snapshot.map { Self.quarter($0) != Self.quarter(new) } ?? true
        guard !isViewFrozen || snapshot == nil else { return }
        guard isDue || hasHopped || targets.count < waiting else { return }
        // The first thing to see of twins is how they compare.
        if new.twin != nil, snapshot?.twin == nil, overlay == nil {
            overlay = .twin
            focus = .machines
        }
        // Twins that have gone leave nothing to compare.
        if new.twin == nil, overlay == .twin { overlay = nil }
        snapshot = tempo.isPaused ? new.withFrozenRates : new
        rows = Rows(snapshot?.detail, orderedFor: self)
        follow()
        renewOverlay()
        tellCancellation(new.detail?.events ?? [])
    }

    /// The badge is always true; what stands at the gate, and the caption, freeze with the view.
    private mutating func takeTempo(_ new: RuntimeSnapshot.Tempo) {
        let frozen = tempo
        tempo = new
        guard isViewFrozen else { return }
        tempo.last = frozen.last
        tempo.held = frozen.held
        tempo.heldCount = frozen.heldCount
        tempo.followed = frozen.followed
    }

    private static func quarter(_ snapshot: RuntimeSnapshot) -> Double {
        (realSeconds(of: snapshot) * 4).rounded(.down)
    }

    /// World time, where a snapshot says nothing else.
    private static func realSeconds(of snapshot: RuntimeSnapshot) -> Double {
        max(snapshot.elapsedSeconds, snapshot.detail?.tempo.realSeconds ?? 0)
    }
}
