"""Shapes: a program with a bit of everything that `dis` shows in its own way."""
from math import pi

LIMITS = (0, 1.5, "größer", b"\x00", None)


class Circle:
    def __init__(self, radius=1, /, *, unit: str = "m"):
        self.radius = radius
        self.unit = unit

    def area(self):
        try:
            return pi * self.radius ** 2
        except TypeError as error:
            raise ValueError(f"{self.radius!r}") from error


def largest(circles):
    found = None
    for circle in circles:
        if found is None or circle.area() > found.area():
            found = circle
    return found, [c.unit for c in circles if c is not found]
