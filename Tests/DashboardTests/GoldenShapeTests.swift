// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Dashboard

/// Whole screens of the smallest and the largest shape.
struct GoldenShapeTests {
    @Test func `a 60x20 screen opens the port`() {
        let model = Sample.model(60, 20)
        expect(
            view(model),
            """
             pooltop  fanout            placement worker · ● LIVE 01:42
             armed  391▶port    1▶pollers 1/2▶workers 1/2       ✓ books
             578 operations in flight, 1 thread working: nobody waits …
            ▶1 Completion port · concurrency 2 ─────────────────────────
            armed      391   ▆▆▅▆▆▆▅▆▆▆▆▆▅▆▆▆▆▆▆▆▅▆▆▆▆▆▆▆▆▅▆▆▅ peak  487
            timers     187   ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak  187
            queued       1   ▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅ ▃▆▂▅▂ peak   12
            dequeued  3.9k/s ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak 3.9k
            packet         operation        fd    result  waited  state
            ○ #88126       read             17     312 B    12µs  queued
            ✓ #88125       write            18     313 B    24µs  taken
            ✓ #88124       read             19     314 B    48µs  taken
            ✓ #88123       write             -     315 B    96µs  taken
            ✓ #88122       read             21  ECONNRES   192µs  taken
            ✓ #88121       write            22     317 B   384µs  taken

            2 Pollers · 2 of 2..1000 · 1 running ───────────────────────
            3 Workers · 1 busy · goal 2 · min 2 · max 32767 ────────────
            4 State machines · 400 in flight · 12k started ─────────────
             Tab pane  +/- concurrency  o knobs  ? help  q quit
            """
        )
    }

    @Test func `a 60x20 screen opens the state machines`() {
        let model = Sample.model(60, 20, keys: [.character("4"), .down])
        expect(
            view(model),
            """
             pooltop  fanout            placement worker · ● LIVE 01:42
             armed  391▶port    1▶pollers 1/2▶workers 1/2       ✓ books
             578 operations in flight, 1 thread working: nobody waits …
            1 Completion port · concurrency 2 · 391 armed · 1 queued ───
            2 Pollers · 2 of 2..1000 · 1 running ───────────────────────
            3 Workers · 1 busy · goal 2 · min 2 · max 32767 ────────────
            ▶4 State machines · 400 in flight ·  1- 7 of 40 sampled ────
            requests 1.9k/s  failed    0  p50 100ms  p99 104ms
            function        running  connect  write  read  sleep  done/s
            fetch                 1        0      1   186     12    1.9k
            serve                 0        -      -    13    187    1.9k
            machine function state         fd   for   age hops thread
            #10233  fetch    ● running      - 213µs  4.1s    6 worker-1
            #10234  serve    ◌ queued       - 426µs  4.0s    7 worker-2
            #10235  fetch    ○ read        19 639µs  4.0s    8 worker-1
            #10236  serve    ○ read        20 852µs  4.0s    9 worker-2
            #10237  fetch    ○ read        21 1.0ms  4.0s   10 worker-1
            #10238  serve    ○ read        22 1.2ms  4.0s   11 worker-2
            #10239  fetch    ○ read        23 1.4ms  4.0s   12 worker-1
             Tab pane  +/- clients  o knobs  Enter open  ? help  q quit
            """
        )
    }

    @Test func `a 200x60 screen has two columns`() {
        let model = Sample.model(200, 60, keys: [.character("3")])
        expect(
            view(model),
            """
             pooltop  fanout · 200 clients · closed loop · 127.0.0.1:40213                                                                epoll · placement worker · cpu  18% · rss  38M · threads 8 · ● LIVE 01:42
             submit 3.9k/s ▶ armed  391 ▶ timers  187 ▶ port    1 ▶ pollers 1/2 ▶ queued    7 ▶ workers 1/2 ▶ resumed 3.9k/s                                                                                ✓ books
             578 operations in flight, 1 thread working: nobody waits for them.
            ┌1 Completion port · concurrency 2 ───────────────────────────────────────────────────────┬4 State machines · 400 in flight · 12k started · 12k finished ·  1-37 of 40 sampled ────────────────────────┐
            │armed      391                        ▅▅▅▅▆▆▆▆▆▆▅▆▆▆▅▆▆▆▆▆▅▆▆▆▆▆▆▆▅▆▆▆▆▆▆▆▆▅▆▆▅ peak  487│requests 1.9k/s  failed    0  p50 100ms  p90 101ms  p99 104ms  p99.9 130ms  max 210ms                       │
            │timers     187                        ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak  187│function            running  connect  write  read  sleep  done/s                                            │
            │queued       1                        ▆▁▂▁▂ ▁▂▁▂ ▁▂▁▂ ▁▂▁▂ ▁▂▁▂ ▁▂▁▂ ▁▂▁▂ ▁▂▁▂▁ peak   12│fetch                     1        0      1   186     12    1.9k                                            │
            │dequeued  3.9k/s                      ▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆▆ peak 3.9k│serve                     0        -      -    13    187    1.9k                                            │
            │                                                                                         │machine   function   state           fd    for    age    ran  queued  waited  hops  thread      awaits at   │
            │books    submitted 388k = in flight  578 + completed 387k                                │#10233    fetch      ● running        -  213µs   4.1s  1.2ms   300µs    4.0s     6  worker-1    …nt.swift:41│
            │         + failed    2 + cancelled   30 + timed out   10  ✓ balances                     │#10234    serve      ◌ queued         -  426µs   4.0s  1.2ms   300µs    4.0s     7  worker-2    …nt.swift:42│
            │         of the completed: synchronous  12k  raced    7                                  │#10235    fetch      ○ read          19  639µs   4.0s  1.2ms   300µs    4.0s     8  worker-1    …nt.swift:43│
            │                                                                                         │#10236    serve      ○ read          20  852µs   4.0s  1.2ms   300µs    4.0s     9  worker-2    …nt.swift:44│
            │packet          operation            fd          result  waited  state                   │#10237    fetch      ○ read          21  1.0ms   4.0s  1.2ms   300µs    4.0s    10  worker-1    …nt.swift:45│
            │○ #88126        read                 17           312 B    12µs  queued                  │#10238    serve      ○ read          22  1.2ms   4.0s  1.2ms   300µs    4.0s    11  worker-2    …nt.swift:46│
            │✓ #88125        write                18           313 B    24µs  taken                   │#10239    fetch      ○ read          23  1.4ms   4.0s  1.2ms   300µs    4.0s    12  worker-1    …nt.swift:47│
            │✓ #88124        read                 19           314 B    48µs  taken                   │#10240    serve      ○ read          24  1.7ms   4.0s  1.2ms   300µs    4.0s    13  worker-2    …nt.swift:48│
            │✓ #88123        write                 -           315 B    96µs  taken                   │#10241    fetch      ○ read          25  1.9ms   4.0s  1.2ms   300µs    4.0s    14  worker-1    …nt.swift:49│
            │✓ #88122        read                 21      ECONNRESET   192µs  taken                   │#10242    serve      ○ read          26  2.1ms   4.0s  1.2ms   300µs    4.0s    15  worker-2    …nt.swift:50│
            │✓ #88121        write                22           317 B   384µs  taken                   │#10243    fetch      ○ read          27  2.3ms   4.0s  1.2ms   300µs    4.0s    16  worker-1    …nt.swift:51│
            │                                                                                         │#10244    serve      ○ read          28  2.5ms   4.0s  1.2ms   300µs    4.0s    17  worker-2    …nt.swift:52│
            │                                                                                         │#10245    fetch      ○ read          29  2.7ms   4.0s  1.2ms   300µs    4.0s    18  worker-1    …nt.swift:53│
            │                                                                                         │#10246    serve      ○ read          30  2.9ms   4.0s  1.2ms   300µs    4.0s    19  worker-2    …nt.swift:54│
            │                                                                                         │#10247    fetch      ○ read          31  3.1ms   4.0s  1.2ms   300µs    4.0s    20  worker-1    …nt.swift:55│
            │                                                                                         │#10248    serve      ○ read          32  3.4ms   4.0s  1.2ms   300µs    4.0s    21  worker-2    …nt.swift:56│
            │                                                                                         │#10249    fetch      ○ read          33  3.6ms   4.0s  1.2ms   300µs    4.0s    22  worker-1    …nt.swift:57│
            │                                                                                         │#10250    serve      ○ read          34  3.8ms   4.0s  1.2ms   300µs    4.0s    23  worker-2    …nt.swift:58│
            │                                                                                         │#10251    fetch      ○ read          35  4.0ms   4.0s  1.2ms   300µs    4.0s    24  worker-1    …nt.swift:59│
            │                                                                                         │#10252    serve      ○ read          36  4.2ms   4.0s  1.2ms   300µs    4.0s    25  worker-2    …nt.swift:60│
            │                                                                                         │#10253    fetch      ○ read          37  4.4ms   4.0s  1.2ms   300µs    4.0s    26  worker-1    …nt.swift:61│
            │                                                                                         │#10254    serve      ○ read          38  4.6ms   4.0s  1.2ms   300µs    4.0s    27  worker-2    …nt.swift:62│
            │                                                                                         │#10255    fetch      ○ read          39  4.8ms   4.0s  1.2ms   300µs    4.0s    28  worker-1    …nt.swift:63│
            │                                                                                         │#10256    serve      ○ read          40  5.1ms   4.0s  1.2ms   300µs    4.0s    29  worker-2    …nt.swift:64│
            │                                                                                         │#10257    fetch      ○ read          41  5.3ms   4.0s  1.2ms   300µs    4.0s    30  worker-1    …nt.swift:65│
            │                                                                                         │#10258    serve      ○ read          42  5.5ms   4.0s  1.2ms   300µs    4.0s    31  worker-2    …nt.swift:66│
            │                                                                                         │#10259    fetch      ○ read          43  5.7ms   4.0s  1.2ms   300µs    4.0s    32  worker-1    …nt.swift:67│
            │                                                                                         │#10260    serve      ○ read          44  5.9ms   4.0s  1.2ms   300µs    4.0s    33  worker-2    …nt.swift:68│
            │                                                                                         │#10261    fetch      ○ read          45  6.1ms   4.0s  1.2ms   300µs    4.0s    34  worker-1    …nt.swift:69│
            │                                                                                         │#10262    serve      ○ read          46  6.3ms   4.0s  1.2ms   300µs    4.0s    35  worker-2    …nt.swift:70│
            │                                                                                         │#10263    fetch      ○ read          47  6.6ms   4.0s  1.2ms   300µs    4.0s    36  worker-1    …nt.swift:71│
            ├2 Pollers · 2 of 2..1000 · 1 running ────────────────────────────────────────────────────┤#10264    serve      ○ read          48  6.8ms   4.0s  1.2ms   300µs    4.0s    37  worker-2    …nt.swift:72│
            │id    state                   for  packet/s  busy                                        │#10265    fetch      ○ read          49  7.0ms   4.0s  1.2ms   300µs    4.0s    38  worker-1    …nt.swift:73│
            │P1    ◇ leader: in epoll    120µs      3.9k   18%  ▅▃▁▄▂▅▃▁▄▂▁▄▂▅▃▁▄▂▅▃▁▄▂▁▄▂▅▃▁▄▂▅▃▁▄▃▁▂│#10266    serve      ○ read          50  7.2ms   4.0s  1.2ms   300µs    4.0s    39  worker-2    …nt.swift:74│
            │P2    ● running               >2s         0    0%  ▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁▁│#10267    fetch      ○ read          51  7.4ms   4.0s  1.2ms   300µs    4.0s    40  worker-1    …nt.swift:75│
            ├▶3 Workers · 1 busy · goal 2 · min 2 · max 32767 ────────────────────────────────────────┤#10268    serve      ○ read          52  7.6ms   4.0s  1.2ms   300µs    4.0s    41  worker-2    …nt.swift:76│
            │id    state       function          machine      for  item/s  busy  queue                │#10269    fetch      ○ read          53  7.8ms   4.0s  1.2ms   300µs    4.0s    42  worker-1    …nt.swift:77│
            │W1    ● running   fetch             #10233     213µs    3.9k   37%      0  ▃▆█▃▅█▂▅▇▂▄▇▁▃├Events ─────────────────────────────────────────────────────────────────────────────────────────────────────┤
            │W2    ○ parked                                   >2s       0    0%      4                │23:13:20  ThreadPoolWorkerThreadStart  worker-1                                                             │
            │                                                                                         │23:13:20  ThreadPoolWorkerThreadStart  worker-2                                                             │
            │                                                                                         │23:14:22  ThreadPoolWorkerThreadAdjustmentAdjustment  goal 3 to 2, ClimbingMove, 21 380/s                   │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │                                                                                         │                                                                                                            │
            │queues  global    3  peak    7  high    0  local    4  (0·4)  stolen 12/s                │                                                                                                            │
            └─────────────────────────────────────────────────────────────────────────────────────────┴────────────────────────────────────────────────────────────────────────────────────────────────────────────┘
             Tab pane  +/- minimum  r placement  o knobs  Enter open  ↑↓ select  <> sort  l log  ? help  q quit
            """
        )
    }

    @Test func `a 200x60 screen in ASCII`() {
        let model = Sample.model(200, 60, glyphs: .ascii)
        expect(
            view(model),
            """
             pooltop  fanout - 200 clients - closed loop - 127.0.0.1:40213                                                                epoll - placement worker - cpu  18% - rss  38M - threads 8 - * LIVE 01:42
             submit 3.9k/s > armed  391 > timers  187 > port    1 > pollers 1/2 > queued    7 > workers 1/2 > resumed 3.9k/s                                                                               ok books
             578 operations in flight, 1 thread working: nobody waits for them.
            +>1 Completion port - concurrency 2 ------------------------------------------------------+4 State machines - 400 in flight - 12k started - 12k finished -  1-37 of 40 sampled ------------------------+
            |armed      391                        ++++******+***+*****+*******+********+**+ peak  487|requests 1.9k/s  failed    0  p50 100ms  p90 101ms  p99 104ms  p99.9 130ms  max 210ms                       |
            |timers     187                        ***************************************** peak  187|function            running  connect  write  read  sleep  done/s                                            |
            |queued       1                        *_._. _._. _._. _._. _._. _._. _._. _._._ peak   12|fetch                     1        0      1   186     12    1.9k                                            |
            |dequeued  3.9k/s                      ***************************************** peak 3.9k|serve                     0        -      -    13    187    1.9k                                            |
            |                                                                                         |machine   function   state           fd    for    age    ran  queued  waited  hops  thread      awaits at   |
            |books    submitted 388k = in flight  578 + completed 387k                                |#10233    fetch      * running        -  213us   4.1s  1.2ms   300us    4.0s     6  worker-1    ~nt.swift:41|
            |         + failed    2 + cancelled   30 + timed out   10  ok balances                    |#10234    serve      ~ queued         -  426us   4.0s  1.2ms   300us    4.0s     7  worker-2    ~nt.swift:42|
            |         of the completed: synchronous  12k  raced    7                                  |#10235    fetch      o read          19  639us   4.0s  1.2ms   300us    4.0s     8  worker-1    ~nt.swift:43|
            |                                                                                         |#10236    serve      o read          20  852us   4.0s  1.2ms   300us    4.0s     9  worker-2    ~nt.swift:44|
            |packet          operation            fd          result  waited  state                   |#10237    fetch      o read          21  1.0ms   4.0s  1.2ms   300us    4.0s    10  worker-1    ~nt.swift:45|
            |o #88126        read                 17           312 B    12us  queued                  |#10238    serve      o read          22  1.2ms   4.0s  1.2ms   300us    4.0s    11  worker-2    ~nt.swift:46|
            |+ #88125        write                18           313 B    24us  taken                   |#10239    fetch      o read          23  1.4ms   4.0s  1.2ms   300us    4.0s    12  worker-1    ~nt.swift:47|
            |+ #88124        read                 19           314 B    48us  taken                   |#10240    serve      o read          24  1.7ms   4.0s  1.2ms   300us    4.0s    13  worker-2    ~nt.swift:48|
            |+ #88123        write                 -           315 B    96us  taken                   |#10241    fetch      o read          25  1.9ms   4.0s  1.2ms   300us    4.0s    14  worker-1    ~nt.swift:49|
            |+ #88122        read                 21      ECONNRESET   192us  taken                   |#10242    serve      o read          26  2.1ms   4.0s  1.2ms   300us    4.0s    15  worker-2    ~nt.swift:50|
            |+ #88121        write                22           317 B   384us  taken                   |#10243    fetch      o read          27  2.3ms   4.0s  1.2ms   300us    4.0s    16  worker-1    ~nt.swift:51|
            |                                                                                         |#10244    serve      o read          28  2.5ms   4.0s  1.2ms   300us    4.0s    17  worker-2    ~nt.swift:52|
            |                                                                                         |#10245    fetch      o read          29  2.7ms   4.0s  1.2ms   300us    4.0s    18  worker-1    ~nt.swift:53|
            |                                                                                         |#10246    serve      o read          30  2.9ms   4.0s  1.2ms   300us    4.0s    19  worker-2    ~nt.swift:54|
            |                                                                                         |#10247    fetch      o read          31  3.1ms   4.0s  1.2ms   300us    4.0s    20  worker-1    ~nt.swift:55|
            |                                                                                         |#10248    serve      o read          32  3.4ms   4.0s  1.2ms   300us    4.0s    21  worker-2    ~nt.swift:56|
            |                                                                                         |#10249    fetch      o read          33  3.6ms   4.0s  1.2ms   300us    4.0s    22  worker-1    ~nt.swift:57|
            |                                                                                         |#10250    serve      o read          34  3.8ms   4.0s  1.2ms   300us    4.0s    23  worker-2    ~nt.swift:58|
            |                                                                                         |#10251    fetch      o read          35  4.0ms   4.0s  1.2ms   300us    4.0s    24  worker-1    ~nt.swift:59|
            |                                                                                         |#10252    serve      o read          36  4.2ms   4.0s  1.2ms   300us    4.0s    25  worker-2    ~nt.swift:60|
            |                                                                                         |#10253    fetch      o read          37  4.4ms   4.0s  1.2ms   300us    4.0s    26  worker-1    ~nt.swift:61|
            |                                                                                         |#10254    serve      o read          38  4.6ms   4.0s  1.2ms   300us    4.0s    27  worker-2    ~nt.swift:62|
            |                                                                                         |#10255    fetch      o read          39  4.8ms   4.0s  1.2ms   300us    4.0s    28  worker-1    ~nt.swift:63|
            |                                                                                         |#10256    serve      o read          40  5.1ms   4.0s  1.2ms   300us    4.0s    29  worker-2    ~nt.swift:64|
            |                                                                                         |#10257    fetch      o read          41  5.3ms   4.0s  1.2ms   300us    4.0s    30  worker-1    ~nt.swift:65|
            |                                                                                         |#10258    serve      o read          42  5.5ms   4.0s  1.2ms   300us    4.0s    31  worker-2    ~nt.swift:66|
            |                                                                                         |#10259    fetch      o read          43  5.7ms   4.0s  1.2ms   300us    4.0s    32  worker-1    ~nt.swift:67|
            |                                                                                         |#10260    serve      o read          44  5.9ms   4.0s  1.2ms   300us    4.0s    33  worker-2    ~nt.swift:68|
            |                                                                                         |#10261    fetch      o read          45  6.1ms   4.0s  1.2ms   300us    4.0s    34  worker-1    ~nt.swift:69|
            |                                                                                         |#10262    serve      o read          46  6.3ms   4.0s  1.2ms   300us    4.0s    35  worker-2    ~nt.swift:70|
            |                                                                                         |#10263    fetch      o read          47  6.6ms   4.0s  1.2ms   300us    4.0s    36  worker-1    ~nt.swift:71|
            +2 Pollers - 2 of 2..1000 - 1 running ----------------------------------------------------+#10264    serve      o read          48  6.8ms   4.0s  1.2ms   300us    4.0s    37  worker-2    ~nt.swift:72|
            |id    state                   for  packet/s  busy                                        |#10265    fetch      o read          49  7.0ms   4.0s  1.2ms   300us    4.0s    38  worker-1    ~nt.swift:73|
            |P1    < leader: in epoll    120us      3.9k   18%  +-_=.+-_=._=.+-_=.+-_=._=.+-_=.+-_=-_.|#10266    serve      o read          50  7.2ms   4.0s  1.2ms   300us    4.0s    39  worker-2    ~nt.swift:74|
            |P2    * running               >2s         0    0%  ______________________________________|#10267    fetch      o read          51  7.4ms   4.0s  1.2ms   300us    4.0s    40  worker-1    ~nt.swift:75|
            +3 Workers - 1 busy - goal 2 - min 2 - max 32767 -----------------------------------------+#10268    serve      o read          52  7.6ms   4.0s  1.2ms   300us    4.0s    41  worker-2    ~nt.swift:76|
            |id    state       function          machine      for  item/s  busy  queue                |#10269    fetch      o read          53  7.8ms   4.0s  1.2ms   300us    4.0s    42  worker-1    ~nt.swift:77|
            |W1    * running   fetch             #10233     213us    3.9k   37%      0  -*@-+@.+#.=#_-+Events -----------------------------------------------------------------------------------------------------+
            |W2    . parked                                   >2s       0    0%      4                |23:13:20  ThreadPoolWorkerThreadStart  worker-1                                                             |
            |                                                                                         |23:13:20  ThreadPoolWorkerThreadStart  worker-2                                                             |
            |                                                                                         |23:14:22  ThreadPoolWorkerThreadAdjustmentAdjustment  goal 3 to 2, ClimbingMove, 21 380/s                   |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |                                                                                         |                                                                                                            |
            |queues  global    3  peak    7  high    0  local    4  (0-4)  stolen 12/s                |                                                                                                            |
            +-----------------------------------------------------------------------------------------+------------------------------------------------------------------------------------------------------------+
             Tab pane  +/- concurrency  r placement  o knobs  Enter open  Up/Down select  <> sort  l log  ? help  q quit
            """
        )
    }
}
