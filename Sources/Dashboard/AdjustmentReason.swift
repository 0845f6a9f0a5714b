// SPDX-License-Identifier: Apache-2.0

/// Why the pool's goal changed, in .NET's words and ours, and the letter that marks it in the chart.
enum AdjustmentReason: String, CaseIterable, Sendable {
    // The more it says about a pool in trouble, the further up: where several changes share a
    // column of the chart, the first of these is the one that is marked.
    case starvation = "Starvation"
    case cooperativeBlocking = "CooperativeBlocking"
    /// A hand at the keyboard; not in .NET.
    case key = "Key"
    case threadTimedOut = "ThreadTimedOut"
    case climbingMove = "ClimbingMove"
    case stabilizing = "Stabilizing"
    case warmup = "Warmup"
    case initializing = "Initializing"
    /// A word that this dashboard does not know.
    case other = "other"

    init(word: String) {
        self = AdjustmentReason(rawValue: word) ?? .other
    }

    var letter: String {
        switch self {
        case .starvation: "S"
        case .cooperativeBlocking: "B"
        case .key: "K"
        case .threadTimedOut: "T"
        case .climbingMove: "C"
        case .stabilizing: "Z"
        case .warmup: "W"
        case .initializing: "I"
        case .other: "?"
        }
    }

    var style: Style {
        switch self {
        case .starvation: .warning
        case .cooperativeBlocking: .blocked
        case .key: .key
        case .climbingMove: .running
        case .threadTimedOut: .waiting
        case .stabilizing, .warmup, .initializing, .other: .plain
        }
    }
}
