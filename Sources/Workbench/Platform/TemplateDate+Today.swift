// Today for chat templates that write the day: the kernel reads no clock.

import Foundation
import Kernel

extension TemplateDate {
    /// The day and time now, in the zone of this machine.
    static var today: TemplateDate {
        let now = Calendar(identifier: .gregorian).dateComponents(
            [.year, .month, .day, .hour, .minute, .second], from: Date())
        return TemplateDate(
            year: now.year ?? 1970, month: now.month ?? 1, day: now.day ?? 1, hour: now.hour ?? 0,
            minute: now.minute ?? 0, second: now.second ?? 0)
    }
}
