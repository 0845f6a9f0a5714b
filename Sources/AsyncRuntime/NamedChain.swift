// SPDX-License-Identifier: Apache-2.0

internal import Kernel
internal import Symbols
internal import Telemetry

/// A chain of resume functions with the names that the executable's symbols give them.
struct NamedChain: Equatable {
    struct Frame: Equatable {
        /// The function's number in `FunctionNames`.
        var function: Int
        var frame: RuntimeSnapshot.Frame
        /// Where the function begins; `nil` where that is not known.
        var declaration: RuntimeSnapshot.Frame?
    }

    /// Innermost first; what has no name is left out: the concurrency runtime's own frames, and thunks
    /// of the compiler.
    var frames: [Frame] = []
    /// Whether the task has not run yet: the only frame is the function it starts with.
    var isStart = false

    /// The state in which a function is, in its innermost frame.
    func state(of function: Int) -> String? {
        frames.first { $0.function == function }?.frame.state
    }
}

extension NamedChain {
    init(_ capture: ResumeChains.Capture, _ functions: AsyncFunctions, _ names: inout FunctionNames)
    {
        isStart = capture.isStart
        frames = capture.all.compactMap { frame in
            guard frame != FrameCapture.elsewhere, let part = functions.part(at: UInt64(frame))
            else {
                return nil
            }
            return names.frame(of: part, functions)
        }
    }
}

/// Numbers and short names of functions, each demangled once.
struct FunctionNames {
    /// By the names that the linker knows them by.
    private var known: [String: (number: Int, title: String)] = [:]
    private var starts: [String: AsyncFunctions.Part] = [:]

    init(_ functions: AsyncFunctions) {
        for part in functions.parts where part.state.isEmpty { starts[part.function] = part }
    }

    mutating func frame(
        of part: AsyncFunctions.Part,
        _ functions: AsyncFunctions
    ) -> NamedChain.Frame? {
        var symbol = part.function
        // A closure with captured values is started through a forwarder.
        let isForwarder = symbol.hasSuffix("TA")
        if isForwarder {
            guard part.state.isEmpty else { return nil }
            symbol.removeLast(2)
        }
        let (number, title) = function(symbol)
        guard !title.isEmpty else { return nil }
        let start = starts[symbol]
        let line = isForwarder ? start?.line : part.line
        return NamedChain.Frame(
            function: number,
            frame: RuntimeSnapshot.Frame(
                function: title,
                state: part.state,
                file: line?.file ?? "",
                line: line?.number ?? 0
            ),
            declaration: start?.line.map {
                RuntimeSnapshot.Frame(function: title, state: "", file: $0.file, line: $0.number)
            }
        )
    }

    /// The title is empty for what stands in no source: thunks.
    private mutating func function(_ symbol: String) -> (number: Int, title: String) {
        if let known = known[symbol] { return known }
        let title = FunctionTitle.short(SwiftName.demangled(symbol))
        let function = (number: known.count, title: title == "thunk" ? "" : title)
        known[symbol] = function
        return function
    }
}
