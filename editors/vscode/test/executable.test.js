// Where the executable is looked for. Run with `npm test`.

const assert = require("node:assert");
const fs = require("node:fs");
const os = require("node:os");
const path = require("node:path");
const { test } = require("node:test");

const { locate, NotFound } = require("../out/executable");

function folderWith(name, mode = 0o755) {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "lasti-"));
  fs.writeFileSync(path.join(folder, name), "", { mode });
  return folder;
}

test("the setting comes first", () => {
  const folder = folderWith("debugger");
  assert.strictEqual(locate(path.join(folder, "debugger"), undefined, {}), path.join(folder, "debugger"));
  assert.strictEqual(locate(" debugger ", folder, {}), path.join(folder, "debugger"));
  assert.strictEqual(locate("${workspaceFolder}/debugger", folder, {}), path.join(folder, "debugger"));
});

test("the PATH comes second", () => {
  const [first, second] = [folderWith("other"), folderWith("lasti")];
  const PATH = ["relative", first, second].join(path.delimiter);
  assert.strictEqual(locate("", undefined, { PATH }), path.join(second, "lasti"));
  assert.strictEqual(locate("", undefined, { Path: PATH }), path.join(second, "lasti"));
});

test("what is missing is told", () => {
  const folder = folderWith("lasti", 0o644);
  const refused = (message) => (error) => error instanceof NotFound && error.message.includes(message);
  assert.throws(() => locate("", undefined, { PATH: folder }), refused("no 'lasti' on the PATH"));
  assert.throws(() => locate("", undefined, {}), refused("no 'lasti' on the PATH"));
  assert.throws(() => locate(path.join(folder, "lasti"), undefined, {}), refused("cannot be executed"));
  assert.throws(() => locate(folder, undefined, {}), refused("is not there"));
  assert.throws(() => locate("${workspaceFolder}/lasti", undefined, {}), refused("no folder is open"));
});
