// SPDX-License-Identifier: Apache-2.0

import Pool
import TestSupport
import Testing

/// The table of `WorkerPool` as a pure value.
///
/// Bringers of work, workers, and a hand that changes
/// the goal. The counts are the real ones.
private struct RequestMachine: StepMachine {
    enum Mistake {
        case none, looksBeforeClearing, ignoresFlagWhenLeaving, raisesGoalSilently
        case comesBackBesideRelease, parksWhileAnnounced
    }
    enum Flag { case clear, asked, announced }
    enum Bringing { case push, flag, counts, done }
    enum Working {
        case absent, clear, look, askFlag, askCounts, run, announce, search, countOut, checkFlag
        case comeBack, wait
    }
    enum Resizing: Hashable { case change, checkFlag, counts, done }

    var mistake: Mistake
    var queue = 0
    var flag = Flag.clear
    var counts: UInt64
    var pendingReleases = 0
    var bringing: [Bringing]
    var left: [Int]
    var working: [Working]
    /// Whether a worker looks around once more before it counts itself out.
    var maySearch: [Bool]
    var resizing = Resizing.done
    var goals: [Int]
    var ran = 0
    let items: Int

    init(bringers: [Int], goal: Int, then goals: [Int] = [], mistake: Mistake = .none) {
        self.mistake = mistake
        counts = ThreadCounts(processing: 0, existing: 0, goal: goal).word
        bringing = bringers.map { _ in .push }
        left = bringers
        working = Array(repeating: .absent, count: max(goal, goals.max() ?? 0))
        maySearch = working.map { _ in true }
        self.goals = goals
        resizing = goals.isEmpty ? .done : .change
        items = bringers.reduce(0, +)
    }

    var threadCount: Int { bringing.count + working.count + 1 }

    private var threads: ThreadCounts {
        get { ThreadCounts(word: counts) }
        set { counts = newValue.word }
    }

    func successors(of thread: Int) -> [RequestMachine] {
        var next = self
        let hasMoved =
            if thread < bringing.count {
                next.bring(thread)
            } else if thread < bringing.count + working.count {
                next.work(thread - bringing.count)
            } else {
                next.resize()
            }
        return hasMoved ? [next] : []
    }

    private mutating func bring(_ index: Int) -> Bool {
        switch bringing[index] {
        case .push:
            queue += 1
            bringing[index] = .flag
        case .flag:
            bringing[index] = flag == .clear ? .counts : afterItem(index)
            if flag == .clear { flag = .asked }
        case .counts:
            addWorking()
            bringing[index] = afterItem(index)
        case .done:
            return false
        }
        return true
    }

    private mutating func afterItem(_ index: Int) -> Bringing {
        left[index] -= 1
        return left[index] == 0 ? .done : .push
    }

    private mutating func addWorking() {
        var threads = threads
        switch threads.addWorking() {
        case .none: break
        case .release: pendingReleases += 1
        case .create:
            guard let new = working.firstIndex(of: .absent) else { return }
            working[new] = start
        }
        self.threads = threads
    }

    private var start: Working { mistake == .looksBeforeClearing ? .look : .clear }

    private mutating func work(_ index: Int) -> Bool {
        switch working[index] {
        case .absent:
            return false
        case .clear:
            flag = .clear
            working[index] = mistake == .looksBeforeClearing ? .countOut : .look
        case .look:
            if queue > 0 {
                queue -= 1
                working[index] = queue > 0 ? .askFlag : .run
            } else {
                working[index] =
                    mistake == .looksBeforeClearing
                    ? .clear : maySearch[index] ? .announce : .countOut
            }
        case .announce:
            working[index] = flag == .clear ? .search : .countOut
            if flag == .clear { flag = .announced }
        case .search:
            // However long it looked around: seen something or not, it goes on from the top.
            maySearch[index] = false
            working[index] = mistake == .parksWhileAnnounced && queue == 0 ? .countOut : start
        case .askFlag:
            working[index] = flag == .clear ? .askCounts : .run
            if flag == .clear { flag = .asked }
        case .askCounts:
            addWorking()
            working[index] = .run
        case .run:
            ran += 1
            maySearch[index] = true
            var threads = threads
            working[index] = threads.stopIfAboveGoal() ? .wait : .look
            self.threads = threads
        case .countOut:
            threads.processing -= 1
            working[index] = mistake == .ignoresFlagWhenLeaving ? .wait : .checkFlag
        case .checkFlag:
            working[index] = flag == .asked ? .comeBack : .wait
        case .comeBack:
            var threads = threads
            if mistake == .comesBackBesideRelease {
                let isBack = threads.processing < threads.goal
                if isBack { threads.processing += 1 }
                working[index] = isBack ? start : .wait
            } else {
                working[index] = threads.comeBack() ? start : .wait
            }
            self.threads = threads
        case .wait:
            guard pendingReleases > 0 else { return false }
            pendingReleases -= 1
            working[index] = start
        }
        return true
    }

    private mutating func resize() -> Bool {
        switch resizing {
        case .change:
            let goal = goals.removeFirst()
            let isHigher = goal > threads.goal
            threads.goal = goal
            let isQuiet = !isHigher || mistake == .raisesGoalSilently
            resizing = isQuiet ? (goals.isEmpty ? .done : .change) : .checkFlag
        case .checkFlag:
            resizing = flag == .asked ? .counts : (goals.isEmpty ? .done : .change)
        case .counts:
            addWorking()
            resizing = goals.isEmpty ? .done : .change
        case .done:
            return false
        }
        return true
    }

    var violation: String? {
        let (work, exist) = (threads.processing, threads.existing)
        return work > exist ? "\(work) are counted as working, \(exist) exist" : nil
    }

    var violationAtEnd: String? {
        if ran < items { return "\(items - ran) items wait for ever" }
        return threads.processing == 0 ? nil : "\(threads.processing) are counted that do not work"
    }
}

@Suite struct RequestFlagInterleavingTests {
    @Test(arguments: [
        ([1], 1), ([1, 1], 1), ([2, 2], 1), ([1, 1], 2), ([2, 2], 2), ([1, 1, 1], 2),
    ])
    func `no schedule leaves an item behind`(bringers: [Int], goal: Int) {
        let all = Interleavings(of: RequestMachine(bringers: bringers, goal: goal))
        #expect(all.failure == nil, "\(all)")
        #expect(all.endCount > 0)
    }

    @Test(arguments: [(1, [2]), (2, [1]), (2, [1, 2]), (1, [2, 1])])
    func `nor while the goal changes`(goal: Int, goals: [Int]) {
        let all = Interleavings(of: RequestMachine(bringers: [2, 2], goal: goal, then: goals))
        #expect(all.failure == nil, "\(all)")
    }

    @Test func `looking into the queues before clearing the flag loses an item`() {
        let all = Interleavings(
            of: RequestMachine(bringers: [1, 1], goal: 1, mistake: .looksBeforeClearing)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `leaving without a look at the flag loses an item`() {
        let all = Interleavings(
            of: RequestMachine(bringers: [1, 1], goal: 1, mistake: .ignoresFlagWhenLeaving)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `parking after an announcement without another look loses an item`() {
        let all = Interleavings(
            of: RequestMachine(bringers: [1, 1], goal: 1, mistake: .parksWhileAnnounced)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `coming back beside a release counts a worker that does not exist`() {
        let all = Interleavings(
            of: RequestMachine(bringers: [1, 1], goal: 2, mistake: .comesBackBesideRelease)
        )
        #expect(all.failure != nil, "\(all)")
    }

    @Test func `raising the goal without a release never loses an item, it only delays`() {
        let all = Interleavings(
            of: RequestMachine(bringers: [2], goal: 1, then: [2], mistake: .raisesGoalSilently)
        )
        #expect(all.failure == nil, "\(all)")
    }
}
