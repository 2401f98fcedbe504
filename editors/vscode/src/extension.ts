// Debugging Python with Lasti: says how a session is started. What a session does is `lasti dap`'s.

import * as vscode from "vscode";
import { locate, NotFound } from "./executable";

const TYPE = "lasti";

/** What F5 does in a Python file where there is no launch.json. */
const THIS_FILE: vscode.DebugConfiguration = {
  name: "Python: this file",
  type: TYPE,
  request: "launch",
  program: "${file}",
  console: "integratedTerminal",
};

export function activate(context: vscode.ExtensionContext): void {
  const configurations: vscode.DebugConfigurationProvider = {
    provideDebugConfigurations: () => [THIS_FILE],
    resolveDebugConfiguration,
    resolveDebugConfigurationWithSubstitutedVariables,
  };
  context.subscriptions.push(
    vscode.debug.registerDebugAdapterDescriptorFactory(TYPE, { createDebugAdapterDescriptor }),
    vscode.debug.registerDebugConfigurationProvider(TYPE, configurations),
    vscode.debug.registerDebugConfigurationProvider(
      TYPE,
      configurations,
      vscode.DebugConfigurationProviderTriggerKind.Dynamic,
    ),
  );
}

/** Fills in what an empty configuration leaves out. `undefined` stops the start. */
function resolveDebugConfiguration(
  _folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): vscode.DebugConfiguration | undefined {
  if (configuration.type || configuration.request || configuration.name) {
    return configuration;
  }
  if (vscode.window.activeTextEditor?.document.languageId === "python") {
    return THIS_FILE;
  }
  void vscode.window.showInformationMessage("Open a Python file to debug it, or write a launch.json.");
  return undefined;
}

/** Stops the start where there is no executable, before VS Code blames launch.json for it. */
function resolveDebugConfigurationWithSubstitutedVariables(
  folder: vscode.WorkspaceFolder | undefined,
  configuration: vscode.DebugConfiguration,
): vscode.DebugConfiguration | undefined {
  // With `debugServer`, VS Code connects to a server that runs already.
  if (configuration.debugServer !== undefined) {
    return configuration;
  }
  try {
    executable(folder);
    return configuration;
  } catch (error) {
    if (!(error instanceof NotFound)) {
      throw error;
    }
    void offerSettings(error.message);
    return undefined;
  }
}

function createDebugAdapterDescriptor(session: vscode.DebugSession): vscode.DebugAdapterDescriptor {
  const folder = session.workspaceFolder;
  const options = folder && { cwd: folder.uri.fsPath };
  return new vscode.DebugAdapterExecutable(executable(folder), ["dap"], options);
}

/** Where `lasti` is for sessions in this folder; throws `NotFound`. */
function executable(folder: vscode.WorkspaceFolder | undefined): string {
  const setting = vscode.workspace.getConfiguration("lasti", folder).get<string>("path", "");
  return locate(setting, folder?.uri.fsPath, process.env);
}

async function offerSettings(message: string): Promise<void> {
  const settings = "Open Settings";
  if ((await vscode.window.showErrorMessage(message, settings)) !== settings) {
    return;
  }
  // The setting is the machine's: in a remote window the user's settings do not show it.
  const remote = vscode.env.remoteName !== undefined;
  const command = remote ? "workbench.action.openRemoteSettings" : "workbench.action.openSettings";
  await vscode.commands.executeCommand(command, { query: "lasti.path" });
}
