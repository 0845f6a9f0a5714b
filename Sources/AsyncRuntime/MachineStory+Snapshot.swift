// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

extension MachineStory {
    /// The story as the dashboard gets it, with what its task-local values were; `now` is the moment of
    /// the log's present time.
    func told(_ log: EventLog, at now: UInt64, _ locals: LocalTexts.Texts?) -> RuntimeSnapshot.Story
    {
        let present = log.elapsedSeconds
        func seconds(_ at: UInt64) -> Double { present - Double(now &- min(at, now)) / 1e9 }
        var story = RuntimeSnapshot.Story(machine: Int(number), sinceSeconds: seconds(since))
        story.stepsBefore = stepsBefore
        story.steps = steps.map { step in
            var told = RuntimeSnapshot.Story.Step(
                elapsedSeconds: seconds(step.at),
                state: StateMachineRegistry.stateName(step.state),
                thread: StateMachineRegistry.threadName(step.thread),
                chain: step.chain == 0 ? nil : Int(step.chain),
                afterMicroseconds: Int(step.afterNanoseconds / 1000)
            )
            if step.state == StateMachineRegistry.State.running.rawValue {
                told.placement = step.placement.rawValue
            }
            return told
        }
        story.groupChildren = .init(started: groupChildren.started, done: groupChildren.done)
        story.asyncLetChildren = .init(
            started: asyncLetChildren.started,
            done: asyncLetChildren.done
        )
        story.locals = (locals?.values ?? []).map {
            .init(name: $0.name, text: $0.text, isBound: $0.isBound)
        }
        story.localsSeconds = (locals?.readAt).map(seconds)
        return story
    }
}
