"""Prints all trace events of many small programs, each with its function, line, offset and columns.

    python3.14 streams.py > streams.txt

That file is what the test compares with what this script prints on Lasti.
"""
import sys
import warnings

from programs import PROGRAMS

FILE = '<program>'


class Manager:
    def __init__(self, swallow=False):
        self.swallow = swallow

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        return self.swallow

    async def __aenter__(self):
        return self

    async def __aexit__(self, *exception):
        return self.swallow


class Steps:
    """An asynchronous iterator that suspends before each item."""

    def __init__(self, count):
        self.count = count

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.count:
            raise StopAsyncIteration
        self.count -= 1
        await Once()
        return self.count


class Once:
    def __await__(self):
        return (yield 'once')


class Counter:
    """An iterator of Python code."""

    def __init__(self, count):
        self.count = count

    def __iter__(self):
        return self

    def __next__(self):
        if not self.count:
            raise StopIteration
        self.count -= 1
        return self.count


def drive(coroutine):
    """Runs a coroutine to its end."""
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Recorder:
    def __init__(self):
        self.lines = []
        self.code = self.line = self.positions = None

    def trace(self, frame, event, argument):
        code = frame.f_code
        if code.co_filename != FILE:
            return None
        frame.f_trace_opcodes = True
        if code is not self.code:
            self.code = code
            self.positions = list(code.co_positions())
            self.line = None
            self.lines.append([code.co_name])
        lasti, line = frame.f_lasti, frame.f_lineno
        start, end, column, end_column = self.positions[lasti // 2]
        if event == 'opcode':
            text = str(lasti)
        else:
            text = f'{event[0].upper()}{lasti}'
        if line != self.line or event != 'opcode':
            text += f':{line}'
            self.line = line
        text += f'[{column},{end_column}]'
        if event == 'exception':
            text += argument[0].__name__
        elif event == 'return':
            text += type(argument).__name__
        self.lines[-1].append(text)
        return self.trace


def run(source):
    recorder = Recorder()
    code = compile(source, FILE, 'exec')
    names = dict(Manager=Manager, Steps=Steps, Once=Once, Counter=Counter, drive=drive, log=lambda *a: None)
    sys.settrace(recorder.trace)
    try:
        exec(code, names)
        end = ''
    except BaseException as error:
        end = f'{type(error).__name__}'
    finally:
        sys.settrace(None)
    return recorder.lines, end


def main():
    warnings.simplefilter('ignore')
    for name, source in PROGRAMS.items():
        print('##', name)
        lines, end = run(source)
        for line in lines:
            print(*line)
        if end:
            print('raised', end)


main()
