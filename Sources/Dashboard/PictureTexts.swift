// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// The words and numbers of the picture.
struct PictureTexts {
    let model: Model
    let snapshot: RuntimeSnapshot

    private var glyphs: Glyphs { model.glyphs }
    private var tempo: RuntimeSnapshot.Tempo { model.tempo }
    private var detail: RuntimeSnapshot.Detail? { snapshot.detail }

    // MARK: Where something has just happened

    /// The box that the last hop led to.
    var litStation: PictureStation? { tempo.last.flatMap { Self.box(of: $0.station) } }

    /// Whether the last hop was the report of readiness, which has no box of its own.
    var isReadyLit: Bool { tempo.last?.station == .ready }

    /// Hops that are held on their way out of a box.
    func heldCount(at station: PictureStation) -> Int {
        tempo.held.count { Self.box(of: $0.station) == station }
    }

    private static func box(of station: RuntimeSnapshot.Station) -> PictureStation {
        switch station {
        case .submitted: .operation
        case .ready: .kernel
        case .performed: .port
        case .taken: .pollers
        case .placed: .placement
        case .began: .workers
        case .ended: .userCode
        }
    }

    /// The machine that is followed, in the box where it is.
    func followedLine(at station: PictureStation) -> [Span]? {
        guard let followed = tempo.followed, FollowedPlace(in: model)?.station == station else {
            return nil
        }
        return [Span("\(followed.function) \(glyphs.followed)\(followed.number)", .followed)]
    }

    // MARK: Boxes

    func lines(of station: PictureStation) -> [[Span]] {
        switch station {
        case .userCode: userCode
        case .machine: machine
        case .operation: operation
        case .kernel: kernel
        case .port: port
        case .pollers: pollers
        case .placement: placement
        case .queues: queues
        case .workers: workers
        }
    }

    private func number(_ value: Int, _ words: String, _ style: Style = .strong) -> [Span] {
        [Span(Quantity.count(value).right(Quantity.countWidth), style), Span(" \(words)")]
    }

    /// Functions with something to tell, the busiest first.
    private func functions(
        by value: (RuntimeSnapshot.FunctionRow) -> Double
    ) -> [RuntimeSnapshot.FunctionRow] {
        (detail?.functions ?? []).filter { value($0) > 0 }.sorted { value($0) > value($1) }
    }

    private var userCode: [[Span]] {
        let workers = detail?.workers.count { $0.state == .running } ?? 0
        let running = workers + snapshot.pollers.inline
        return [
            number(running, running == 1 ? "thread" : "threads", .running),
            [Span("     in it", .dim)],
        ]
            + functions(by: \.donePerSecond).map {
                [Span("\($0.function) "), Span(Quantity.rate($0.donePerSecond), .dim)]
            }
    }

    private var machine: [[Span]] {
        [number(snapshot.machines.inFlight, "in flight"), [Span("only memory", .dim)]]
            + functions { Double($0.waiting.values.reduce(0, +)) }.map { function in
                let waiting = function.waiting.values.reduce(0, +)
                return [
                    Span("\(function.function) "), Span("\(Quantity.count(waiting)) wait", .dim),
                ]
            }
    }

    private var operation: [[Span]] {
        var kinds: [String: Int] = [:]
        for function in detail?.functions ?? [] { kinds.merge(function.waiting) { $0 + $1 } }
        let waiting = kinds.filter { $0.value > 0 }.sorted {
            ($1.value, $0.key) < ($0.value, $1.key)
        }
        return [number(snapshot.operations.inFlight, "in flight")]
            + [number(snapshot.operations.synchronous, "at once", .dim)]
            + waiting.map { [Span(Quantity.count($0.value).right(4), .dim), Span(" \($0.key)")] }
    }

    private var kernel: [[Span]] {
        [
            number(snapshot.port.armed, "armed", .waiting),
            number(snapshot.port.timers, "timers", .waiting), [],
            [Span("nothing of ours", .dim)], [Span("runs for them", .dim)],
        ]
    }

    private var port: [[Span]] {
        let packets = (detail?.packets ?? []).map { packet in
            let mark = packet.isQueued ? glyphs.waiting : glyphs.taken
            let number =
                model.isFollowed(packet)
                ? Span("\(mark)\(glyphs.followed)\(packet.number)", .followed)
                : Span("\(mark)#\(packet.number)")
            return [
                number, Span(" \(packet.operation)", .dim), Span(" \(packet.result)", .dim),
            ]
        }
        return [number(snapshot.port.queued, snapshot.port.queued == 1 ? "packet" : "packets")]
            + packets
    }

    private var pollers: [[Span]] {
        (detail?.pollers ?? []).map { poller in
            thread("poller-\(poller.number)", as: "P\(poller.number)") + [
                PollerColumns.state(poller.state, engine: "", glyphs)
            ]
        }
    }

    private var workers: [[Span]] {
        let rows = (detail?.workers ?? []).map { worker in
            let state = WorkerColumns.state(worker.state, glyphs)
            let machine =
                worker.machine > 0
                ? [Span(" "), model.span(ofMachine: worker.machine, .plain)] : []
            return thread("worker-\(worker.number)", as: "W\(worker.number)") + [state] + machine
        }
        return rows.isEmpty ? [number(snapshot.workers.processing, "at work")] : rows
    }

    /// A thread's short name, with a blank or the mark of the machine that is followed behind it.
    private func thread(_ name: String, as short: String) -> [Span] {
        let span = model.span(ofThread: name, as: short)
        return span.style == .followed ? [span] : [span, Span(" ")]
    }

    private var placement: [[Span]] {
        let names = ["worker", "inline", "context", "limited", "dedicated"]
        return names.map { name in
            let isChosen = name == snapshot.placement
            let queued = snapshot.schedulers.first { $0.name == name }?.queued ?? 0
            let count = queued > 0 ? " \(Quantity.count(queued))" : ""
            let mark = isChosen ? glyphs.back : " "
            return [Span("\(mark) \(name)\(count)", isChosen ? .strong : .dim)]
        }
    }

    private var queues: [[Span]] {
        let local = snapshot.queues.local.reduce(0, +)
        var lines = [
            number(snapshot.queues.global &+ snapshot.queues.highPriority, "global"),
            number(local, "local"),
        ]
        if let oldest = snapshot.queues.oldestMicroseconds, oldest >= 1000 {
            let age = Quantity.duration(microseconds: oldest, glyphs: glyphs)
            lines.append([Span("oldest \(age)", .dim)])
        }
        return lines
    }

    // MARK: The middle

    /// The followed machine's stopwatch and, where there is room, what stands at the gate; else that
    /// alone, or what the picture says.
    func middle(_ rect: Rect) -> [[Span]] {
        let rows = rect.rows
        let lines: [[Span]] =
            if let followed = tempo.followed {
                storyAndGate(followed, rect)
            } else if tempo.heldCount > 0 {
                gate(rect)
            } else {
                (rows < words.count ? words.filter { !$0.isEmpty } : words)
                    + (rows >= Self.roomyRows && rect.columns >= Self.roomyColumns ? steps : [])
            }
        return Array(lines.prefix(max(0, rows)))
    }

    private var words: [[Span]] {
        let waiting = snapshot.port.armed + snapshot.port.timers
        let atWork = snapshot.workers.processing + snapshot.pollers.running
        return [
            [Span("\(Quantity.count(waiting)) operations wait at 4.", .strong)],
            [Span("Threads that wait for them: none.")],
            [Span("Threads at work: \(atWork) of \(snapshot.process.threads).")], [],
            [Span("epoll reports only that a call can", .dim)],
            [Span("be made (5); we make it (6); then", .dim)],
            [Span("there is a packet (7).", .dim)],
        ]
    }

    /// All steps in a sentence each, where there is room for a lecture.
    private var steps: [[Span]] {
        let sentences = [
            "user code reaches an await, in an ordinary async function",
            "its state machine notes where it stopped and gives its thread back",
            "the operation is handed to the port: less than a hundred bytes",
            "it is armed: epoll has a mark at the descriptor, nobody waits",
            "epoll tells the poller that leads that a call can be made",
            "the poller makes the call, and only then there is a packet",
            "the packet enters the port behind those that came before",
            "a poller takes the oldest packet",
            "it resumes the continuation; the placement says where it runs",
            "by default that is the queue of the workers",
            "a worker takes it from there",
            "the state machine goes on behind its await",
        ]
        return [[]]
            + sentences.enumerated().map { index, sentence in
                [Span("\(index + 1)".right(2), .strong), Span(" \(sentence)", .dim)]
            }
    }

    private static let roomyRows = 21
    private static let roomyColumns = 72

    private func gate(_ rect: Rect) -> [[Span]] {
        let hasRoom = rect.columns >= Self.roomyColumns
        let count = tempo.heldCount
        let noun = count == 1 ? "hop is" : "hops are"
        var lines = [[Span("\(count) \(noun) held; the next to pass:", .strong)]]
        for hop in tempo.held.prefix(max(1, rect.rows - 1)) {
            if hasRoom, !hop.sentence.isEmpty {
                lines.append([Span("\(glyphs.inline) ", .warning), Span(hop.sentence)])
                continue
            }
            let machine = hop.machine > 0 ? " #\(hop.machine)" : ""
            lines.append([
                Span("\(glyphs.inline) ", .warning), Span(hop.thread.left(10)),
                Span(" \(hop.station.rawValue)\(machine)", .dim),
            ])
        }
        return lines
    }

    /// What is held stands at the bottom, so that it does not move while the story grows.
    private func storyAndGate(
        _ followed: RuntimeSnapshot.FollowedMachine,
        _ rect: Rect
    ) -> [[Span]] {
        guard tempo.heldCount > 0, rect.rows >= Self.rowsForBoth else {
            return story(of: followed, rows: rect.rows)
        }
        let held = gate(rect).prefix(Self.heldBelowStory + 1)
        let story = story(of: followed, rows: rect.rows - held.count - 1)
        let gap = [[Span]](repeating: [], count: rect.rows - held.count - story.count)
        return story + gap + held
    }

    /// Rows in which both the story and the gate say enough.
    private static let rowsForBoth = 10
    private static let heldBelowStory = 3

    /// The newest hops with their times, and the sum of the last await.
    private func story(of followed: RuntimeSnapshot.FollowedMachine, rows: Int) -> [[Span]] {
        let time = { (value: Int) in Quantity.duration(microseconds: value, glyphs: glyphs) }
        let end = followed.hasEnded ? ", ended" : ""
        var lines = [
            [Span("\(followed.function) \(glyphs.followed)\(followed.number)\(end)", .key)]
        ]
        if let all = followed.awaitMicroseconds, let thread = followed.threadMicroseconds {
            lines.append([
                Span("\(time(all)) in all, \(time(thread)) of it on a thread", .strong)
            ])
        }
        for hop in followed.hops.suffix(max(0, rows - lines.count)) {
            lines.append([
                Span(time(hop.sinceLastMicroseconds).right(6), .strong),
                Span(" \(hop.station.rawValue.left(9)) \(hop.thread)", .dim),
            ])
        }
        return lines
    }

    /// What the signs mean; that of a sign which is not there is left out.
    func legend(worth: Int, width: Int) -> [Span] {
        let noun = worth == 1 ? "operation" : "operations"
        let gap = Span("  \(glyphs.separator)  ", .dim)
        let token = [
            Span(glyphs.running, .running),
            Span(" one token stands for \(Quantity.count(worth)) \(noun)", .dim),
        ]
        let held = [gap, Span(glyphs.inline, .warning), Span(" hops held there", .dim)]
        let rates = [gap, Span("over arrows: operations a second", .dim)]
        guard tempo.heldCount > 0 else { return token + rates }
        let all = token + held + rates
        return all.reduce(0) { $0 + $1.text.width } <= width ? all : token + held
    }
}
