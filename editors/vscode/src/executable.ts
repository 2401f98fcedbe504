// Where the `lasti` executable is: by the setting, else on the PATH. Nothing of VS Code is needed here.

import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";

/** There is no such executable; the message says where it was looked for. */
export class NotFound extends Error {}

/**
 * The executable's path. `setting` is `lasti.path`, `folder` the workspace folder that a session belongs to.
 */
export function locate(setting: string, folder: string | undefined, environment: NodeJS.ProcessEnv): string {
  const wanted = setting.trim();
  if (wanted !== "") {
    const expanded = expand(wanted, folder);
    const absolute = path.resolve(folder ?? os.homedir(), expanded);
    if (!isExecutable(absolute)) {
      throw new NotFound(`lasti.path: ${absolute} is not there, or cannot be executed.`);
    }
    return absolute;
  }
  // Windows spells the variable as it likes.
  const name = Object.keys(environment).find((key) => key.toUpperCase() === "PATH");
  const folders = (name ? environment[name] ?? "" : "").split(path.delimiter).filter((entry) => path.isAbsolute(entry));
  const file = process.platform === "win32" ? "lasti.exe" : "lasti";
  const found = folders.map((entry) => path.join(entry, file)).find(isExecutable);
  if (found === undefined) {
    throw new NotFound("There is no 'lasti' on the PATH. Install it, or set 'lasti.path' to the executable.");
  }
  return found;
}

function expand(text: string, folder: string | undefined): string {
  const home = text === "~" || text.startsWith("~/") ? path.join(os.homedir(), text.slice(1)) : text;
  if (!home.includes("${workspaceFolder}")) {
    return home;
  }
  if (folder === undefined) {
    throw new NotFound("lasti.path names ${workspaceFolder}, and no folder is open.");
  }
  return home.replaceAll("${workspaceFolder}", folder);
}

function isExecutable(file: string): boolean {
  try {
    fs.accessSync(file, fs.constants.X_OK);
    return fs.statSync(file).isFile();
  } catch {
    return false;
  }
}
