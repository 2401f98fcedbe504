// The configuration attributes are those that the server takes, no more and no fewer.

const assert = require("node:assert");
const fs = require("node:fs");
const path = require("node:path");
const { test } = require("node:test");

const debuggers = require("../package.json").contributes.debuggers;
const server = fs.readFileSync(path.join(__dirname, "../../../server/dap/src/launch/mod.rs"), "utf8");

/** The names in one of the server's lists. */
function options(list) {
  const names = server.match(new RegExp(`const ${list}: &\\[&str\\] =\\s*&\\[([^\\]]*)\\]`))[1];
  return [...names.matchAll(/"(\w+)"/g)].map((match) => match[1]);
}

/** What VS Code adds to every debugger's attributes by itself. */
const VS_CODES = ["noDebug"];

test("launch takes what the server takes", () => {
  const { launch } = debuggers[0].configurationAttributes;
  const names = [...options("LAUNCH"), ...options("BOTH")].filter((name) => !VS_CODES.includes(name));
  assert.deepStrictEqual(Object.keys(launch.properties).sort(), names.sort());
});

test("snippets and initial configurations use them", () => {
  const { configurationAttributes, configurationSnippets, initialConfigurations } = debuggers[0];
  for (const configuration of [...configurationSnippets.map((snippet) => snippet.body), ...initialConfigurations]) {
    const { name, type, request, ...rest } = configuration;
    assert.ok(name);
    assert.strictEqual(type, "lasti");
    for (const key of Object.keys(rest)) {
      assert.ok(key in configurationAttributes[request].properties, `${request}: ${key}`);
    }
  }
});
