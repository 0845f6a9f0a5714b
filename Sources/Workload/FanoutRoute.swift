// SPDX-License-Identifier: Apache-2.0

package import AsyncRuntime
internal import SystemPackage
internal import Synchronization

/// How clients reach the server: the address that they dial and those that they dial from.
///
/// One source address has some 28 000 ports for one destination. All of 127.0.0.0/8 is this
/// machine, so clients beyond the first thousands, or all once ports have run out, use the next one.
package final class FanoutRoute: Sendable {
    package let server: SocketAddress
    private let isLoopback4: Bool
    /// How many source addresses have run out of ports.
    ///
    /// Relaxed: a hint that any client may miss.
    private let exhausted = Atomic(0)

    private static let clientsPerAddress = 16_384
    /// 127.0.0.2 to 127.0.0.254.
    private static let addressCount = 253

    /// - Parameter listening: where the server listens; a wildcard is dialled at the loopback.
    package init(listening: SocketAddress) {
        let text = listening.description
        if text.hasPrefix("0.0.0.0:") || text.hasPrefix("[::]:") {
            server = .loopback(port: listening.port)
        } else {
            server = listening
        }
        isLoopback4 = server.description.hasPrefix("127.")
    }

    /// The address from which a client connects; `nil` lets the kernel choose.
    package func source(ofClient number: Int) -> SocketAddress? {
        let index = number / FanoutRoute.clientsPerAddress + exhausted.load(ordering: .relaxed)
        guard isLoopback4, index > 0 else { return nil }
        let last = 2 + (index - 1) % FanoutRoute.addressCount
        return SocketAddress("127.0.0.\(last):0")
    }

    /// Moves all clients on to the next source address where the error says that ports ran out.
    func avoidBusyAddress(after error: OperationError) {
        guard case .system(.addressNotAvailable) = error else { return }
        exhausted.wrappingAdd(1, ordering: .relaxed)
    }
}
