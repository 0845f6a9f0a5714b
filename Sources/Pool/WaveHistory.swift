// SPDX-License-Identifier: Apache-2.0

internal import ComplexModule
internal import RealModule

/// The last samples of one quantity, in a ring, and how strongly it swings at a given period.
struct WaveHistory: Sendable {
    private var ring: [Double]
    private var nextIndex = 0

    /// Holds `capacity` samples, at first zeros.
    init(capacity: Int) {
        precondition(capacity > 0, "A history has to hold a sample.")
        ring = Array(repeating: 0, count: capacity)
    }

    mutating func append(_ sample: Double) {
        ring[nextIndex] = sample
        nextIndex = (nextIndex + 1) % ring.count
    }

    /// The mean of the newest `count` samples.
    func mean(ofLast count: Int) -> Double {
        var sum = 0.0
        forEach(ofLast: count) { sum += $0 }
        return sum / Double(count)
    }

    /// One bin of a Fourier transform of the newest `count` samples, by Goertzel's recurrence.
    ///
    /// A whole transform would compute bins that nobody reads: hill climbing asks for three.
    /// - Precondition: the wave fits into the samples, and is not shorter than two of them.
    /// - Complexity: O(`count`).
    func component(period: Double, ofLast count: Int) -> Complex<Double> {
        precondition(period >= 2 && Double(count) >= period, "No such wave can be measured.")
        let angle = 2 * Double.pi / period
        let cosine = Double.cos(angle)
        var newer = 0.0
        var older = 0.0
        forEach(ofLast: count) { sample in
            (newer, older) = (2 * cosine * newer - older + sample, newer)
        }
        let real = newer - older * cosine
        let imaginary = older * Double.sin(angle)
        return Complex(real / Double(count), imaginary / Double(count))
    }

    /// How strong that bin is, whatever its phase.
    func strength(period: Double, ofLast count: Int) -> Double {
        component(period: period, ofLast: count).length
    }

    /// Oldest first.
    private func forEach(ofLast count: Int, _ body: (Double) -> Void) {
        precondition(count > 0 && count <= ring.count, "The history is shorter than that.")
        for offset in 0..<count {
            body(ring[(nextIndex + ring.count - count + offset) % ring.count])
        }
    }
}
