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

async function createDebugAdapterDescriptor(
  session: vscode.DebugSession,
): Promise<vscode.DebugAdapterDescriptor | undefined> {
  const folder = session.workspaceFolder?.uri.fsPath;
  const setting = vscode.workspace.getConfiguration("lasti", session.workspaceFolder).get<string>("path", "");
  try {
    const executable = locate(setting, folder, process.env);
    return new vscode.DebugAdapterExecutable(executable, ["dap"], folder ? { cwd: folder } : undefined);
  } catch (error) {
    if (!(error instanceof NotFound)) {
      throw error;
    }
    const settings = "Open Settings";
    void vscode.window.showErrorMessage(error.message, settings).then((choice) => {
      if (choice === settings) {
        void vscode.commands.executeCommand("workbench.action.openSettings", "lasti.path");
      }
    });
    throw error;
  }
}
