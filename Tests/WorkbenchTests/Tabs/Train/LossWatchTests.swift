// A loss that leaves the others behind, and what the plot says of it and of another learning rate.

import Kernel
import Panels
import Testing

@testable import Workbench

@Suite struct LossWatchTests {
    private func jumps(_ losses: [Double]) -> [Int] {
        var watch = LossWatch()
        return losses.indices.filter { watch.take(losses[$0]) }
    }

    @Test func aLossThatExplodesIsNoticedOnce() {
        let usual = (0..<20).map { 0.01 - Double($0 % 5) * 0.001 }
        #expect(jumps(usual + [100, 80, 40, 28, 9]) == [20])
        // Back among the others, it may go again.
        #expect(jumps(usual + [100, 0.01, 0.02, 100]) == [20, 23])
        #expect(jumps(usual + [.nan, 100]) == [21])
    }

    @Test func anUnevenLossIsNone() {
        #expect(jumps((1...600).map { TrainSamples.loss($0) }).isEmpty)
        #expect(jumps([9, 2, 40, 1, 7, 3, 2, 2]).isEmpty, "the first steps say nothing")
        #expect(jumps((0..<40).map { 2 + Double($0) * 0.1 }).isEmpty)
    }

    private func running(_ losses: [Double]) -> TrainTab.State {
        var state = TrainSamples.running(0)
        for (index, loss) in losses.enumerated() {
            _ = TrainTab.update(
                &state, .arrived(.stepFinished(TrainSamples.record(index + 1, loss: loss))))
        }
        return state
    }

    private func picture(_ state: TrainTab.State) -> String {
        var frame = Frame(size: Size(100, 30))
        TrainSamples.rules.view(state, frame.area, &frame, .mono)
        return frame.text
    }

    @Test func jumpAndRateAreEventsAndMarks() {
        var state = running(Array(repeating: 0.5, count: 300))
        _ = TrainTab.update(
            &state,
            .arrived(
                .rateChanged(
                    RateRecord(firstStep: 301, totalSteps: 600, factor: 100, peak: 0.2, rate: 0.2)))
        )
        for step in 301...320 {
            _ = TrainTab.update(
                &state,
                .arrived(.stepFinished(TrainSamples.record(step, loss: step < 310 ? 0.5 : 40))))
        }
        #expect(state.curves.jumps == [310] && state.curves.rateChanges == [301])
        let warned = state.log.entries.filter { $0.kind == .warn }
        #expect(warned.count == 1 && warned[0].text.contains("the loss jumps to 40"))
        let axis = picture(state).split(separator: "\n").first { $0.contains("└") }
        #expect(axis?.contains("r") == true && axis?.contains("!") == true, "\(axis ?? "")")
    }

    @Test func zoomWithoutACursorShowsTheLastSteps() {
        var state = running((1...100).map { TrainSamples.loss($0) })
        for _ in 0..<4 { _ = TrainTab.update(&state, .plot(.zoomed(by: 1))) }
        let text = picture(state)
        #expect(!text.contains("The first step is under way"))
        #expect(text.contains("⣿ train") && text.contains("zoom"))
    }
}
