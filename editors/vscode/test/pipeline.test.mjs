// A whole session, as VS Code's own client for tests of debuggers drives it: the story of
// tests/sessions/pipeline.md, over the wire. The environment variable LASTI names the executable.

import assert from "node:assert";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "node:test";

import { DebugClient } from "@vscode/debugadapter-testsupport";

const PROGRAM = fileURLToPath(new URL("../../../tests/programs/pipeline.py", import.meta.url));

/** How long an answer or an event may take, in milliseconds; a debug build on a busy machine is slow. */
const PATIENCE = 30_000;

/** The executable under test. */
function executable() {
  const file = process.env.LASTI;
  assert.ok(file, "The environment variable LASTI must name the lasti executable, such as ../../target/debug/lasti.");
  assert.ok(fs.existsSync(file), `LASTI names ${file}, and nothing is there.`);
  return path.resolve(file);
}

/** The program's lines by their marks: `#@ yield` at a line's end names it. */
function marks() {
  const lines = fs.readFileSync(PROGRAM, "utf8").split("\n");
  const found = lines.map((line, index) => [line.match(/#@ (\S+)$/)?.[1], index + 1]);
  return new Map(found.filter(([mark]) => mark !== undefined));
}

/** A client, and what a person looks at where the program stands. */
class Session {
  #client;
  #lines = marks();
  #frames = [];
  #thread = 0;
  #output = { stdout: "", stderr: "" };
  #breakpoints = new Map();

  constructor(client) {
    this.#client = client;
    client.on("breakpoint", ({ body }) => this.#breakpoints.set(body.breakpoint.id, body.breakpoint));
    client.on("output", ({ body }) => {
      if (body.category in this.#output) {
        this.#output[body.category] += body.output;
      }
    });
  }

  get output() {
    return this.#output;
  }

  /** Starts the program, with a breakpoint at each mark, and runs it to its first stop. */
  async start(...breakpoints) {
    const initialized = this.#client.waitForEvent("initialized", PATIENCE);
    const launched = this.#client.launch({ program: PROGRAM, console: "internalConsole" });
    launched.catch(() => {}); // It is told where it is awaited.
    await initialized;
    await this.break(...breakpoints);
    await this.#client.setExceptionBreakpointsRequest({ filters: ["uncaught"] });
    const stopped = this.#client.waitForEvent("stopped", PATIENCE);
    await this.#client.configurationDoneRequest();
    await launched;
    return this.#look(await stopped);
  }

  /** Replaces the breakpoints. */
  async break(...names) {
    const { body } = await this.#client.setBreakpointsRequest({
      source: { path: PROGRAM },
      breakpoints: names.map((name) => ({ line: this.#lines.get(name) })),
    });
    this.#breakpoints = new Map(body.breakpoints.map((breakpoint) => [breakpoint.id, breakpoint]));
  }

  /** The marks at which breakpoints are planted. Before the program has started, none are. */
  get planted() {
    return [...this.#breakpoints.values()].filter(({ verified }) => verified).map(({ line }) => this.#mark(line));
  }

  /** `continue`, `next`, `stepIn` or `stepOut`, to the next stop. */
  async go(how) {
    const stopped = this.#client.waitForEvent("stopped", PATIENCE);
    await this.#client[`${how}Request`]({ threadId: this.#thread });
    return this.#look(await stopped);
  }

  /** Lets the program end; answers its exit code. */
  async end() {
    const exited = this.#client.waitForEvent("exited", PATIENCE);
    const terminated = this.#client.waitForEvent("terminated", PATIENCE);
    await this.#client.continueRequest({ threadId: this.#thread });
    await terminated;
    return (await exited).body.exitCode;
  }

  /** The scopes of the frame with this name: the references of their variables by their names. */
  async scopes(frame) {
    const { body } = await this.#client.scopesRequest({ frameId: this.#frame(frame) });
    return new Map(body.scopes.map((scope) => [scope.name, scope.variablesReference]));
  }

  /** The variables of a scope: their values by their names. */
  async variables(frame, scope = "Locals") {
    return this.#values((await this.scopes(frame)).get(scope));
  }

  /** The children of a variable. */
  async children(frame, name, scope = "Locals") {
    const variablesReference = (await this.scopes(frame)).get(scope);
    const { body } = await this.#client.variablesRequest({ variablesReference });
    return this.#values(body.variables.find((variable) => variable.name === name).variablesReference);
  }

  async set(frame, name, value) {
    const variablesReference = (await this.scopes(frame)).get("Locals");
    const { body } = await this.#client.setVariableRequest({ variablesReference, name, value });
    return body.value;
  }

  async evaluate(frame, expression) {
    const { body } = await this.#client.evaluateRequest({ frameId: this.#frame(frame), expression, context: "repl" });
    return body.result;
  }

  async exception() {
    return (await this.#client.exceptionInfoRequest({ threadId: this.#thread })).body;
  }

  async #values(variablesReference) {
    const { body } = await this.#client.variablesRequest({ variablesReference });
    return Object.fromEntries(body.variables.map(({ name, value }) => [name, value]));
  }

  #frame(name) {
    return this.#frames.find((frame) => frame.name === name).id;
  }

  /** Where the program stands: why, and the frames as `name @mark`. */
  async #look({ body }) {
    this.#thread = body.threadId;
    const { body: stack } = await this.#client.stackTraceRequest({ threadId: body.threadId });
    this.#frames = stack.stackFrames;
    const frames = stack.stackFrames.map(({ name, line, source }) => {
      assert.strictEqual(source.path, PROGRAM);
      return `${name} @${this.#mark(line)}`;
    });
    return { reason: body.reason, frames };
  }

  #mark(line) {
    return [...this.#lines].find(([, marked]) => marked === line)?.[0] ?? line;
  }
}

const OUTER = ["discounted @discounted-for", "counted @counted-for", "report @totals", "<module> @report"];

test("a session over three chained generators", { timeout: 10 * PATIENCE }, async () => {
  const client = new DebugClient(executable(), "dap", "lasti");
  client.defaultTimeout = PATIENCE;
  await client.start();
  try {
    await story(new Session(client));
  } finally {
    await client.stop();
  }
});

async function story(session) {
  // The first order is in the innermost generator.
  const first = await session.start("yield");
  assert.deepStrictEqual(first, { reason: "breakpoint", frames: ["parsed @yield", ...OUTER] });
  assert.deepStrictEqual(session.planted, ["yield"]);
  assert.deepStrictEqual(await session.variables("parsed"), {
    lines: "['tea 2 3.5', 'milk 1 1.25', 'tea 4 3.5', 'bread one 2.0', 'salt 5 0.4']",
    skipped: "[]",
    line: "'tea 2 3.5'",
    name: "'tea'",
    count: "'2'",
    price: "'3.5'",
    order: "Order(name='tea', count=2, price=3.5)",
  });
  const { name, count, price } = await session.children("parsed", "order");
  assert.deepStrictEqual({ name, count, price }, { name: "'tea'", count: "2", price: "3.5" });
  const special = await session.children("parsed", "special variables", "Globals");
  assert.strictEqual(special.__name__, "'__main__'");
  assert.strictEqual(await session.evaluate("parsed", "order.total * 2"), "14.0");
  assert.strictEqual(await session.evaluate("parsed", "[len(line) for line in lines]"), "[9, 11, 9, 13, 10]");
  await assert.rejects(session.evaluate("parsed", "nothing"), /NameError: name 'nothing' is not defined/);

  // A local is changed here, and a captured one further out.
  const changed = await session.set("parsed", "order", 'Order("tea", 2, 8.0)');
  assert.strictEqual(changed, "Order(name='tea', count=2, price=8.0)");
  assert.strictEqual((await session.variables("discounted")).factor, "0.5");
  assert.strictEqual(await session.set("discounted", "factor", "0.25"), "0.25");

  // Over the `yield`: the consumers run, and the generator comes to its next statement.
  assert.deepStrictEqual(await session.go("next"), { reason: "step", frames: ["parsed @resumed", ...OUTER] });

  // The second order. Out of the generator to its consumer, and on into `apply`, which sees what was changed.
  assert.deepStrictEqual(await session.go("continue"), { reason: "breakpoint", frames: ["parsed @yield", ...OUTER] });
  assert.strictEqual(await session.evaluate("parsed", "order.name"), "'milk'");
  assert.deepStrictEqual(await session.go("stepOut"), { reason: "step", frames: OUTER });
  const discounted = (mark) => ({ reason: "step", frames: [`discounted @${mark}`, ...OUTER.slice(1)] });
  assert.deepStrictEqual(await session.go("next"), discounted("apply"));
  assert.deepStrictEqual(await session.go("stepIn"), {
    reason: "step",
    frames: ["discounted.<locals>.apply @applied", "discounted @apply", ...OUTER.slice(1)],
  });
  assert.deepStrictEqual(await session.variables("discounted.<locals>.apply", "Free variables"), { factor: "0.25" });
  assert.deepStrictEqual(await session.go("stepOut"), discounted("apply"));
  assert.deepStrictEqual(await session.go("next"), discounted("cheaper"));
  assert.strictEqual(await session.evaluate("discounted", "cheaper.price"), "0.3125");
  assert.deepStrictEqual(await session.go("stepIn"), { reason: "step", frames: ["counted @count", ...OUTER.slice(2)] });

  // The third order; the breakpoint is cleared, and the program runs to the exception that nobody catches.
  assert.deepStrictEqual(await session.go("continue"), { reason: "breakpoint", frames: ["parsed @yield", ...OUTER] });
  assert.strictEqual(await session.evaluate("parsed", "order.count"), "4");
  await session.break();
  const raised = await session.go("continue");
  assert.deepStrictEqual(raised, { reason: "exception", frames: ["check @raise", "<module> @check"] });
  const { exceptionId, description, breakMode } = await session.exception();
  assert.deepStrictEqual({ exceptionId, description, breakMode }, {
    exceptionId: "OverflowError",
    description: "8.31 is more than 8",
    breakMode: "unhandled",
  });
  assert.deepStrictEqual(await session.variables("check"), { amount: "8.31", limit: "8" });

  // It ends as it does without a debugger, with what was changed.
  assert.strictEqual(await session.end(), 1);
  assert.strictEqual(
    session.output.stdout,
    '{"totals": [4.0, 0.31, 3.5, 0.5], "seen": {"tea": 6, "milk": 1, "salt": 5}, ' +
      `"skipped": ["invalid literal for int() with base 10: 'one'"]}\namount 8.31\n`,
  );
  const { stderr } = session.output;
  assert.match(stderr, /^Traceback \(most recent call last\):\n[^]*\nOverflowError: 8\.31 is more than 8\n$/);
}
