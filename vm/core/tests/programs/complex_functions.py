"""Functions of complex numbers: values, branch cuts, infinities, errors."""

import cmath
import math

inf, nan = math.inf, math.nan
functions = [getattr(cmath, name) for name in (
    "acos", "acosh", "asin", "asinh", "atan", "atanh", "cos", "cosh", "exp", "log", "log10", "sin", "sinh",
    "sqrt", "tan", "tanh")]
points = [1 + 2j, complex(-2, 0.0), complex(-2, -0.0), complex(0.0, -0.0), complex(1e308, 1e308), 1 + 1e-300j,
          complex(inf, 3), complex(-inf, -0.0), complex(inf, nan), complex(0, inf), complex(nan, 0), 720 + 3j,
          complex(1e-310, 1e-310)]
for function in functions:
    for z in points:
        try:
            w = function(z)
            print(function.__name__, z, f"{w.real:.12g} {w.imag:.12g}")
        except (ValueError, OverflowError) as error:
            print(function.__name__, z, type(error).__name__, error)
print(cmath.polar(3 + 4j), cmath.phase(-1), cmath.rect(2, 0), cmath.rect(inf, 3), cmath.log(8, 2))
print(cmath.isclose(1, 1 + 1e-10j), cmath.isclose(inf, inf), cmath.isnan(complex(0, nan)), cmath.isinf(inf),
      cmath.isfinite(1j), cmath.infj, cmath.nanj, cmath.tau)


class Number:
    def __complex__(self):
        return 1j


print(cmath.exp(Number()) == cmath.exp(1j))
for action in (lambda: cmath.sin("1"), lambda: cmath.log(1, 1), lambda: cmath.rect(1, inf),
               lambda: cmath.isclose(1, 1, rel_tol=-1), lambda: cmath.log(0)):
    try:
        action()
    except Exception as error:
        print(type(error).__name__, error)
