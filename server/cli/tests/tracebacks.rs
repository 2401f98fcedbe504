//! What `exceptionInfo` says of an exception that nobody will catch is what the program prints when it ends by it; and
//! nothing is imported into the program for that, but where the library has to be asked.

use std::process::Stdio;
use std::time::Duration;

use lasti_dap::client::{Client, initialize_arguments};
use lasti_dap::protocol::OutputEventBodyCategory;
use serde_json::{Value, json};
use tokio::process::Command;

/// Programs of which the text is made without the library.
const PLAIN: [&str; 18] = [
    "def f(x):\n    return 1 / x\n\ndef g():\n    y = f(0)\n    return y\n\ng()\n",
    "d = {'a': {'b': 1}}\nprint(d['a']['c'][0] + 1)\n",
    "def f():\n    counter = 1\n    return countr\nf()\n",
    "print(sys.path)\n",
    "def f():\n    return time\nf()\n",
    "class A:\n    def __init__(self):\n        self.value = 1\n        self._hidden = 2\n    def f(self):\n        return value\nA().f()\n",
    "class A:\n    def __init__(self):\n        self.value = 1\n        self._hidden = 2\nA().hidden.x\n",
    "class A:\n    _hidden = 1\n    def f(self): return self.hiden\nA().f()\n",
    "class A:\n    valeu = 1\nA().value\n",
    "try:\n    int('x')\nexcept ValueError as error:\n    error.add_note('one\\ntwo')\n    raise KeyError('k') from error\n",
    "def f():\n    try:\n        [][1]\n    except IndexError:\n        {}['x']\nf()\n",
    "try:\n    1 / 0\nexcept ZeroDivisionError:\n    raise RuntimeError from None\n",
    "def f(n):\n    if n == 0:\n        raise RuntimeError('deep')\n    f(n - 1)\nf(20)\n",
    "def f(*args): raise TypeError(len(args))\nx = [f(\n    1,\n    2 +\n    3,\n    4,\n    5,\n    6\n)]\n",
    "class Outer:\n\tclass Wrong(Exception):\n\t\tdef __str__(self):\n\t\t\traise 1\n\ndef f():\n\traise Outer.Wrong(1)\nf()\n",
    "def gen():\n    yield 1\n    assert (lambda: 0)(), 'no ' + 'good'\nx = sum(i * 2 for i in gen())\n",
    "import json\njson.loads('{')\n",
    "x = ('a'   +\n     # a remark\n     'b' * 2 \\\n     + 3)\n",
];

/// Programs of which the library makes the text.
const OTHERS: [&str; 3] = [
    "eval('1 +')\n",
    "raise ExceptionGroup('several', [ValueError(1), TypeError(2)])\n",
    "x = {'é': 1}['è'] + 1\n",
];

#[tokio::test]
async fn an_exception_says_what_the_program_prints() {
    for (program, plain) in
        PLAIN.map(|program| (program, true)).into_iter().chain(OTHERS.map(|it| (it, false)))
    {
        let (said, imported, printed) = uncaught(program).await;
        assert_eq!(said, printed, "{program}");
        assert_eq!(imported, if plain { "False" } else { "True" }, "{program}");
    }
}

/// What is said of the exception that ends a program; whether the program then has `traceback`; and what it prints.
async fn uncaught(program: &str) -> (String, String, String) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("main.py");
    std::fs::write(&path, program).expect("the program is written");
    let mut server = Command::new(env!("CARGO_BIN_EXE_lasti"))
        .arg("dap")
        .kill_on_drop(true)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the server starts");
    let (reader, writer) =
        (server.stdout.take().expect("its output"), server.stdin.take().expect("its input"));
    let mut client = Client::new(reader, writer);
    client.set_patience(Duration::from_mins(2));
    client.request(initialize_arguments("tracebacks")).await.expect("it is initialized");
    let launch =
        client.launch(json!({"program": path, "console": "internalConsole"})).await.expect("it is launched");
    client.event("initialized").await.expect("it is initialized");
    ask(&mut client, "setExceptionBreakpoints", json!({"filters": ["uncaught"]})).await;
    client.configuration_done(launch).await.expect("it begins");
    let thread = client.stopped().await.expect("it stops").thread_id;
    let info = ask(&mut client, "exceptionInfo", json!({"threadId": thread})).await;
    let said = info["details"]["stackTrace"].as_str().unwrap_or_default().to_owned();
    let stack = ask(&mut client, "stackTrace", json!({"threadId": thread, "levels": 1})).await;
    let expression = "'traceback' in __import__('sys').modules";
    let frame = &stack["stackFrames"][0]["id"];
    let imported = ask(&mut client, "evaluate", json!({"expression": expression, "frameId": frame})).await;
    ask(&mut client, "continue", json!({"threadId": thread})).await;
    assert_eq!(client.terminated().await.expect("it ends"), Some(1));
    let printed = client.take_output(&OutputEventBodyCategory::Stderr).await.expect("what it printed");
    ask(&mut client, "disconnect", json!({})).await;
    (said, imported["result"].as_str().unwrap_or_default().to_owned(), printed)
}

async fn ask(client: &mut Client, command: &str, arguments: Value) -> Value {
    let seq = client.send_json(command, arguments).await.expect("it is sent");
    let outcome = client.outcome(seq).await.expect("it is answered").outcome;
    outcome.expect("it succeeds").unwrap_or_default()
}
