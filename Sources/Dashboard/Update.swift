// SPDX-License-Identifier: Apache-2.0

internal import Telemetry

/// Changes the model by one message and returns what has to be done outside, in order.
package func update(_ model: inout Model, _ message: Message) -> [Effect] {
    var effects: [Effect] = []
    let watched = model.watchedMachines
    let before = model.preferences
    switch message {
    case .resize(let size): model.size = size
    case .snapshot(let snapshot): model.accept(snapshot)
    case .key(let key): effects = model.press(key)
    case .mouse(let event): effects = model.handle(event)
    case .cost(let cost): model.readings.record(cost)
    case .standardError(let lines):
        model.readings.record(errors: lines, at: model.now)
        if let line = lines.last { model.say("standard error: \(line)") }
    case .remark(let sentence):
        model.readings.record(remark: sentence, at: model.now)
        model.say(sentence)
    }
    let after = model.preferences
    if before != after { effects.append(.keep(old: before, new: after)) }
    model.settle()
    if model.watchedMachines != watched {
        effects.append(.command(.watchMachines(model.watchedMachines)))
    }
    return effects
}
