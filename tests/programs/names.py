"""Names: globals, nonlocal, class scopes, private name mangling, built-ins that are shadowed, and del of all of them."""

total = 0
shadow = "module"
len_of = len


def count():
    global total, created
    total += 1
    created = f"created {total}"
    return total


def remove():
    global created
    del created
    try:
        return created
    except NameError as error:
        return str(error)


def shadowed_builtin(list):
    str = "local"
    return list, str, len_of("abc"), __name__, max(1, 2)


def scopes():
    shadow = "function"

    def inner():
        nonlocal shadow
        shadow += "+inner"

        def innermost():
            global shadow
            return shadow

        return innermost()

    class Local:
        from_function = shadow
        shadow = "class"

        def method(self):
            return shadow

        both = [shadow for _ in "x"], (lambda: shadow)()

    return inner(), shadow, Local.from_function if hasattr(Local, "from_function") else None, Local().method(), Local.both


class Scoped:
    shadow = shadow + " seen by the class"
    total = total
    global from_class
    from_class = "global bound in a class body"
    kept = removed = 1
    del removed
    for index in range(3):
        pass
    names = sorted(name for name in locals() if not name.startswith("_"))

    def read(self):
        return shadow, total


def class_with_nonlocal():
    seen = []

    class Body:
        nonlocal seen
        seen = ["rebound in a class body"]
        copy = seen

    return seen, Body.copy, hasattr(Body, "seen")


class Private:
    __secret = 1
    __dunder__ = 2
    _single = 3

    def __method(self, __argument=4):
        __local = __argument + self.__secret
        self.__attribute = __local
        return __local, self.__dunder__

    def call(self):
        import sys as __sys
        __inner = lambda: self.__method()
        return __inner(), self.__method(**{"_Private__argument": 0}), sorted(vars(self)), __sys.__name__

    class __Nested:
        __deep = "mangled with Nested"


def deletion():
    a = b = c = [1, 2, 3]
    del a, (b, [c[0]])
    try:
        b
    except UnboundLocalError as error:
        message = str(error)
    b = c
    del b
    return c, message, sorted(locals())


def conditional_binding(flag):
    if flag:
        value = "bound"
    try:
        return value
    except UnboundLocalError as error:
        return str(error)


def builtins_only():
    return sorted(k for k in dir(__builtins__) if k in ("abs", "zip")), NotImplemented, [*map(int, "12")]


print(count(), count(), total, created, remove())
print(shadowed_builtin([1]), shadow)
try:
    print(scopes())
except NameError as error:
    print(error)
print(Scoped.shadow, Scoped.total, from_class, Scoped.names, Scoped().read(), class_with_nonlocal())
print(Private().call(), sorted(name for name in vars(Private) if "ivate" in name), Private._Private__Nested._Nested__deep)
print(deletion(), conditional_binding(1), conditional_binding(0), builtins_only())
temporary = 1; del temporary
print("temporary" in globals(), (print := print).__name__)
del print
print("the built-in one is back")
