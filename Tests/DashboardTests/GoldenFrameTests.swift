// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

/// Whole screens as text; `Sample` says what they show.
struct GoldenFrameTests {
    @Test func `an 80x24 screen shows all four panes`() {
        let model = Sample.model(80, 24)
        expect(
            view(model),
            """
             pooltop  fanout · 200 clients       placement worker · cpu  18% · ● LIVE 01:42
             submit 3.9k/s▶armed  391▶port    1▶pollers 1/2▶queued    7▶workers 1/2 ✓ books
             578 operations in flight, 1 thread working: nobody waits for them.
            ┌▶1 Port · concurrency 2 ───────────┬2 Pollers · 2 of 2..1000 · 1 running ─────┐
            │armed      391   ▆▆▆▆▆▆▆▅ peak  487│id   state        for packet/s busy       │
            │timers     187   ▆▆▆▆▆▆▆▆ peak  187│P1   ◇ leader   120µs     3.9k  18% ▃▁▄▃▁▂│
            │queued       1   ▂▅ ▃▆▂▅▂ peak   12│P2   ● running    >2s        0   0% ▁▁▁▁▁▁│
            │dequeued  3.9k/s ▆▆▆▆▆▆▆▆ peak 3.9k├3 Workers · 1 busy · goal 2 · min 2 ──────┤
            │packet      operation result waited│id   state     function machine   for busy│
            │○ #88126    read       312 B   12µs│W1   ● running fetch    #10233  213µs  37%│
            │✓ #88125    write      313 B   24µs│W2   ○ parked                     >2s   0%│
            │✓ #88124    read       314 B   48µs│                                          │
            │✓ #88123    write      315 B   96µs│queues  global    3  high    0  local    4│
            ├4 State machines · 400 in flight · 12k started ·  1- 3 of 40 sampled ─────────┤
            │requests 1.9k/s  failed    0  p50 100ms  p90 101ms  p99 104ms  max 210ms      │
            │function            running  connect  write  read  sleep  done/s              │
            │fetch                     1        0      1   186     12    1.9k              │
            │serve                     0        -      -    13    187    1.9k              │
            │machine  function  state          fd   for   age hops thread     awaits at    │
            │#10233   fetch     ● running       - 213µs  4.1s    6 worker-1   …ent.swift:41│
            │#10234   serve     ◌ queued        - 426µs  4.0s    7 worker-2   …ent.swift:42│
            │#10235   fetch     ○ read         19 639µs  4.0s    8 worker-1   …ent.swift:43│
            └──────────────────────────────────────────────────────────────────────────────┘
             Tab pane  +/- concurrency  r placement  o knobs  Enter open  ? help  q quit
            """
        )
    }

    @Test func `an 80x24 screen in ASCII`() {
        let model = Sample.model(80, 24, glyphs: .ascii, keys: [.character("3"), .character("+")])
        expect(
            view(model),
            """
             pooltop  fanout - 200 clients       placement worker - cpu  18% - * LIVE 01:42
             armed  391>port    1>pollers 1/2>queued    7>workers 1/2              ok books
             workers: minimum 2 -> 3
            +1 Completion port - concurrency 2 -+2 Pollers - 2 of 2..1000 - 1 running -----+
            |armed      391   *******+ peak  487|id   state        for packet/s busy       |
            |timers     187   ******** peak  187|P1   < leader   120us     3.9k  18% -_=-_.|
            |queued       1   .+ -*.+. peak   12|P2   * running    >2s        0   0% ______|
            |dequeued  3.9k/s ******** peak 3.9k+>3 Workers - 1 busy - goal 2 - min 2->3 --+
            |packet      operation result waited|id   state     function machine   for busy|
            |o #88126    read       312 B   12us|W1   * running fetch    #10233  213us  37%|
            |+ #88125    write      313 B   24us|W2   . parked                     >2s   0%|
            |+ #88124    read       314 B   48us|                                          |
            |+ #88123    write      315 B   96us|queues  global    3  high    0  local    4|
            +4 State machines - 400 in flight - 12k started -  1- 3 of 40 sampled ---------+
            |requests 1.9k/s  failed    0  p50 100ms  p90 101ms  p99 104ms  max 210ms      |
            |function            running  connect  write  read  sleep  done/s              |
            |fetch                     1        0      1   186     12    1.9k              |
            |serve                     0        -      -    13    187    1.9k              |
            |machine  function  state          fd   for   age hops thread     awaits at    |
            |#10233   fetch     * running       - 213us  4.1s    6 worker-1   ~ent.swift:41|
            |#10234   serve     ~ queued        - 426us  4.0s    7 worker-2   ~ent.swift:42|
            |#10235   fetch     o read         19 639us  4.0s    8 worker-1   ~ent.swift:43|
            +------------------------------------------------------------------------------+
             Tab pane  +/- minimum  r placement  o knobs  Enter open  ? help  q quit
            """
        )
    }

    @Test func `a 120x36 screen has an event log`() {
        let model = Sample.model(120, 36, keys: [.character("4"), .pageDown])
        expect(
            view(model),
            """
             pooltop  fanout · 200 clients · 127.0.0.1:40213          epoll · placement worker · cpu  18% · rss  38M · ● LIVE 01:42
             submit 3.9k/s▶armed  391▶timers  187▶port    1▶pollers 1/2▶queued    7▶workers 1/2▶resumed 3.9k/s              ✓ books
             578 operations in flight, 1 thread working: nobody waits for them.
            ┌1 Completion port · concurrency 2 · 1-4 of 6 ────────┬2 Pollers · 2 of 2..1000 · 1 running ───────────────────────────┐
            │armed      391   ▆▆▆▆▆▅▆▆▆▆▆▆▆▅▆▆▆▆▆▆▆▆▅▆▆▅ peak  487│id    state                  for  packet/s  busy                │
            │timers     187   ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak  187│P1    ◇ leader: in epoll   120µs      3.9k   18%  ▄▂▅▃▁▄▂▅▃▁▄▃▁▂│
            │queued       1    ▃▆▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅▂ peak   12│P2    ● running              >2s         0    0%  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁│
            │dequeued  3.9k/s ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak 3.9k├3 Workers · 1 busy · goal 2 · min 2 · max 32767 ────────────────┤
            │packet       operation     fd  result  waited  state │id   state      function  machine   for item/s busy queue       │
            │○ #88126     read          17   312 B    12µs  queued│W1   ● running  fetch     #10233  213µs   3.9k  37%     0 ▇▂▄▇▁▃│
            │✓ #88125     write         18   313 B    24µs  taken │W2   ○ parked                       >2s      0   0%     4       │
            │✓ #88124     read          19   314 B    48µs  taken │                                                                │
            │✓ #88123     write          -   315 B    96µs  taken │queues  global    3  peak    7  high    0  local    4           │
            ├▶4 State machines · 400 in flight · 12k started · 12k finished ·  1-10 of 40 sampled ─────────────────────────────────┤
            │requests 1.9k/s  failed    0  p50 100ms  p90 101ms  p99 104ms  p99.9 130ms  max 210ms                                 │
            │function            running  connect  write  read  sleep  done/s                                                      │
            │fetch                     1        0      1   186     12    1.9k                                                      │
            │serve                     0        -      -    13    187    1.9k                                                      │
            │machine     function      state           fd    for    age    ran  queued  waited  hops  thread        awaits at      │
            │#10233      fetch         ● running        -  213µs   4.1s  1.2ms   300µs    4.0s     6  worker-1      Client.swift:41│
            │#10234      serve         ◌ queued         -  426µs   4.0s  1.2ms   300µs    4.0s     7  worker-2      Client.swift:42│
            │#10235      fetch         ○ read          19  639µs   4.0s  1.2ms   300µs    4.0s     8  worker-1      Client.swift:43│
            │#10236      serve         ○ read          20  852µs   4.0s  1.2ms   300µs    4.0s     9  worker-2      Client.swift:44│
            │#10237      fetch         ○ read          21  1.0ms   4.0s  1.2ms   300µs    4.0s    10  worker-1      Client.swift:45│
            │#10238      serve         ○ read          22  1.2ms   4.0s  1.2ms   300µs    4.0s    11  worker-2      Client.swift:46│
            │#10239      fetch         ○ read          23  1.4ms   4.0s  1.2ms   300µs    4.0s    12  worker-1      Client.swift:47│
            │#10240      serve         ○ read          24  1.7ms   4.0s  1.2ms   300µs    4.0s    13  worker-2      Client.swift:48│
            │#10241      fetch         ○ read          25  1.9ms   4.0s  1.2ms   300µs    4.0s    14  worker-1      Client.swift:49│
            │#10242      serve         ○ read          26  2.1ms   4.0s  1.2ms   300µs    4.0s    15  worker-2      Client.swift:50│
            ├Events ───────────────────────────────────────────────────────────────────────────────────────────────────────────────┤
            │23:13:20  ThreadPoolWorkerThreadStart  worker-1                                                                       │
            │23:13:20  ThreadPoolWorkerThreadStart  worker-2                                                                       │
            │23:14:22  ThreadPoolWorkerThreadAdjustmentAdjustment  goal 3 to 2, ClimbingMove, 21 380/s                             │
            │                                                                                                                      │
            └──────────────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
             Tab pane  +/- clients  r placement  o knobs  Enter open  ↑↓ select  <> sort  l log  ? help  q quit
            """
        )
    }

    @Test func `a 40x15 screen opens the port and closes the other panes`() {
        let model = Sample.model(40, 15)
        expect(
            view(model),
            """
             pooltop  fanout           ● LIVE 01:42
             armed  391▶workers 1/2         ✓ books
             578 operations in flight, 1 thread wo…
            ▶1 Completion port · concurrency 2 ─────
            armed      391   ▅▆▆▆▆▆▆▆▆▆▆▆▅ peak  487
            queued       1   ▂▅ ▃▆▂▅ ▃▆▂▅▂ peak   12
            packet      operation   fd result waited
            ○ #88126    read        17  312 B   12µs
            ✓ #88125    write       18  313 B   24µs
            ✓ #88124    read        19  314 B   48µs
            ✓ #88123    write        -  315 B   96µs
            2 Pollers · 2 of 2..1000 · 1 running ───
            3 Workers · 1 busy · goal 2 · min 2 ────
            4 State machines · 400 in flight ───────
             Tab pane  ? help  q quit
            """
        )
    }

    @Test func `a 40x15 screen opens the pollers`() {
        let model = Sample.model(40, 15, keys: [.character("2")])
        expect(
            view(model),
            """
             pooltop  fanout           ● LIVE 01:42
             armed  391▶workers 1/2         ✓ books
             578 operations in flight, 1 thread wo…
            1 Completion port · concurrency 2 ──────
            ▶2 Pollers · 2 of 2..1000 · 1 running ──
            id   state       for packet/s busy
            P1   ◇ leader  120µs     3.9k  18% ▁▄▃▁▂
            P2   ● running   >2s        0   0% ▁▁▁▁▁




            3 Workers · 1 busy · goal 2 · min 2 ────
            4 State machines · 400 in flight ───────
             Tab pane  +/- minimum  ? help  q quit
            """
        )
    }

    @Test func `a 40x15 screen opens the workers`() {
        let model = Sample.model(40, 15, keys: [.character("3")])
        expect(
            view(model),
            """
             pooltop  fanout           ● LIVE 01:42
             armed  391▶workers 1/2         ✓ books
             578 operations in flight, 1 thread wo…
            1 Completion port · concurrency 2 ──────
            2 Pollers · 2 of 2..1000 · 1 running ───
            ▶3 Workers · 1 busy · goal 2 · min 2 ───
            id    state       function     for  busy
            W1    ● running   fetch      213µs   37%
            W2    ○ parked                 >2s    0%



            global    3  high    0  local    4
            4 State machines · 400 in flight ───────
             Tab pane  +/- minimum  ? help  q quit
            """
        )
    }

    @Test func `a 40x15 screen opens the state machines`() {
        let model = Sample.model(40, 15, keys: [.character("4")])
        expect(
            view(model),
            """
             pooltop  fanout           ● LIVE 01:42
             armed  391▶workers 1/2         ✓ books
             578 operations in flight, 1 thread wo…
            1 Completion port · concurrency 2 ──────
            2 Pollers · 2 of 2..1000 · 1 running ───
            3 Workers · 1 busy · goal 2 · min 2 ────
            ▶4 State machines · 400 in flight ──────
            requests 1.9k/s  p50 100ms  p99 104ms
            function    running connect write done/s
            fetch             1       0     1   1.9k
            serve             0       -     -   1.9k
            machine function state         for   age
            #10233  fetch    ● running   213µs  4.1s
            #10234  serve    ◌ queued    426µs  4.0s
             Tab pane  +/- clients  ? help  q quit
            """
        )
    }

    @Test func `the smallest screen shows the focused pane`() {
        let model = Sample.model(20, 6, keys: [.character("2")])
        expect(
            view(model),
            """
                   ● LIVE 01:42
            ▶2 Pollers ─────────
            id   state       for
            P1   ◇ leader  120µs
            P2   ● running   >2s
             ? help  q quit
            """
        )
    }

    @Test func `a screen that is too small says so`() {
        let model = Sample.model(19, 6)
        expect(
            view(model),
            """
            Window too small.
            20x6 is enough.
            q quits
            """
        )
    }

    @Test func `help explains the focused pane`() {
        let model = Sample.model(80, 24, keys: [.character("?")])
        expect(
            view(model),
            """
            ┌ Help: 1 Completion port ─────────────────────────────────────────────────────┐
            │ A completion port is the queue in which finished operations wait, as         │
            │ packets, until a poller takes them. An operation that is still under way is  │
            │ armed: it holds memory, but no thread waits for it.                          │
            │                                                                              │
            │ On epoll the kernel reports readiness only: the poller then makes the call   │
            │ itself, and only then is there a packet.                                     │
            │                                                                              │
            │ Tab  1-4        choose a pane                                                │
            │ +  -            change the concurrency of this pane                          │
            │ o               the knobs: all settings in one panel                         │
            │ r               next placement of continuations: worker, inline              │
            │ Up Down  j k    choose a row                                                 │
            │ PgUp PgDn       move by a page                                               │
            │ Home End  g G   first and last row                                           │
            │ Enter           all that is known of the chosen row                          │
            │ <  >  I         sort by another column, the other way round                  │
            │ l               the event log                                                │
            │ mouse           click pane, row, head or key; wheel scrolls                  │
            │ ?  h  F1  Esc   open and close this help                                     │
            │ Ctrl-L  Ctrl-Z  paint anew, suspend                                          │
            │ q  F10  Ctrl-C  quit                                                         │
            └────────────────────────────────────────────────────────────────── 1-21 of 25 ┘
             Esc close  ↑↓ scroll  Tab next pane  q quit
            """
        )
    }
}
