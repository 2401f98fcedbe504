//! The source map of compiled programs: what a breakpoint on each line binds to, what columns offer, and
//! which handlers an exception meets.
#![allow(clippy::needless_raw_string_hashes)] // As expect-test writes them.

use std::fmt::Write;

use expect_test::{Expect, expect};
use lasti_code::CodeUnitIdx;
use lasti_code::source_map::{Arrival, Site, SourceMap, StatementIdx};
use lasti_compile::{Options, compile, statements};

fn map(source: &str) -> SourceMap {
    let code = compile(source, "t.py", &Options::default()).expect("the program compiles").code;
    SourceMap::new(&code, statements(source).expect("the program parses"))
}

fn map_of_lines(source: &str) -> SourceMap {
    SourceMap::from_lines(&compile(source, "t.py", &Options::default()).expect("the program compiles").code)
}

fn show_sites(map: &SourceMap, sites: &[Site]) -> String {
    let mut shown = String::new();
    for site in sites {
        let name = &map.code(site.code).expect("a site has code").name;
        let back = if site.arrival == Arrival::JumpBack { " by jump back" } else { "" };
        let _ = write!(shown, " {name}@{}{back}", site.unit);
    }
    shown
}

/// Each line with what a breakpoint on it binds to: how, where the statement begins, code units.
fn check_lines(map: &SourceMap, source: &str, expected: &Expect) {
    let mut shown = String::new();
    for (index, text) in source.lines().enumerate() {
        let line = index as u32 + 1;
        let binding = map.bind_line(line).map_or_else(
            |error| format!("none in scope {}", error.scope.0),
            |bound| format!("{:?} {:?}{}", bound.relation, bound.position, show_sites(map, bound.sites)),
        );
        let _ = writeln!(shown, "{line:2} {text:28}| {binding}");
    }
    expected.assert_eq(&shown);
}

fn check(source: &str, expected: &Expect) {
    check_lines(&map(source), source, expected);
}

#[test]
fn each_copy_of_a_finally_body_is_bound() {
    check(
        "\
def f(n):
    for i in range(n):
        try:
            if i == 1:
                continue
            if i == 2:
                return i
            if i == 3:
                break
        except E as e:
            g(e)
        else:
            h()
        finally:
            k()
    return n
",
        &expect![[r#"
             1 def f(n):                   | Exact 1:0 <module>@1
             2     for i in range(n):      | Exact 2:4 f@1 f@12 by jump back
             3         try:                | Exact 3:8 f@15
             4             if i == 1:      | Exact 4:12 f@16
             5                 continue    | Exact 5:16 f@23
             6             if i == 2:      | Exact 6:12 f@36
             7                 return i    | Exact 7:16 f@43
             8             if i == 3:      | Exact 8:12 f@57
             9                 break       | Exact 9:16 f@64
            10         except E as e:      | Exact 10:8 f@106
            11             g(e)            | Exact 11:12 f@116
            12         else:               | Next 13:12 f@79
            13             h()             | Exact 13:12 f@79
            14         finally:            | Next 15:12 f@24 f@44 f@65 f@89 f@141
            15             k()             | Exact 15:12 f@24 f@44 f@65 f@89 f@141
            16     return n                | Exact 16:4 f@76 f@103
        "#]],
    );
}

#[test]
fn a_with_is_not_begun_again_at_its_exit() {
    check(
        "\
def f():
    with a as b, c:
        if b:
            return 1
        d()
    with (
        a,
        b as e,
    ):
        raise E
async def g():
    async with a as b:
        await b
    async for i in b:
        k(i)
",
        &expect![[r#"
             1 def f():                    | Exact 1:0 <module>@1
             2     with a as b, c:         | Exact 2:4 f@1
             3         if b:               | Exact 3:8 f@31
             4             return 1        | Exact 4:12 f@39
             5         d()                 | Exact 5:8 f@58
             6     with (                  | Exact 6:4 f@84
             7         a,                  | Inside 6:4 f@84
             8         b as e,             | Inside 6:4 f@84
             9     ):                      | Inside 6:4 f@84
            10         raise E             | Exact 10:8 f@110
            11 async def g():              | Exact 11:0 <module>@4
            12     async with a as b:      | Exact 12:4 g@3
            13         await b             | Exact 13:8 g@26
            14     async for i in b:       | Exact 14:4 g@52 g@54 by jump back
            15         k(i)                | Exact 15:8 g@64
        "#]],
    );
}

#[test]
fn loops_begin_with_each_test_and_each_item() {
    check(
        "\
while a < 3 and (
    b
):
    a += 1
else:
    c()
for i in range(3): f(i)
for i in [j for j in k]:
    if i: continue
    break
while True:
    if a: break
while True: a += 1
",
        &expect![[r#"
             1 while a < 3 and (           | Exact 1:0 <module>@1
             2     b                       | Inside 1:0 <module>@1
             3 ):                          | Inside 1:0 <module>@1
             4     a += 1                  | Exact 4:4 <module>@16
             5 else:                       | Next 6:4 <module>@27
             6     c()                     | Exact 6:4 <module>@27
             7 for i in range(3): f(i)     | Exact 7:0 <module>@34 <module>@42 by jump back
             8 for i in [j for j in k]:    | Exact 8:0 <module>@57 <module>@74 by jump back
             9     if i: continue          | Exact 9:4 <module>@77
            10     break                   | Exact 10:4 <module>@87
            11 while True:                 | Exact 11:0 <module>@91
            12     if a: break             | Exact 12:4 <module>@92
            13 while True: a += 1          | Exact 13:12 <module>@103
        "#]],
    );
}

#[test]
fn one_line_and_several_statements() {
    check(
        "\
a = 1; b = 2; c = 3
if a: b()
def f(): return 1
def g(): pass
class A: x = 1
f(); g(
    1,
); f()
x = lambda: (
    f()
)
",
        &expect![[r#"
             1 a = 1; b = 2; c = 3         | Exact 1:0 <module>@1
             2 if a: b()                   | Exact 2:0 <module>@7
             3 def f(): return 1           | Body 3:9 f@1
             4 def g(): pass               | Body 4:9 g@1
             5 class A: x = 1              | Exact 5:0 <module>@28
             6 f(); g(                     | Exact 6:0 <module>@38
             7     1,                      | Inside 6:5 <module>@45
             8 ); f()                      | Exact 8:3 <module>@53
             9 x = lambda: (               | Exact 9:0 <module>@60
            10     f()                     | Inside 9:0 <module>@60
            11 )                           | Inside 9:0 <module>@60
        "#]],
    );
}

#[test]
fn definitions_are_one_statement() {
    check(
        "\
@d1
@d2(
    1,
)
def f(
    a=g(),
    b: int = h(),
):
    \"\"\"Doc.

    More.\"\"\"

    # A comment.
    return a
    # The end.

@d3
class A[T: int](B):
    \"\"\"Doc.\"\"\"
    x: int = 1

    y: str
    # The end.

# After.
def last():
    global z
    v: int
    # Nothing here.
",
        &expect![[r#"
             1 @d1                         | Exact 1:0 <module>@1
             2 @d2(                        | Inside 1:0 <module>@1
             3     1,                      | Inside 1:0 <module>@1
             4 )                           | Inside 1:0 <module>@1
             5 def f(                      | Inside 1:0 <module>@1
             6     a=g(),                  | Inside 1:0 <module>@1
             7     b: int = h(),           | Inside 1:0 <module>@1
             8 ):                          | Inside 1:0 <module>@1
             9     """Doc.                 | Next 14:4 f@1
            10                             | Next 14:4 f@1
            11     More."""                | Next 14:4 f@1
            12                             | Next 14:4 f@1
            13     # A comment.            | Next 14:4 f@1
            14     return a                | Exact 14:4 f@1
            15     # The end.              | none in scope 1
            16                             | Next 17:0 <module>@37
            17 @d3                         | Exact 17:0 <module>@37
            18 class A[T: int](B):         | Inside 17:0 <module>@37
            19     """Doc."""              | Next 20:4 A@16
            20     x: int = 1              | Exact 20:4 A@16
            21                             | none in scope 2
            22     y: str                  | none in scope 2
            23     # The end.              | none in scope 2
            24                             | Next 26:0 <module>@50
            25 # After.                    | Next 26:0 <module>@50
            26 def last():                 | Exact 26:0 <module>@50
            27     global z                | none in scope 3
            28     v: int                  | none in scope 3
            29     # Nothing here.         | none in scope 3
        "#]],
    );
}

#[test]
fn long_expressions_are_one_statement() {
    check(
        "\
f(
    g(1),
    [
        h(i)
        for i in k
    ],
    key=lambda v:
        v + 1,
)
x = (a
     and b
     or c < d
     < e)
y = f'''{
    a
}'''
z = {
    1: 2,

}
",
        &expect![[r#"
             1 f(                          | Exact 1:0 <module>@1
             2     g(1),                   | Inside 1:0 <module>@1
             3     [                       | Inside 1:0 <module>@1
             4         h(i)                | Inside 1:0 <module>@1
             5         for i in k          | Inside 1:0 <module>@1
             6     ],                      | Inside 1:0 <module>@1
             7     key=lambda v:           | Inside 1:0 <module>@1
             8         v + 1,              | Inside 1:0 <module>@1
             9 )                           | Inside 1:0 <module>@1
            10 x = (a                      | Exact 10:0 <module>@41
            11      and b                  | Inside 10:0 <module>@41
            12      or c < d               | Inside 10:0 <module>@41
            13      < e)                   | Inside 10:0 <module>@41
            14 y = f'''{                   | Exact 14:0 <module>@83
            15     a                       | Inside 14:0 <module>@83
            16 }'''                        | Inside 14:0 <module>@83
            17 z = {                       | Exact 17:0 <module>@86
            18     1: 2,                   | Inside 17:0 <module>@86
            19                             | Inside 17:0 <module>@86
            20 }                           | Inside 17:0 <module>@86
        "#]],
    );
}

#[test]
fn clauses_are_tried_one_by_one() {
    check(
        "\
if a:
    b()
elif c:
    d()
else:
    e()
match f(
    x
):
    case 1:
        g()
    case [y, *_] if y:
        h()
    case _:
        pass
try:
    i()
except* E as e:
    j()
except* (
    F
):
    k()
",
        &expect![[r#"
             1 if a:                       | Exact 1:0 <module>@1
             2     b()                     | Exact 2:4 <module>@9
             3 elif c:                     | Exact 3:0 <module>@17
             4     d()                     | Exact 4:4 <module>@25
             5 else:                       | Next 6:4 <module>@33
             6     e()                     | Exact 6:4 <module>@33
             7 match f(                    | Exact 7:0 <module>@40
             8     x                       | Inside 7:0 <module>@40
             9 ):                          | Inside 7:0 <module>@40
            10     case 1:                 | Exact 10:4 <module>@47
            11         g()                 | Exact 11:8 <module>@54
            12     case [y, *_] if y:      | Exact 12:4 <module>@63
            13         h()                 | Exact 13:8 <module>@93
            14     case _:                 | Exact 14:4 <module>@102
            15         pass                | Exact 15:8 <module>@103
            16 try:                        | Exact 16:0 <module>@104
            17     i()                     | Exact 17:4 <module>@105
            18 except* E as e:             | Exact 18:0 <module>@115
            19     j()                     | Exact 19:4 <module>@124
            20 except* (                   | Exact 20:0 <module>@142
            21     F                       | Inside 20:0 <module>@142
            22 ):                          | Inside 20:0 <module>@142
            23     k()                     | Exact 23:4 <module>@149
        "#]],
    );
}

#[test]
fn without_source_a_line_is_a_statement() {
    let source = "\
def f(a,
      b=1):
    for i in a:
        g(i); h(i)

    return [
        j
        for j in b
    ]
def k(): return 1
class A:
    x = 1
    # Nothing here.
";
    check_lines(
        &map_of_lines(source),
        source,
        &expect![[r#"
         1 def f(a,                    | Exact 1:0 <module>@1
         2       b=1):                 | Next 3:0 f@1 f@3 by jump back
         3     for i in a:             | Exact 3:0 f@1 f@3 by jump back
         4         g(i); h(i)          | Exact 4:0 f@6
         5                             | Next 6:0 f@34
         6     return [                | Exact 6:0 f@34
         7         j                   | Exact 7:0 f@41
         8         for j in b          | Exact 8:0 f@32 f@38 by jump back
         9     ]                       | Next 10:0 <module>@6
        10 def k(): return 1           | Exact 10:0 k@1
        11 class A:                    | Exact 11:0 <module>@9
        12     x = 1                   | Exact 12:0 A@7
        13     # Nothing here.         | none in scope 0
    "#]],
    );
}

#[test]
fn columns_offer_lambdas_and_elements() {
    let source = "x = sorted([f(i) for i in y], key=lambda v: v + 1); g(j(k) for k in x)\n";
    let map = map(source);
    let mut shown = String::new();
    for candidate in map.candidates(1) {
        let column = candidate.span.start.column;
        let text = &source[column as usize..candidate.span.end.column as usize];
        let sites = show_sites(&map, &map.bind_column(1, column));
        let statement = if candidate.statement.is_some() { "statement " } else { "" };
        let _ = writeln!(shown, "{column:2} {statement}{text}:{sites}");
    }
    expect![[r#"
         0 statement x = sorted([f(i) for i in y], key=lambda v: v + 1): <module>@1
         4 sorted([f(i) for i in y], key=lambda v: v + 1): <module>@1
        11 [f(i) for i in y]: <module>@3
        12 f(i): <module>@12
        14 i: <module>@14
        21 i: <module>@11
        26 y: <module>@3
        34 lambda v: v + 1: <module>@26
        44 v + 1: <lambda>@1
        48 1: <lambda>@2
        52 statement g(j(k) for k in x): <module>@34
        53 (j(k) for k in x): <module>@36
        54 j(k): <genexpr>@7
        56 k: <genexpr>@12
        63 k: <genexpr>@6
        68 x: <module>@38
    "#]]
    .assert_eq(&shown);
    assert_eq!(map.units_at(1, 500).count(), 0);
    assert!(map.bind_column(1, 1).is_empty());
}

/// The handlers that an exception meets which a call of `name` raises.
fn handlers_of_calls(map: &SourceMap, line: u32) -> String {
    let mut shown = String::new();
    let statement = map.bind_line(line).expect("the line has code").statement;
    for site in map.sites(statement) {
        for handler in map.handlers(site.code, site.unit) {
            let statement = handler.statement.and_then(|statement| map.statements().get(statement));
            let place =
                statement.map(|statement| format!("{:?} {:?}", statement.kind, statement.range.start));
            let _ = writeln!(shown, "{:?}: {}", handler.kind, place.unwrap_or_default());
        }
        let _ = writeln!(shown, "out of {}", map.code(site.code).expect("a site has code").name);
    }
    shown
}

#[test]
fn handlers_from_the_innermost_out() {
    let source = "\
def f():
    try:
        with a:
            try:
                b()
            except E as e:
                c()
            except:
                d()
    finally:
        g()
        try:
            h()
        except* F:
            i()
def g():
    yield [x for x in y]
async def h():
    async for i in j:
        await [k async for k in i]
";
    let map = map(source);
    let shown =
        [5, 7, 9, 13, 15, 20].map(|line| format!("line {line}\n{}", handlers_of_calls(&map, line))).concat();
    expect![[r#"
        line 5
        Except: Except 6:12
        Cleanup(HandledException): 
        WithExit: With 3:8
        Cleanup(HandledException): 
        Finally: Finally 10:4
        Cleanup(HandledException): 
        out of f
        line 7
        Cleanup(ExceptName): 
        Cleanup(HandledException): 
        WithExit: With 3:8
        Cleanup(HandledException): 
        Finally: Finally 10:4
        Cleanup(HandledException): 
        out of f
        line 9
        Cleanup(HandledException): 
        WithExit: With 3:8
        Cleanup(HandledException): 
        Finally: Finally 10:4
        Cleanup(HandledException): 
        out of f
        line 13
        ExceptStar: Except 14:8
        Cleanup(HandledException): 
        out of f
        ExceptStar: Except 14:8
        Cleanup(HandledException): 
        Cleanup(HandledException): 
        out of f
        line 15
        Cleanup(ExceptStar): 
        Cleanup(HandledException): 
        out of f
        Cleanup(ExceptStar): 
        Cleanup(HandledException): 
        Cleanup(HandledException): 
        out of f
        line 20
        Cleanup(GeneratorStop): 
        out of h
    "#]]
    .assert_eq(&shown);
}

#[test]
fn a_code_unit_has_a_position_and_a_statement() {
    let source = "\
def f(a):
    if a:
        return [
            g(x) for x in a]
";
    let map = map(source);
    let (f, code) = map.codes().nth(1).expect("f has code");
    let mut shown = String::new();
    for instruction in code.units().instructions() {
        let statement =
            map.statement_of(f, instruction.at).and_then(|statement| map.statements().get(statement));
        let statement = statement.map(|s| format!("{:?} {:?}", s.kind, s.header)).unwrap_or_default();
        let location = map.location(f, instruction.at).map(|l| (l.line, l.column));
        let line = format!("{location:?} {statement}\n");
        if !shown.ends_with(&line) {
            shown.push_str(&line);
        }
    }
    expect![[r#"
        Some((1, Some(0))) FunctionDef 1:0-1:9
        Some((2, Some(7))) If 2:4-2:9
        Some((4, Some(26))) Return 3:8-4:28
        Some((3, Some(15))) Return 3:8-4:28
        Some((4, Some(26))) Return 3:8-4:28
        Some((4, Some(21))) Return 3:8-4:28
        Some((4, Some(12))) Return 3:8-4:28
        Some((4, Some(14))) Return 3:8-4:28
        Some((4, Some(12))) Return 3:8-4:28
        Some((4, Some(26))) Return 3:8-4:28
        Some((3, Some(15))) Return 3:8-4:28
        Some((3, Some(8))) Return 3:8-4:28
        Some((2, Some(7))) If 2:4-2:9
        None 
        Some((3, Some(15))) Return 3:8-4:28
    "#]]
    .assert_eq(&shown);
    assert_eq!(map.location(f, CodeUnitIdx(u32::MAX)), None);
    assert!(map.sites(StatementIdx(u32::MAX)).is_empty());
}

#[test]
fn statements_of_another_source_do_no_harm() {
    let code = compile("def f():\n    return 1\n\nx = f()\n", "t.py", &Options::default())
        .expect("it compiles")
        .code;
    let other = statements("a = 1\n# b\nclass f:\n    def g(): pass\n").expect("it parses");
    let map = SourceMap::new(&code, other);
    assert_eq!(map.bind_line(9).map_err(|error| error.line), Err(9));
    assert!(map.bind_line(1).is_ok_and(|bound| bound.sites.len() == 1));
}
