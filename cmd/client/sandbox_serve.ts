/**
 * `sandbox serve`: serves the sandbox over HTTPS, for `kubectl`, a real Tiller and other clients of
 * Kubernetes.
 *
 * @module
 */
import { dirname, join } from "node:path";
import { openSandbox, sandboxFile, serveSandbox } from "../../engine/sandbox/mod.ts";
import { type Context, defineCommand, defineFlags } from "../_lib/command.ts";
import { tellRisk } from "../_lib/log.ts";
import { statusOfSignal } from "../_lib/signals.ts";
import { UsageError } from "../_lib/usage_error.ts";
import { environmentVariables } from "../../app/variables.ts";

const flags = defineFlags({
  port: { type: "int", usage: "Port to listen on; 0 chooses a free one" },
  address: { type: "string", default: "127.0.0.1", usage: "Address to listen on" },
  directory: {
    type: "string",
    usage: "Folder that the kubeconfig is written to (default: beside the sandbox's state)",
  },
});

/** Returns the state file to serve; `undefined` for a state in memory. */
function stateFile(named: string, variables: Context["variables"]): string | undefined {
  if (named === ":memory:") return undefined;
  return ["", "default", "true"].includes(named) ? sandboxPlace(variables) : named;
}

function sandboxPlace(variables: Context["variables"]): string {
  return sandboxFile(environmentVariables(variables));
}

/** Returns the shell command that sets a variable on this system. */
function setVariable(name: string, value: string): string {
  if (Deno.build.os === "windows") return `$env:${name} = "${value}"`;
  return `export ${name}=${/^[\w./@%+=:,-]+$/.test(value) ? value : `'${value.replaceAll("'", "'\\''")}'`}`;
}

async function run(context: Context<typeof flags>): Promise<number | void> {
  const { globals, print, signal, variables, args } = context;
  const { address, directory, port } = context.flags;
  if (args.length > 0) {
    throw new UsageError("This command does not accept arguments", { type: "arguments", wanted: [], given: args });
  }
  const file = stateFile(globals.sandbox, variables);
  const folder = directory || join(dirname(file ?? sandboxPlace(variables)), "served");
  const sandbox = await openSandbox({ file, warn: tellRisk(context) });
  const release = context.holdSignals();
  try {
    const served = await serveSandbox(sandbox, {
      directory: folder,
      port,
      hostname: address,
      signal,
    });
    print.out(`Serving the sandbox at ${served.url}\n`);
    print.out(`${setVariable("KUBECONFIG", served.kubeconfigPath)}\n`);
    await served.finished;
    return statusOfSignal(signal);
  } finally {
    await sandbox.close();
    release();
  }
}

/** `sandbox serve`. */
export const command = defineCommand({
  usage: "",
  long: `
Serves the sandbox over HTTPS until it is interrupted, and writes a kubeconfig
that lets 'kubectl', a real Tiller and other clients use it.

The state is that of '--sandbox': commands with '--sandbox' and clients of the
served sandbox see the same objects, even at the same time. No container ever
runs; the kubeconfig's token is new each time.`,
  example: `
  # Serve, and use kubectl in another window
  helm sandbox serve --port 6443

  # Serve a sandbox without saving its state
  helm sandbox serve --sandbox=:memory:`,
  flags,
  run,
});
