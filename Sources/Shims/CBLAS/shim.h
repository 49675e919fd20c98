// Gives Swift the C interface of OpenBLAS: products of matrices and the switch for its threads.
#pragma once
#include <cblas.h>
