// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import AsyncRuntime

/// The fork as a pure function: each line of §6's order.
@Suite struct PlacementTests {
    @Test func `continuations of completed operations go where the runtime is set to`() {
        #expect(Placement.Fork(.worker, on: .poller).choice == .globalQueue)
        #expect(Placement.Fork(.inline, on: .poller).choice == .inPlace)
        #expect(Placement.Fork(.context, on: .poller).choice == .scheduler(.context))
        #expect(Placement.Fork(.limited, on: .poller).choice == .scheduler(.limited))
        #expect(Placement.Fork(.dedicated, on: .poller).choice == .scheduler(.dedicated))
    }

    @Test(arguments: Placement.allCases)
    func `what a worker completes stays with it, a yield goes behind all`(setting: Placement) {
        #expect(Placement.Fork(setting, on: .worker).choice == .localQueue)
        #expect(Placement.Fork(setting, on: .worker, isYield: true).choice == .globalQueue)
        #expect(Placement.Fork(setting, on: .poller, isYield: true).choice == .globalQueue)
        #expect(Placement.Fork(setting, on: .other).choice == .globalQueue)
        #expect(Placement.Fork(setting, on: .scheduler).choice == .globalQueue)
    }

    @Test(arguments: Placement.allCases, SchedulerName.allCases)
    func `what was captured comes first, whoever completes`(
        setting: Placement,
        captured: SchedulerName
    ) {
        for origin in [Placement.Origin.poller, .worker, .scheduler, .other] {
            let fork = Placement.Fork(setting, on: origin, captured: captured)
            #expect(fork.choice == .scheduler(captured))
        }
    }

    @Test(arguments: Placement.allCases)
    func `ConfigureAwait(false) leaves every context`(setting: Placement) {
        let fork = Placement.Fork(
            setting,
            on: .poller,
            captured: .context,
            options: .anywhere
        )
        #expect(fork.choice == (setting == .inline ? .inPlace : .globalQueue))
    }

    @Test func `RunContinuationsAsynchronously never runs in place`() {
        let fork = Placement.Fork(.inline, on: .poller, options: .asynchronously)
        #expect(fork.choice == .globalQueue)
        let both = Placement.Fork(
            .inline,
            on: .poller,
            captured: .context,
            options: [.asynchronously, .anywhere]
        )
        #expect(both.choice == .globalQueue)
    }

    @Test func `a resumption survives its word`() {
        for captured in SchedulerName.allCases.map(Optional.some) + [nil] {
            for bits in 0...3 {
                let options = AwaitOptions(rawValue: UInt8(bits))
                let resumption = Resumption(
                    word: Resumption(captured: captured, options: options).word
                )
                #expect(resumption.captured == captured)
                #expect(resumption.options == options)
            }
        }
    }
}
