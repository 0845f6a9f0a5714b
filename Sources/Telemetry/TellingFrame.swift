// SPDX-License-Identifier: Apache-2.0

extension [RuntimeSnapshot.Frame] {
    /// The frame by which people know a task: the innermost of the user's that stands in a source file,
    /// since what awaits there is everybody's.
    package var telling: RuntimeSnapshot.Frame? {
        let placed = filter { $0.line > 0 }
        return placed.first { !$0.file.contains("/AsyncRuntime/") } ?? placed.first ?? first
    }
}

extension RuntimeSnapshot.States {
    /// The frame of a chain by which people know a task.
    package func tellingFrame(ofChain chain: Int?) -> RuntimeSnapshot.Frame? {
        guard let chain, chains.indices.contains(chain) else { return nil }
        return chains[chain].frames.telling
    }
}

extension RuntimeSnapshot.Detail {
    /// The functions of the machines that have a row, by number.
    package var functionNames: [Int: String] {
        Dictionary(
            machines.map { row in
                let frame = states.tellingFrame(ofChain: row.context.chain)
                return (row.number, frame?.function ?? row.function)
            }
        ) { first, _ in first }
    }
}
