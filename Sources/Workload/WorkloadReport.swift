// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import SystemPackage
package import Telemetry

extension Workload {
    /// Writes what the scenario knows into a snapshot that the runtime has made.
    package func fill(_ snapshot: inout RuntimeSnapshot, over span: RequestSpan = .recent) {
        let elapsed = context.elapsed
        snapshot.scenario = scenario.name
        snapshot.seed = context.seed
        snapshot.requests = sampling.sample(context.ledger, at: elapsed, over: span)
        snapshot.diagnoses += context.sightings.recent(at: elapsed).map(sentence)
        guard var detail = snapshot.detail else { return }
        detail.settings = reportedSettings
        detail.scenario = text
        detail.address = address?.description ?? ""
        detail.caption = caption(for: snapshot)
        snapshot.detail = detail
    }

    /// What there is to see in the scenario.
    package var text: RuntimeSnapshot.ScenarioText {
        var text = RuntimeSnapshot.ScenarioText()
        text.summary = scenario.summary
        text.whatToLookFor = scenario.whatToLookFor
        text.keys = scenario.suggestedKeys.map { [$0.key, $0.effect] }
        text.variants = scenario.variants.map(\.name)
        text.variant = context.settings.variant
        if scenario.variants.indices.contains(text.variant) {
            text.variantSentence = scenario.variants[text.variant].sentence
        }
        return text
    }

    /// The settings as a snapshot reports them.
    package var reportedSettings: RuntimeSnapshot.Settings {
        let value = settings
        var settings = RuntimeSnapshot.Settings()
        settings.clients = value.clients
        settings.clientsMaximum = clientsMaximum
        settings.ratePerSecond = value.ratePerSecond
        settings.delayMicroseconds = value.delay.wholeMicroseconds
        settings.spreadMicroseconds = value.spread.wholeMicroseconds
        settings.cpuMicroseconds = value.processorTime.wholeMicroseconds
        settings.blockingPercent = value.blockingPercent
        settings.blockingMicroseconds = value.blockingTime.wholeMicroseconds
        settings.resetPercent = value.resetPercent
        return settings
    }

    /// How many threads were occupied, as the mean of the last second: the state of one moment would
    /// say anything from none to all.
    private func occupiedThreads(_ detail: RuntimeSnapshot.Detail?) -> String {
        guard let detail else { return "threads not sampled" }
        let shares = detail.workers.map(\.busyPercent) + detail.pollers.map(\.busyPercent)
        let tenths = Int((shares.reduce(0, +) / 10).rounded())
        return tenths == 0
            ? "no thread busy" : "\(tenths / 10).\(tenths % 10) threads busy"
    }

    func caption(for snapshot: RuntimeSnapshot) -> String {
        let inFlight = snapshot.operations.inFlight
        let occupied = occupiedThreads(snapshot.detail)
        let operations = inFlight == 1 ? "1 operation" : "\(inFlight) operations"
        if let sentence = scenario.caption(snapshot, context) { return sentence }
        let waiting = snapshot.queues.global + snapshot.queues.local.reduce(0, +)
        if waiting > snapshot.workers.existing * 4 {
            return "\(operations) in flight, but \(waiting) continuations wait for a thread."
        }
        let blocked = snapshot.workers.blocked + snapshot.pollers.blocked
        if blocked > 0 {
            let threads = blocked == 1 ? "1 thread is" : "\(blocked) threads are"
            return "\(operations) in flight, but \(threads) blocked by user code."
        }
        return "\(operations) in flight, \(occupied): nobody waits for them."
    }

    private func sentence(for sighting: Sightings.Sighting) -> String {
        switch sighting {
        case .descriptorLimit:
            return "The process has used up its \(descriptorLimit) descriptors (RLIMIT_NOFILE); "
                + "lower the clients, or raise the limit with `ulimit -n`."
        case .portsExhausted:
            return "A source address has no free port left; clients move on to the next one."
        case .operationLimit:
            return "The runtime has no room for more operations; lower the clients."
        case .wrongBody:
            return "An answer did not belong to its request and was counted as failed."
        case .networkError(let number):
            return "A network call fails: \(Errno(rawValue: number))."
        case .clientsCut where scenario.clients == .connections:
            return "The limit of \(descriptorLimit) descriptors (RLIMIT_NOFILE) allows "
                + "\(clientsMaximum) clients, which take "
                + "\(Scenario.descriptorsPerClient) each; raise it with `ulimit -n`."
        case .clientsCut:
            return "More than \(clientsMaximum) machines are not supported."
        }
    }
}
