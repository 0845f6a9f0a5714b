// SPDX-License-Identifier: Apache-2.0

/// What the dashboard itself costs, measured over the last second by whoever paints it.
package struct DashboardCost: Equatable, Sendable {
    /// Processor time of the dashboard's and the sampler's threads, in percent of one processor.
    package var processorPercent: Double
    package var bytesPerSecond: Double
    /// Frames that were not painted since the start because the terminal was still busy with
    /// an earlier one.
    package var droppedFrames: Int

    package init(processorPercent: Double, bytesPerSecond: Double, droppedFrames: Int) {
        self.processorPercent = processorPercent
        self.bytesPerSecond = bytesPerSecond
        self.droppedFrames = droppedFrames
    }
}
