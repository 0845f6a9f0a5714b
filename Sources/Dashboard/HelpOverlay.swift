// SPDX-License-Identifier: Apache-2.0

/// What the focused pane shows, for somebody who has never heard of it, and the keys.
struct HelpOverlay {
    private static let widest = 76

    let model: Model

    var lineCount: Int { lines.count }
    var height: Int { placed.height }
    /// Where the box is.
    var placed: OverlayBox { box(lineCount) }

    func draw(on frame: inout Frame) {
        let lines = lines
        let head = "Help: \(model.focus.rawValue) \(model.focus.name)"
        box(lines.count).draw(head, lines, on: &frame, glyphs: model.glyphs)
    }

    private func box(_ lineCount: Int) -> OverlayBox {
        OverlayBox(
            size: model.size,
            widest: Self.widest,
            lineCount: lineCount,
            top: model.help ?? 0
        )
    }

    var lines: [[Span]] {
        let width = max(8, OverlayBox.columns(of: model.size, widest: Self.widest) - 4)
        var lines: [[Span]] = []
        for paragraph in [Self.explanation(of: model.focus), Self.epoll] {
            lines += Paragraph.wrap(paragraph, width: width).map { [Span($0)] } + [[]]
        }
        let keyWidth = width >= 50 ? 15 : 14
        for (keys, action) in keys {
            let parts = Paragraph.wrap(action, width: width - keyWidth - 1)
            for (index, part) in parts.enumerated() {
                let head = index == 0 ? keys : ""
                lines.append([Span(head.left(keyWidth), .key), Span(" \(part)")])
            }
        }
        lines.append([])
        lines += Paragraph.wrap(Self.words, width: width).map { [Span($0, .dim)] }
        return lines
    }

    private var keys: [(keys: String, action: String)] {
        [
            ("Tab  1-4", "choose a pane"),
            ("+  -", "change the \(model.focus.setting.name) of this pane"),
            ("o", "the knobs: all settings in one panel"),
            ("p", "the picture: one await's way from user code to the kernel and back"),
            ("Space  s", "freeze the world and its time; let exactly one hop through"),
            ("t  T", "slow motion: 50 ms, 250 ms, 1 s a hop; faster again"),
            ("f", "follow the chosen machine, with a stopwatch for each hop"),
            ("Z", "freeze the view only; the world runs on"),
            ("c", "the pool over time: threads, throughput, why the goal changed"),
            ("m", "the compiler's states of the machines; again: their source, who made whom"),
            ("/", "filter state machines: state:read fn:fetch age>50ms -thread:worker-1; Esc: all"),
            ("F", "the chosen machine stays in sight and marked"),
            ("u", "take the last change of a setting back"),
            ("z", "this pane alone, and back"),
            ("b", "big figures, for the last row"),
            ("a", "next theme: safe, dark, light, contrast, mono"),
            ("C  K", "captions on and off, calm on and off"),
            ("r", "next placement of continuations: worker, inline, context, limited, dedicated"),
            ("v", "the scenario's next variant; in twin: the comparison"),
            ("w", "all scenarios, and what to look for in each"),
            ("n  N", "next and previous scenario"),
            ("Up Down  j k", "choose a row"),
            ("PgUp PgDn", "move by a page"),
            ("Home End  g G", "first and last row"),
            ("Enter", "all that is known of the chosen row"),
            ("x", "cancel the operation that the chosen state machine awaits, after asking"),
            ("<  >  I", "sort by another column, the other way round"),
            ("l", "the event log"),
            ("mouse", "click pane, row, head or key, here too; wheel scrolls"),
            ("?  h  F1  Esc", "open and close this help"),
            ("Ctrl-L  Ctrl-Z", "paint anew, suspend"),
            ("q  F10  Ctrl-C", "quit"),
        ]
    }

    private static let words = """
        On the screen: a peak is the highest value of the last minute, or of the scenario so far. \
        A machine is runnable while a thread runs it or a queue holds it. ">5s" is for 5 seconds or \
        more. "self" is what this dashboard and its sampler cost. "oldest" is how long the first item in the \
        queues has waited at least, to a tenth of a second. "books": every operation \
        submitted is in flight or has exactly one outcome.
        """

    private static let epoll = """
        On epoll the kernel reports readiness only: the poller then makes the call itself, and \
        only then is there a packet.
        """

    private static func explanation(of pane: Pane) -> String {
        switch pane {
        case .port:
            """
            A completion port is the queue in which finished operations wait, as packets, until \
            a poller takes them. An operation that is still under way is armed: it holds memory, \
            but no thread waits for it.
            """
        case .pollers:
            """
            A poller is a thread that takes packets from the port and sends each continuation to \
            the place where it is to run. One of them, the leader, waits in the kernel for all; \
            the concurrency value limits how many run at once.
            """
        case .workers:
            """
            A worker is a thread of the pool: it runs queued continuations one after the other \
            and parks when there is nothing to do. It takes from its own queue first, then from \
            the global one, then from another worker; while it blocks, it runs nothing else.
            """
        case .machines:
            """
            A state machine is what the compiler makes of an async function: at each await it \
            notes where it stopped and gives its thread back. Until its operation has finished \
            it is a piece of memory; then any thread may run it on.
            """
        }
    }
}
