// SPDX-License-Identifier: Apache-2.0

import Foundation
import Telemetry
import Testing

@Suite struct RuntimeSnapshotTests {
    @Test func `the books balance only if everything submitted is somewhere`() {
        var books = RuntimeSnapshot.Operations()
        #expect(books.balances)
        books.submitted = 15
        books.inFlight = 1
        books.completed = 2
        books.failed = 3
        books.cancelled = 4
        books.timedOut = 5
        #expect(books.balances)
        // Parts of `completed`, not beside it.
        books.synchronous = 2
        books.raced = 1
        #expect(books.balances)
        books.completed -= 1
        #expect(!books.balances)
    }

    @Test func `JSON has the documented keys, and reads back as it was`() throws {
        var snapshot = RuntimeSnapshot()
        snapshot.scenario = "fanout"
        snapshot.seed = .max
        snapshot.elapsedSeconds = 1.25
        snapshot.operations.submitted = 7
        snapshot.queues.local = [1, 0, 3]
        snapshot.adjustments = [
            .init(elapsedSeconds: 1.2, from: 2, to: 3, reason: "ClimbingMove")
        ]
        snapshot.diagnoses = ["A sentence."]
        let data = try JSONEncoder().encode(snapshot)
        #expect(try JSONDecoder().decode(RuntimeSnapshot.self, from: data) == snapshot)

        let object = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
        #expect(object["schema"] as? String == "pooltop.snapshot.v1")
        #expect(object["detail"] == nil)
        for (section, keys) in RuntimeSnapshotTests.documented {
            let value = try #require(object[section], "\(section) is missing")
            guard let keys else { continue }
            let found = try #require(value as? [String: Any], "\(section) is no object")
            #expect(Set(keys).isSubset(of: found.keys), "\(section) has \(found.keys.sorted())")
        }
        let requests = try #require(object["requests"] as? [String: Any])
        let latency = try #require(requests["latencyMicroseconds"] as? [String: Any])
        #expect(Set(latency.keys) == ["p50", "p90", "p99", "p999", "max"])
        let adjustments = try #require(object["adjustments"] as? [[String: Any]])
        #expect(Set(adjustments[0].keys) == ["elapsedSeconds", "from", "to", "reason"])
    }

    @Test func `the detail reads back too`() throws {
        var snapshot = RuntimeSnapshot()
        var detail = RuntimeSnapshot.Detail()
        detail.settings.ratePerSecond = 12.5
        detail.pollers = [
            .init(
                number: 1,
                state: .leader,
                sinceMicroseconds: 2,
                packetsPerSecond: 3,
                busyPercent: 4
            )
        ]
        detail.events = [.init(elapsedSeconds: 1, name: "Name", text: "text \u{1F680}")]
        snapshot.detail = detail
        let data = try JSONEncoder().encode(snapshot)
        #expect(try JSONDecoder().decode(RuntimeSnapshot.self, from: data) == snapshot)
    }

    /// The shape that `pooltop headless` promises; `nil` stands for values that are no objects.
    private static let documented: [String: [String]?] = [
        "schema": nil, "scenario": nil, "seed": nil, "elapsedSeconds": nil, "engine": nil,
        "placement": nil, "adjustments": nil, "diagnoses": nil,
        "operations": [
            "submitted", "inFlight", "completed", "failed", "cancelled", "timedOut", "synchronous",
            "raced",
        ],
        "port": [
            "armed", "inKernel", "timers", "queued", "queuedPeak", "dequeued", "staleEvents",
            "concurrency",
        ],
        "pollers": [
            "count", "minimum", "maximum", "leader", "waiting", "running", "inline", "blocked",
        ],
        "workers": [
            "minimum", "maximum", "goal", "existing", "processing", "parked", "blocked",
        ],
        "queues": ["global", "highPriority", "local", "stolen"],
        "machines": ["inFlight", "started", "finished"],
        "requests": ["completed", "failed", "perSecond", "latencyMicroseconds"],
        "process": ["threads", "residentBytes", "cpuPercent"],
        "telemetry": ["droppedEvents"],
    ]
}
