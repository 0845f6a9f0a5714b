// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

extension Scenario {
    /// The load of `fanout` on async code and on a thread per connection, in turns.
    ///
    /// Nothing of it runs in this process: its twins are processes of their own, which whoever runs
    /// the scenario starts.
    package static let twin = Scenario(
        name: "twin",
        group: .picture,
        summary: "The same load twice: async code, and a thread for each connection.",
        whatToLookFor: """
            The server and the clients of `fanout`, written a second time in the old way: blocking \
            sockets, and at either end of each connection a thread that waits within its calls. \
            Both get the same seed, so the same requests, delays and pauses. Each twin is a process \
            of its own, and they take turns, so that neither takes a processor from the other; each \
            turn starts from nothing, connecting included. Throughput and latency are alike as long \
            as the machine can hold the threads: async does not make a request faster. What differs \
            is what waiting costs. Compare threads and resident memory, then raise the clients: one \
            side grows by two threads for each, the other by two small objects. Processor time and \
            context switches are no argument for async at this load: a call that waits costs one \
            switch, while a continuation that goes from poller to worker wakes a thread, too. The \
            placement inline saves that hop.
            """,
        suggestedKeys: [
            KeyHint(key: "v", effect: "hide the comparison: the panes are the running twin's"),
            KeyHint(key: "4 then +", effect: "more clients: both begin anew with them"),
            KeyHint(key: "r", effect: "the async twin's placement: fewer switches with inline"),
        ],
        defaults: fanout.defaults,
        clients: .connections,
        stage: { (_, _) throws(OperationError) in Stage() }
    )
}
