// The compiled theme deuteranopia. A test compares it with the file of the same name in themes/.

extension BuiltinThemes {
    static let deuteranopiaText = """
        # Blue against orange: meanings stay apart without telling red from green.
        text = 0xE6E8EB on 0x14181F
        dim = 0x98A1AE
        accent = 0x6FB7FF
        title = 0xFFFFFF bold
        border = 0x5A6473
        focusBorder = 0x6FB7FF
        selection = 0xFFFFFF on 0x1F4E85
        inactiveSelection = 0xE6E8EB on 0x2C3440
        heading = 0x8CC4FF bold
        label = 0xC3CAD4
        value = 0xFFFFFF
        input = 0xFFFFFF on 0x28303B
        placeholder = 0x98A1AE italic
        activeTab = 0x10141A on 0x6FB7FF bold
        tab = 0xC3CAD4
        key = 0xF2D15C bold
        badge = 0x10141A on 0x6FB7FF
        success = 0x6FB7FF
        warning = 0xF2D15C
        error = 0xFF8F33 bold
        gauge = 0x6FB7FF
        status = 0x8CC4FF
        plotRaw = 0x5F7994 dim
        plotSmooth = 0x6FB7FF bold
        plotEval = 0xF2D15C bold
        plotOther = 0xE8E8E8
        plotOther2 = 0xC9B8FF
        plotOther3 = 0xE6A15A
        plotOther4 = 0x98A1AE
        gridline = 0x333C49
        plotCursor = 0xF2D15C
        trained = 0x6FB7FF
        masked = 0x98A1AE
        special = 0xC9B8FF
        speakerUser = 0x6FB7FF bold
        speakerModel = 0x6FB7FF bold
        speakerSystem = 0xE6A15A
        code = 0xF2D15C

        """
}
