/**
 * `completion`: a script that makes a shell complete command lines.
 *
 * Source: Helm 2.17.0, `cmd/helm/completion.go`.
 *
 * @module
 */
import { defineCommand } from "../_lib/command.ts";
import { completionScript, type Shell, SHELLS } from "../_lib/completion_scripts.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { quote } from "../../engine/base/mod.ts";

/** `completion`. */
export const command = defineCommand({
  usage: "SHELL",
  completes: { sources: [{ words: SHELLS }] },
  long: `
Prints a script for bash, zsh, fish or PowerShell. Once a shell has read it, the
Tab key completes commands, flags and their values, and names from the cluster and
$HELM_HOME: releases, revisions, namespaces, contexts, charts, repositories.

The cluster is chosen by the other flags on the line ('--kube-context',
'--kubeconfig', '--tiller-namespace', '--sandbox').`,
  example: `  # bash, for this session; in ~/.bashrc for all
  source <(helm completion bash)

  # zsh
  source <(helm completion zsh)

  # fish
  helm completion fish | source

  # PowerShell
  helm completion powershell | Out-String | Invoke-Expression`,
  flags: {},
  run: ({ args, print }) => {
    const [shell] = args;
    if (shell === undefined) {
      throw new UsageError("shell not specified", { type: "choice", text: "", choices: SHELLS });
    }
    if (args.length > 1) {
      throw new UsageError("too many arguments, expected only the shell type", {
        type: "arguments",
        wanted: ["shell"],
        given: args,
      });
    }
    if (!isShell(shell)) {
      throw new UsageError(`unsupported shell type ${quote(shell)}`, { type: "choice", text: shell, choices: SHELLS });
    }
    print.out(completionScript(shell));
    return Promise.resolve();
  },
});

function isShell(word: string): word is Shell {
  return SHELLS.some((shell) => shell === word);
}
