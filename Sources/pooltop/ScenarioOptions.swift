// SPDX-License-Identifier: Apache-2.0

internal import ArgumentParser
internal import AsyncRuntime
internal import Workload

/// Which scenario runs, and how much of it.
struct ScenarioOptions: ParsableArguments {
    @Argument(
        help: "The scenario; `pooltop scenarios` lists and describes them.",
        completion: .list(Scenario.all.map(\.name))
    )
    var scenario = Scenario.fanout.name

    @Option(help: "Clients: connections or machines, as the scenario says.")
    var clients: String?

    @Option(help: "Requests per second, answered or not (open loop); otherwise clients wait.")
    var rate: String?

    @Option(help: "The downstream call or the sleep, with a spread: 20ms~5ms.")
    var delay: String?

    @Option(help: "Processor time that each request burns, such as 50us.")
    var cpu: String?

    @Option(help: "Share of requests that block their thread, and for how long: 5%:200ms.")
    var blocking: String?

    @Option(help: "How long a client thinks before it asks again, with a spread: 250ms~125ms.")
    var think: String?

    @Option(help: "Which of the scenario's variants runs first.")
    var variant: String?

    @Option(help: "Share of answers after which the client resets its connection: 1%.")
    var reset: String?

    @Option(help: "Where the scenario's server listens; a free port of 127.0.0.1 by default.")
    var listen: String?

    @Option(help: "Repeats the choices of an earlier run; chosen at random by default.")
    var seed: String?

    /// Reads the scenario's name.
    func chosenScenario() throws -> Scenario { try .chosen(scenario) }

    /// The scenario's defaults, changed as the options say.
    func settings(of scenario: Scenario) throws -> WorkloadSettings {
        var settings = scenario.defaults
        if let clients {
            guard let count = Int(clients), (0...Scenario.maximumMachines).contains(count) else {
                throw UsageError(
                    "--clients takes a number from 0 to \(Scenario.maximumMachines), not "
                        + "'\(clients)'."
                )
            }
            settings.clients = count
        }
        if let rate {
            let range = WorkloadSettings.rateRange
            guard let perSecond = Double(rate), range.contains(perSecond) else {
                throw UsageError(
                    "--rate takes requests per second from \(range.lowerBound) to "
                        + "\(Int(range.upperBound)), not '\(rate)'."
                )
            }
            settings.ratePerSecond = perSecond
        }
        if let delay {
            guard let read = WorkloadSettings.parseDelay(delay) else {
                throw UsageError(
                    "--delay takes a duration, and a spread that is not longer, such as "
                        + "20ms~5ms, not '\(delay)'."
                )
            }
            (settings.delay, settings.spread) = read
        }
        if let cpu {
            guard let time = DurationText.parse(cpu), time <= .seconds(10) else {
                throw UsageError("--cpu takes a duration up to 10s, such as 250us, not '\(cpu)'.")
            }
            settings.processorTime = time
        }
        if let blocking {
            guard let read = WorkloadSettings.parseBlocking(blocking) else {
                throw UsageError(
                    "--blocking takes a share and a duration, such as 5%:200ms, not '\(blocking)'."
                )
            }
            (settings.blockingPercent, settings.blockingTime) = read
        }
        if let reset {
            guard let percent = WorkloadSettings.parsePercent(reset) else {
                throw UsageError("--reset takes a share from 0% to 100%, not '\(reset)'.")
            }
            settings.resetPercent = percent
        }
        if let think {
            guard let read = WorkloadSettings.parseDelay(think) else {
                throw UsageError(
                    "--think takes a duration, and a spread that is not longer, such as "
                        + "250ms~125ms, not '\(think)'."
                )
            }
            (settings.thinkTime, settings.thinkSpread) = read
        }
        if let variant { settings.variant = try scenario.variant(named: variant) }
        return settings
    }

    /// Where the server is to listen; `nil` where the options do not say.
    func listenAddress() throws -> SocketAddress? {
        guard let listen else { return nil }
        guard let address = SocketAddress(listen) else {
            throw UsageError(
                "--listen takes an address and a port, such as 127.0.0.1:8080 or [::1]:0, not "
                    + "'\(listen)'."
            )
        }
        return address
    }

    /// The seed given, or one that the report will name.
    func chosenSeed() throws -> UInt64 {
        // Small enough to be typed again, and to survive readers of JSON that know only doubles.
        guard let seed else { return UInt64.random(in: 1...999_999) }
        guard let number = UInt64(seed) else {
            throw UsageError("--seed takes a whole number from 0 on, not '\(seed)'.")
        }
        return number
    }
}

extension Scenario {
    /// The scenario of that name.
    static func chosen(_ name: String) throws -> Scenario {
        guard let scenario = Scenario.named(name) else {
            let names = Scenario.all.map(\.name).joined(separator: ", ")
            throw UsageError("There is no scenario '\(name)'; choose one of \(names).")
        }
        return scenario
    }

    /// The number of the variant of that name.
    func variant(named variant: String) throws -> Int {
        if let index = variants.firstIndex(where: { $0.name == variant }) { return index }
        guard !variants.isEmpty else {
            throw UsageError("The scenario \(name) has no variants; leave --variant out.")
        }
        let names = variants.map(\.name).joined(separator: ", ")
        throw UsageError("\(name) has no variant '\(variant)'; choose one of \(names).")
    }
}
