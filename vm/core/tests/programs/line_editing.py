"""Lines that are typed at a terminal: readline's completion, hooks and history."""

import os
import pty
import subprocess
import sys
import textwrap


def shown(program, typed):
    """What a program shows that begins with GOT, on a terminal where all of typed is typed at once."""
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "INPUTRC": os.devnull}
    command = [sys.executable, "-c", textwrap.dedent(program)]
    child = subprocess.Popen(command, stdin=slave, stdout=slave, stderr=slave, env=environment)
    os.close(slave)
    os.write(master, typed)
    text = b""
    while True:
        try:
            part = os.read(master, 4096)
        except OSError:  # nobody has the terminal any more
            break
        if not part:
            break
        text += part
    os.close(master)
    child.wait()
    for line in text.decode().splitlines():
        _, got, rest = line.partition("GOT ")
        if got:
            print(rest)


print("completion")
shown(
    """
    import readline
    words = ["apple", "apricot", "banana"]
    where = []
    def complete(text, state):
        where.append((readline.get_line_buffer(), readline.get_begidx(), readline.get_endidx()))
        found = [word for word in words if word.startswith(text)]
        return found[state] if state < len(found) else None
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")
    readline.set_completer_delims(" (")
    print("GOT", readline.get_completer() is complete, repr(readline.get_completer_delims()))
    print("GOT", input("? "), where[0])
    print("GOT", input("? "), where[-1])
    def fails(text, state):
        1 / 0
    readline.set_completer(fails)
    print("GOT", input("? "))
    """,
    b"ban\t!\nx(ap\tr\t\nq\tq\n",
)

print("hooks and history")
shown(
    """
    import readline
    readline.set_startup_hook(lambda: readline.insert_text("  "))
    readline.add_history("first")
    print("GOT", [input(), input()])
    readline.set_startup_hook()
    print("GOT", [input(), input("? ")])
    print("GOT", [readline.get_history_item(n) for n in range(5)])
    """,
    b"one\n\x08\x08two\n\x1b[A\n\n",
)

import readline

print("functions")
readline.clear_history()
for line in "one", "two", "three":
    readline.add_history(line)
readline.replace_history_item(1, "2")
readline.remove_history_item(0)
print(readline.get_current_history_length(), readline.get_history_length())
print([readline.get_history_item(n) for n in range(4)])
name = f"/tmp/history-{os.getpid()}"
try:
    readline.write_history_file(name)
    readline.add_history("four")
    readline.append_history_file(1, name)
    readline.clear_history()
    readline.read_history_file(name)
    print([readline.get_history_item(n) for n in range(1, 5)], oct(os.stat(name).st_mode))
    readline.set_history_length(2)
    readline.write_history_file(name)
    with open(name) as file:
        print(file.read().split())
finally:
    os.remove(name)
for call in (
    lambda: readline.remove_history_item(9),
    lambda: readline.replace_history_item(-1, "x"),
    lambda: readline.append_history_file(-1, name),
    lambda: readline.set_completer(5),
    lambda: readline.set_startup_hook("x"),
    lambda: readline.read_history_file("/nowhere/at/all"),
):
    try:
        print(call())
    except (ValueError, TypeError, OSError) as error:
        print(type(error).__name__, error)
print(readline.backend, readline.get_line_buffer() == "", readline.set_completer())
