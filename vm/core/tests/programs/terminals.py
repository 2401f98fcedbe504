"""How a terminal behaves: its attributes are read, changed, and put back."""
import os
import pty
import termios
import tty

master, slave = pty.openpty()
old = termios.tcgetattr(slave)
iflag, oflag, cflag, lflag, ispeed, ospeed, cc = old
print(len(old), len(cc), ispeed == ospeed == termios.B38400, bool(lflag & termios.ECHO), cc[termios.VINTR])
new = [*old[:6], list(cc)]
new[3] &= ~(termios.ECHO | termios.ICANON)
new[4] = new[5] = termios.B9600
new[6][termios.VMIN], new[6][termios.VTIME] = 1, b"\x00"
termios.tcsetattr(slave, termios.TCSANOW, new)
now = termios.tcgetattr(slave)
print(now[3] == new[3], now[4:6] == [termios.B9600] * 2, now[6][termios.VMIN], now[6][termios.VTIME])
os.write(master, b"no line needed")
print(os.read(slave, 100))
tty.setraw(slave)
os.write(slave, b"raw\n")
print(os.read(master, 100))
termios.tcsetattr(slave, termios.TCSADRAIN, old)
print(termios.tcgetattr(slave)[3] == lflag)
os.write(slave, b"cooked\n")
print(os.read(master, 100))
termios.tcsetwinsize(slave, (24, 80))
print(termios.tcgetwinsize(master), os.get_terminal_size(slave))
print(termios.tcflush(slave, termios.TCIOFLUSH), termios.tcdrain(slave))
with open(slave, closefd=False) as file:
    print(termios.tcgetattr(file)[3] == lflag)
for wrong in (
    lambda: termios.tcgetattr(os.open(os.devnull, os.O_RDONLY)),
    lambda: termios.tcgetattr("x"),
    lambda: termios.tcgetattr(-1),
    lambda: termios.tcsetattr(slave, termios.TCSANOW, [1]),
    lambda: termios.tcsetattr(slave, termios.TCSANOW, (1, 2, 3, 4, 5, 6, [])),
    lambda: termios.tcsetattr(slave, 77, old),
    lambda: termios.tcsetwinsize(slave, [1]),
):
    try:
        wrong()
    except (termios.error, TypeError, ValueError) as error:
        print(type(error).__name__, error)
