// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

/// Whole screens with something over the panes.
struct GoldenOverlayTests {
    @Test func `a state machine in detail`() {
        let model = Sample.model(80, 24, keys: [.character("4"), .down, .enter])
        expect(
            view(model),
            """
             pooltop  fanout · 200 clients       placement worker · cpu  18% · ● LIVE 01:42
             submit 3.9k/s▶armed  391▶port    1▶pollers 1/2▶queued    7▶workers 1/2 ✓ books
             578 operations in flight, 1 thread working: nobody waits for them.
            ┌1 Completion port · concurrency 2 ─┬2 Pollers · 2 of 2..1000 · 1 running ─────┐
            │armed      391   ▆▆▆▆▆▆▆▅ peak  487│id   state        for packet/s busy       │
            │timers     187   ▆▆▆▆▆▆▆▆ peak  187│P1   ◇ leader   120µs     3.9k  18% ▃▁▄▃▁▂│
            ┌ State machine #10234 ────────────────────────────────────────────────────────┐
            │ function   serve                                                             │
            │ state      ◌ queued for 426µs                                                │
            │ awaits at  Client.swift:42                                                   │
            │ thread     worker-2 ran it last; none holds it                               │
            │ hops       7 changes of thread                                               │
            │ age        4.0s                                                              │
            │ ran        1.2ms   0%  █                                                     │
            │ queued     300µs   0%  ▒                                                     │
            │ waited      4.0s  99%  ░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░              │
            │                                                                              │
            │ Its operation is over; it waits for a thread.                                │
            └──────────────────────────────────────────────────────────────────────────────┘
            │#10233   fetch     ● running       - 213µs  4.1s    6 worker-1   …ent.swift:41│
            │#10234   serve     ◌ queued        - 426µs  4.0s    7 worker-2   …ent.swift:42│
            │#10235   fetch     ○ read         19 639µs  4.0s    8 worker-1   …ent.swift:43│
            └──────────────────────────────────────────────────────────────────────────────┘
             Esc back  ↑↓ scroll  ? help  q quit
            """
        )
    }

    @Test func `a worker in detail, in ASCII`() {
        let model = Sample.model(80, 24, glyphs: .ascii, keys: [.character("3"), .enter])
        expect(
            view(model),
            """
             pooltop  fanout - 200 clients       placement worker - cpu  18% - * LIVE 01:42
             armed  391>port    1>pollers 1/2>queued    7>workers 1/2              ok books
             578 operations in flight, 1 thread working: nobody waits for them.
            +1 Completion port - concurrency 2 -+2 Pollers - 2 of 2..1000 - 1 running -----+
            |armed      391   *******+ peak  487|id   state        for packet/s busy       |
            |timers     187   ******** peak  187|P1   < leader   120us     3.9k  18% -_=-_.|
            |queued       1   .+ -*.+. peak   12|P2   * running    >2s        0   0% ______|
            + Worker 1 --------------------------------------------------------------------+
            | state      * running for 213us                                               |
            | thread     worker-1 in top -H and in /proc                                   |
            | runs       #10233 fetch                                                      |
            | items      3.9k/s                                                            |
            | busy       37% of the last second                                            |
            |                                -+@.+#.=#_=*_-*@-+@.+#.=*_-*@-+@.+#.=#_-      |
            | own queue  0 work items                                                      |
            | ran last   20 of the machines that have a row                                |
            |                                                                              |
            | It runs a work item: user code, to its next await.                           |
            +------------------------------------------------------------------------------+
            |#10233   fetch     * running       - 213us  4.1s    6 worker-1   ~ent.swift:41|
            |#10234   serve     ~ queued        - 426us  4.0s    7 worker-2   ~ent.swift:42|
            |#10235   fetch     o read         19 639us  4.0s    8 worker-1   ~ent.swift:43|
            +------------------------------------------------------------------------------+
             Esc back  Up/Down scroll  ? help  q quit
            """
        )
    }

    @Test func `a packet in detail on a small screen`() {
        let model = Sample.model(40, 15, keys: [.enter])
        expect(
            view(model),
            """
             pooltop  fanout           ● LIVE 01:42
            ┌ Completion packet #88126 ────────────┐
            │ state      ○ queued in the port      │
            │ operation  read                      │
            │ descriptor 17                        │
            │ result     312 B                     │
            │ waited     12µs in the port          │
            │                                      │
            │ A packet carries the result of an    │
            │ operation that is over. It waits in  │
            │ the port until a poller takes it and │
            │ sends the continuation on its way.   │
            └──────────────────────────────────────┘
            4 State machines · 400 in flight ───────
             Esc back  ↑↓ scroll  ? help  q quit
            """
        )
    }

    @Test func `the knob panel`() {
        let model = Sample.model(80, 24, keys: [.character("4"), .character("o"), .character("+")])
        expect(
            view(model),
            """
             poo┌ Knobs ───────────────────────────────────────────────────────────────┐:42
             sub│   pollers  minimum                      2  1 .. 1000                 │oks
             sta│   pollers  maximum                   1000  1 .. 1000                 │
            ┌1 C│   port     concurrency                  2  1 .. 1000                 │───┐
            │arm│   workers  minimum                      2  1 .. 32767                │   │
            │tim│   workers  maximum                  32767  1 .. 32767                │▃▁▂│
            │que│   workers  hill climbing               on  on, off                   │▁▁▁│
            │deq│   workers  cooperative                 on  on, off                   │───┤
            │pac│   workers  starvation                  on  on, off                   │usy│
            │○ #│   workers  hand over                   on  on, off                   │37%│
            │✓ #│   runtime  placement               worker  worker, inline            │ 0%│
            │✓ #│ ▶ load     clients              200 → 220  asked for                 │   │
            │✓ #│   load     loop               closed loop  closed loop .. 1000000/s  │  4│
            ├▶4 │   load     delay                    100ms  0 .. 3600s                │───┤
            │req│   load     spread                    10ms  0 .. 100ms                │   │
            │fun│   load     CPU per request           20µs  0 .. 3600s                │   │
            │fet│   load     blocking                    0%  0% .. 100%                │   │
            │ser│   load     blocking time                0  0 .. 3600s                │   │
            │mac│   load     resets                      0%  0% .. 100%                │   │
            │#10│                                                                      │:41│
            │#10│ Clients of the scenario; each is a state machine.                    │:42│
            │#10└──────────────────────────────────────────────────────────────────────┘:43│
            └──────────────────────────────────────────────────────────────────────────────┘
             Esc close  ↑↓ choose  +/- change  q quit
            """
        )
    }

    @Test func `the knob panel on a small screen, in ASCII`() {
        let model = Sample.model(40, 15, glyphs: .ascii, keys: [.character("o"), .end])
        expect(
            view(model),
            """
            + Knobs -------------------------------+
            |   hand over                   on     |
            |   placement               worker     |
            |   clients                    200     |
            |   loop               closed loop     |
            |   delay                    100ms     |
            |   spread                    10ms     |
            |   CPU per request           20us     |
            |   blocking                    0%     |
            |   blocking time                0     |
            | > resets                      0%     |
            |                                      |
            | 0% .. 100%                           |
            +-------------------------- 9-20 of 20 +
             Esc close  Up/Down choose  +/- change
            """
        )
    }

    @Test func `the event log`() {
        let model = Sample.model(80, 24, keys: [.character("l")])
        expect(
            view(model),
            """
            ┌ Event log · 1-3 of 3 ────────────────────────────────────────────────────────┐
            │ 23:13:20  ThreadPoolWorkerThreadStart  worker-1                              │
            │ 23:13:20  ThreadPoolWorkerThreadStart  worker-2                              │
            │ 23:14:22  ThreadPoolWorkerThreadAdjustmentAdjustment  goal 3 to 2, Climbing… │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            │                                                                              │
            └──────────────────────────────────────────────────────────────────────────────┘
             Esc back  ↑↓ scroll  ? help  q quit
            """
        )
    }

    @Test func `help on a small screen, scrolled, in ASCII`() {
        let model = Sample.model(40, 15, glyphs: .ascii, keys: [.character("?"), .pageDown])
        expect(
            view(model),
            """
            + Help: 1 Completion port -------------+
            |                                      |
            | Tab  1-4       choose a pane         |
            | +  -           change the            |
            |                concurrency of this   |
            |                pane                  |
            | o              the knobs: all        |
            |                settings in one panel |
            | r              next placement of     |
            |                continuations:        |
            |                worker, inline        |
            | Up Down  j k   choose a row          |
            | PgUp PgDn      move by a page        |
            +------------------------- 12-23 of 44 +
             Esc close  Up/Down scroll  q quit
            """
        )
    }
}
