// What the kernel found on this CPU: the loops it uses and the BLAS behind the products.

import CBLAS
import Microkernels

/// Facts about the machine, as the kernel sees it.
public enum Machine {
    /// The instruction set of the elementwise loops: "base", "avx2" or "avx512".
    public static var instructionSet: String { String(cString: mk_level_name(mk_level())) }

    /// OpenBLAS' version, build and kernel.
    public static var blasDescription: String {
        let config = openblas_get_config().map { String(cString: $0) } ?? "OpenBLAS"
        return config.trimmingCharacters(in: " ") + " on "
            + (openblas_get_corename().map { String(cString: $0) } ?? "?")
    }
}

extension String {
    fileprivate func trimmingCharacters(in set: Character) -> String {
        String(drop { $0 == set }.reversed().drop { $0 == set }.reversed())
    }
}
