// SPDX-License-Identifier: Apache-2.0

internal import AsyncRuntime

/// Sends back what it reads.
struct EchoServer: Sendable {
    let context: ScenarioContext
    let listener: AsyncListener

    func accept() async {
        await withDiscardingTaskGroup { connections in
            while !Task.isCancelled {
                do throws(OperationError) {
                    let socket = try await listener.accept()
                    connections.addTask { await echo(socket) }
                } catch {
                    context.note(error)
                    guard error != .closed else { break }
                    guard (try? await context.runtime.sleep(for: .milliseconds(100))) != nil
                    else { break }
                }
            }
            connections.cancelAll()
        }
    }

    private func echo(_ socket: AsyncSocket) async {
        defer { socket.close() }
        do throws(OperationError) {
            while true {
                let buffer = try await socket.read()
                if buffer.count == 0 { return }
                try await socket.write(buffer)
            }
        } catch {
            // The peer left or the scenario ends.
        }
    }
}
