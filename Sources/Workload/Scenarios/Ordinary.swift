// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime
internal import Telemetry

extension Scenario {
    /// A program that knows nothing of this runtime.
    package static let ordinary = Scenario(
        name: "ordinary",
        group: .picture,
        summary: "Plain Swift concurrency: groups, actors, async let, streams and sleeps.",
        whatToLookFor: """
            A small shop, written with nothing but the Swift language: each order asks for price \
            and stock at the same time (async let), packs its parcels in a task group, books them \
            on an actor and reports what it did to a stream. No line of it names this runtime; its \
            tasks are machines all the same, since the runtime is the process's executor. Open \
            the states (m): each function with the states that the compiler has made of it, and \
            how many machines are in each. Enter shows a machine whole, with its task-local \
            values: whose order, and which. Tasks that have ended leave the list at once.
            """,
        suggestedKeys: [
            KeyHint(key: "m", effect: "the compiler's states, then the source, then who made whom"),
            KeyHint(key: "4 then +", effect: "more customers, and so more tasks at a time"),
        ],
        defaults: .clients(20, delay: .milliseconds(100), spread: .milliseconds(50)),
        clients: .machines(10_000),
        caption: { snapshot, _ in
            "\(snapshot.machines.inFlight) tasks of plain Swift are in flight; "
                + "\(snapshot.machines.finished) have come and gone."
        },
        stage: { (context, _) throws(OperationError) in
            let shop = Shop(context: context)
            context.runtime.showTaskLocal(Purchase.$customer, as: "customer")
            context.runtime.showTaskLocal(Purchase.$order, as: "order")
            return Stage(
                background: [{ await shop.readReports() }],
                client: { number in
                    await Purchase.$customer.withValue(number) { await shop.serveCustomer() }
                }
            )
        }
    )
}

/// On whose behalf code runs, for those who write the books: nobody passes it on by hand.
private enum Purchase {
    @TaskLocal static var customer: Int?
    @TaskLocal static var order = 0
}

/// Orders, from the customer to the report.
private struct Shop: Sendable {
    let context: ScenarioContext
    private let books = Books()
    private let reports = AsyncStream.makeStream(
        of: Duration.self,
        bufferingPolicy: .bufferingNewest(1024)
    )

    init(context: ScenarioContext) {
        self.context = context
    }

    /// One customer, who orders again and again.
    func serveCustomer() async {
        var order = 0
        while !Task.isCancelled, !context.isEnding {
            let begin = context.elapsed
            order += 1
            let isFilled = await Purchase.$order.withValue(order) {
                await fill(order: Int.random(in: 1...4))
            }
            guard isFilled else { return }
            reports.continuation.yield(context.elapsed - begin)
        }
    }

    /// Returns whether the order was filled, and not cancelled.
    private func fill(order parcelCount: Int) async -> Bool {
        async let price = askPrice()
        async let isInStock = askStock()
        guard await isInStock, await price > 0 else { return false }
        return await pack(parcelCount)
    }

    private func askPrice() async -> Int {
        await pause(share: 4)
        return 100
    }

    private func askStock() async -> Bool {
        await pause(share: 2)
        return !Task.isCancelled
    }

    /// A child task for each parcel.
    private func pack(_ parcelCount: Int) async -> Bool {
        await withTaskGroup(of: Bool.self) { group in
            for parcel in 0..<parcelCount {
                group.addTask {
                    await pause(share: 1)
                    await books.add(parcel + 1)
                    return !Task.isCancelled
                }
            }
            return await group.allSatisfy { $0 }
        }
    }

    /// Sleeps for a part of the scenario's delay.
    private func pause(share: Int) async {
        let (delay, spread) = context.settings.delay
        let most = max(.zero, delay + spread)
        let least = max(.zero, delay - spread)
        let time = least + (most - least) * Double.random(in: 0...1)
        try? await Task.sleep(for: max(.milliseconds(1), time / share))
    }

    /// Reads the stream for as long as the scenario runs.
    func readReports() async {
        for await duration in reports.stream {
            context.ledger.complete(after: duration, hint: 0)
        }
    }
}

/// What has been sold, in one place at a time.
private actor Books {
    private var count = 0
    /// The number of each customer's newest order of which a parcel was booked.
    private var orders: [Int: Int] = [:]

    func add(_ parcels: Int) {
        count += parcels
        guard let customer = Purchase.customer else { return }
        orders[customer] = max(orders[customer] ?? 0, Purchase.order)
    }
}
