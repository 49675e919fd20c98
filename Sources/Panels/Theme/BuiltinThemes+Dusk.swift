// The compiled theme dusk. A test compares it with the file of the same name in themes/.

extension BuiltinThemes {
    static let duskText = """
        # Warm and low, for dark rooms.
        text = 0xCDBFA6 on 0x1C1712
        dim = 0x918468
        accent = 0xD19A53
        title = 0xE6D8BC bold
        border = 0x5A4C38
        focusBorder = 0xD19A53
        selection = 0xF0E3C8 on 0x59401F
        inactiveSelection = 0xCDBFA6 on 0x362C20
        heading = 0xB8925C bold
        label = 0xB5A78D
        value = 0xE6D8BC
        input = 0xE6D8BC on 0x2E261C
        placeholder = 0x918468 italic
        activeTab = 0x1C1712 on 0xD19A53 bold
        tab = 0xB5A78D
        key = 0xDDB56A bold
        badge = 0x1C1712 on 0x9CAB6A
        success = 0x9CAB6A
        warning = 0xDDB56A
        error = 0xE08265 bold
        gauge = 0xD19A53
        status = 0xB8925C
        plotRaw = 0x6E6048 dim
        plotSmooth = 0xD19A53 bold
        plotEval = 0xC98F8F bold
        plotOther = 0x9CAB6A
        plotOther2 = 0x8FB3A8
        plotOther3 = 0xC99AA0
        plotOther4 = 0xE08265
        gridline = 0x3A3024
        plotCursor = 0xDDB56A
        trained = 0x9CAB6A
        masked = 0x918468
        special = 0xC99AA0
        speakerUser = 0xD19A53 bold
        speakerModel = 0x9CAB6A bold
        speakerSystem = 0xD08B5B
        code = 0xDDB56A

        """
}
