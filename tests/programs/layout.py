"""Odd layouts: where statements stand on lines and in columns, as seen by line tables.

Semicolons, one-line bodies, continuation, form feeds, tabs, wide characters, distant lines, far columns.
"""
import sys; from functools import wraps; answer = 42; del sys

if answer: yes = 1; no = 0
else: yes = 0; no = 1
for i in 1, 2: last = i; continue
while no: pass
else: no = -1
class One: x = 1; y = 2
def one(a): b = a + 1; return b
def two(): return 1; return 2
try: 1 / 0
except ZeroDivisionError: handled = True
finally: done = True
with open(__file__, "rb") as file: first_bytes = file.read(3)
match answer:
 case 42: matched = 1; matched += 1

if yes:
	tabbed = 1
	if tabbed:
		deeper = tabbed \
			+ 1
	else:
	        mixed = "a tab is as wide as eight blanks"


def after_form_feed(): return "form feed"

class AfterFormFeed:
    

      # a comment with an odd indentation
    z = (

        1,

        2,

    )

def \
  split \
    (a,
     b = 1
     ,
     *
     , c
     ):
      return a \
        + \
          b + \
c

def decorator(*notes):
    return lambda function: (setattr(function, "notes", notes), function)[1]

@decorator(
    1,

    2,
)

# between decorators
@decorator \
    ("over",
     "lines")
@ (lambda function:
   function)
def decorated(
): return (
    "decorated"
)

long_call = split(
    1,
    # the second argument
    b
    =
    (
        2
    )
    ,
    c=split(
        3, c=4
    ),
)

chained = (
    "  some text "
    .strip()
    .replace(
        "e",
        "3"
    )
    [0:
     6]
    .upper(
    )
)

condition = (answer
             > 3 and
             not (
                 answer
                 < 5
             )
             or None
             )

table = {
    "a": 1
    ,
    "b":
        2,
    **{
        "c": [
            n
            for n
            in range(3)
            if
            n
        ]
    },
}

text = f"""{
    answer
    :>5}{
        answer
        =
    }""" '''
''' "x"

# Names that are not ASCII: byte columns and character columns differ after them.
größe = 1; naïve = größe + 1; π = 3.14; 变量 = "値"; 𝔘𝔫𝔦 = naïve
"ä€𝄞"; wide = "ä€𝄞"; after = [wide, len(wide), größe + naïve]; é = wide * 2
def größer(größe, *, breite=größe): "🐍🐍"; return größe + breite if "🐍" else π
class Größe: höhe = "🐍", größer(1); ﬁn = "NFKC makes fi of the ligature"
try: "🐍🐍🐍"; 变量.名前
except AttributeError as ошибка: problem = ошибка.name

def raising(where):
    if where == 0: raise ValueError("one line")
    if where == 1: "日本語"; raise \
        ValueError(
            "several")
    return [
        where,
        where
        //
        (where - 2),
    ]

def lines_of(function, *arguments):
    try: function(*arguments)
    except (ValueError, ZeroDivisionError) as error:
        step = error.__traceback__.tb_next
        position = list(step.tb_frame.f_code.co_positions())[step.tb_lasti // 2]
        return [position[0] - function.__code__.co_firstlineno, position[1] - position[0], *position[2:]]

def distant(value):
    """More than two hundred lines lie within this function."""
    near = value + 1

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here
    far = near * 2
    if far > 5:












































































































































        far = (far,

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        

    # nothing happens here


# nor here
        
               near)
        for each in far: near += each
    return far, near

far_column = [                                                                                                                                                                                                                                                                              answer, answer + 1, len("column")]; further = {"k":                                                                                                                                                                                                                                                                               (answer - (lambda n: n * 2)(n=answer)), "end": far_column[0] if far_column else None}
def far_away(a):  return                                                                                                                                                                                                                                                                               a + 1

if 1:
                                                                                                                                if 2:
                                                                                                                                                                                                                                                                                deep_indent = answer
print(yes, no, last, One.x + One.y, one(1), two(), handled, done, len(first_bytes), matched, tabbed, deeper)
print(after_form_feed(), AfterFormFeed.z, split(1, c=5), decorated.notes, decorated(), decorated.__code__.co_firstlineno)
print(long_call, chained, condition, table, repr(text)); print(ascii(after), ascii(é), größer(1), ascii(Größe.höhe), 𝔘𝔫𝔦 + Uni)
print(Größe.fin, ascii(problem), [lines_of(raising, n) for n in (0, 1, 2)], distant(4), len(far_column), further, far_away(1), deep_indent)
# the last line has no end