// SPDX-License-Identifier: Apache-2.0

extension Model {
    /// Moves the chosen row of the focused pane; through all lists of it, from top to bottom.
    mutating func move(_ key: Key) {
        let list = cursorList(of: focus)
        let height = PaneLists(model: self, layout: layout).bodyRows(of: list)
        let page = max(1, height - 1)
        let steps: Int
        switch key {
        case .up, .character("k"): steps = -1
        case .down, .character("j"): steps = 1
        case .pageUp: steps = -page
        case .pageDown: steps = page
        case .home, .character("g"): return moveToTop()
        case .end, .character("G"):
            guard let last = focus.lists.last(where: { rows.count($0) > 0 }) else { return }
            return choose(last, rows.count(last) - 1)
        default: return
        }
        let lists = focus.lists.filter { rows.count($0) > 0 }
        guard let place = lists.firstIndex(of: list) else { return }
        let target = self.list(list).index + steps
        if target < 0, place > 0, self.list(list).index == 0 {
            choose(lists[place - 1], rows.count(lists[place - 1]) - 1)
        } else if target >= rows.count(list), place + 1 < lists.count,
            self.list(list).index == rows.count(list) - 1
        {
            choose(lists[place + 1], 0)
        } else {
            choose(list, min(max(0, target), rows.count(list) - 1))
        }
    }

    /// Chooses a row and follows what it is about.
    mutating func choose(_ list: ListID, _ index: Int) {
        guard let id = rows.id(list, at: index) else { return }
        if list.pane == .machines { machineList = list }
        changeList(list) { state in
            state.index = index
            state.followed = id
            state.isScrolled = false
        }
    }

    /// The top row is chosen as such: whatever comes to stand there.
    private mutating func moveToTop() {
        guard let first = focus.lists.first(where: { rows.count($0) > 0 }) else { return }
        choose(first, 0)
        changeList(first) { $0.followed = nil }
    }

    /// Moves the rows of a list under its window; the chosen row stays the chosen one.
    mutating func scroll(_ list: ListID, by lines: Int) {
        let count = rows.count(list)
        let height = PaneLists(model: self, layout: layout).bodyRows(of: list)
        guard count > height, height > 0 else { return }
        changeList(list) { state in
            state.top = min(max(0, state.top + lines), count - height)
            state.isScrolled = true
        }
    }

    // MARK: Sorting

    /// Sorts by the next column to the left or right; past the ends is the order as it came.
    mutating func moveSort(by step: Int) {
        let list = cursorList(of: focus)
        guard let place = PaneLists(model: self, layout: layout).place(of: list) else { return }
        let shapes = place.grid.sortable
        let chosen = place.sort.flatMap { sort in shapes.firstIndex { $0.title == sort.column } }
        let next = (chosen ?? (step > 0 ? -1 : shapes.count)) + step
        guard shapes.indices.contains(next) else {
            sort(list, by: nil)
            say("order: as it comes")
            return
        }
        announce(shapes.firstSort(by: shapes[next].title), of: list)
    }

    /// Turns the order around.
    mutating func reverseSort() {
        let list = cursorList(of: focus)
        guard var order = self.list(list).sort else {
            moveSort(by: 1)
            return
        }
        order.isDescending.toggle()
        announce(order, of: list)
    }

    /// Sorts by a column; by the one it is sorted by already, the other way round.
    mutating func sort(_ list: ListID, byColumn shape: ColumnShape) {
        guard shape.isSortable else { return }
        if self.list(list).sort?.column == shape.title {
            reverseSort()
        } else {
            announce([shape].firstSort(by: shape.title), of: list)
        }
    }

    private mutating func announce(_ order: Sort?, of list: ListID) {
        sort(list, by: order)
        guard let order else { return }
        let direction = order.isDescending ? "largest first" : "smallest first"
        say("order: by \(order.column), \(direction)")
    }
}
