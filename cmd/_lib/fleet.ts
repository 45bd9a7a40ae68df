/**
 * Commands over several contexts: flags, one environment for each context, and the clusters that did not answer.
 *
 * @module
 */
import { SkegError } from "../../errors.ts";
import { fleetContexts, type FleetError, type FleetResult, overContexts } from "../../app/fleet.ts";
import { environmentVariables } from "../../app/variables.ts";
import { shellWord } from "./advice.ts";
import { type Context, defineFlags, type FlagValues } from "./command.ts";
import { withEnvironment, type Workplace } from "./environment.ts";
import type { Printer } from "./print.ts";

/** Time for each cluster when none is given. */
const TIMEOUT_SECONDS = 30;

/** Flags of commands that work over several contexts. */
export const FLEET_FLAGS = defineFlags({
  "all-contexts": { type: "bool", usage: "Work on the clusters of all contexts of the kubeconfig at once" },
  "context-timeout": {
    type: "int",
    seconds: true,
    usage: `With several contexts: time in seconds for each cluster (default ${TIMEOUT_SECONDS})`,
    check: (seconds) => Number(seconds) >= 0 ? undefined : "it must be at least 0",
  },
  "contexts": {
    type: "valueFiles",
    complete: "context",
    usage: "Work on the clusters of these contexts at once, separated by commas",
  },
});

/** The values of {@linkcode FLEET_FLAGS}. */
export type FleetFlagValues = FlagValues<typeof FLEET_FLAGS>;

/** One cluster of several, for the work in it. */
export interface FleetMember extends Pick<Context, "print" | "typeable"> {
  /** The context. */
  readonly name: string;
}

/** Exit status when a cluster gave no result. */
export const INCOMPLETE = 2;

/** True if the flags ask for several contexts. */
export function isFleet(flags: FleetFlagValues): boolean {
  return flags["all-contexts"] || flags.contexts.length > 0;
}

/**
 * Runs `work` in the cluster of each context at the same time. Prints a line for each cluster that gave no result.
 *
 * @throws SkegError of kind `usage` for flags that name one cluster.
 */
export async function overFleet<T>(
  context: Context<typeof FLEET_FLAGS>,
  work: (workplace: Workplace, inner: FleetMember) => Promise<T>,
): Promise<FleetResult<T>> {
  const { flags, given, globals, print, variables, signal } = context;
  for (const name of ["kube-context", "sandbox"] as const) {
    if (globals[name] === "") continue;
    const what = given.has(name) ? `--${name}` : "$SKEG_SANDBOX";
    throw new SkegError("usage", `${what} cannot be used with --contexts or --all-contexts`);
  }
  if (flags["all-contexts"] && flags.contexts.length > 0) {
    throw new SkegError("usage", "--contexts cannot be used with --all-contexts");
  }
  const contexts = await fleetContexts({
    contexts: flags.contexts,
    all: flags["all-contexts"],
    kubeconfig: globals.kubeconfig,
    env: environmentVariables(variables),
  });
  const found = await overContexts(contexts, (name, ended) => {
    const inner = {
      ...context,
      globals: { ...globals, "kube-context": name },
      print: named(print, name),
      signal: ended,
      typeable: (text: string) => context.typeable(inContext(text, name)),
    };
    const member = { name, print: inner.print, typeable: inner.typeable };
    return withEnvironment(inner, (workplace) => work(workplace, member), { tellOfTiller: false });
  }, { timeoutSeconds: flags["context-timeout"] || TIMEOUT_SECONDS, signal });
  tellErrors(found.errors, print);
  return found;
}

/** Adds the context to the command lines in a text, which stand in single quotes. */
function inContext(text: string, name: string): string {
  return text.replaceAll(/'(skeg|kubectl) ([^'\n]+)'/g, (whole, program: string, line: string) => {
    const flag = program === "skeg" ? "--kube-context" : "--context";
    if (line.includes(flag)) return whole;
    // Behind `--` there are no flags.
    const [before = "", ...after] = line.split(/(?= -- )/);
    return `'${program} ${before} ${flag} ${shellWord(name)}${after.join("")}'`;
  });
}

/** Returns a printer that says before each line on standard error which context it is about. */
function named(print: Printer, name: string): Printer {
  return {
    ...print,
    // Live views would write over each other.
    watched: false,
    out: (text, look) => print.out(text, look),
    err: (text, look) => print.err(text.replace(/^(?=.)/gm, `${name}: `), look),
  };
}

function tellErrors(errors: readonly FleetError[], print: Printer): void {
  for (const { context, message, hint } of errors) {
    print.err(`context ${context}: ${message.replaceAll("\n", "; ")}\n`);
    if (hint !== "" && print.hints) print.err(`  ${hint}\n`);
  }
}
