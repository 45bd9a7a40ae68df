/**
 * Makes the command lines in advice ones that can be typed: under the program's name, and with the flags that
 * chose the cluster.
 *
 * @module
 */
import type { Variables } from "./command.ts";
import { programName } from "./program_name.ts";

/** Flags that choose the cluster, its records, or Helm's folder; all of them take a value. */
const CARRIED = ["kubeconfig", "kube-context", "sandbox", "storage", "tiller-namespace", "home"];
/** Commands that work without a cluster; of the flags above they need `--home` alone. */
const LOCAL = new Set([
  ..."completion create dependency docs fetch help home init inspect lint package plugin push repo search serve".split(
    " ",
  ),
  "template",
  "verify",
]);
/** Commands for which `--namespace` means the same as for the one that failed. */
const NAMESPACED = new Set(["install", "upgrade", "list"]);

/** Command lines in a text stand in single quotes. */
const COMMAND = /'(?:skeg|helm) ([^'\n]+)'/g;

/** Command lines of kubectl: in single quotes, or at the end of a line after a colon or `by`. */
const KUBECTL = /'kubectl ([^'\n]+)'|(?<=: |\bby )kubectl ([^'\n]+)$/gm;
/** Flags that choose the cluster, and those of kubectl that mean the same. */
const OF_KUBECTL = { "kubeconfig": "kubeconfig", "kube-context": "context" } as const;

/**
 * Returns a text in which every quoted command line can be typed. Those of kubectl reach the same cluster.
 *
 * @param argv The command line that failed: flags of it that choose the cluster are added.
 */
export function typeable(text: string, argv: readonly string[], variables: Variables): string {
  const name = programName(variables);
  return withKubectl(text, argv).replaceAll(COMMAND, (_, line: string) => {
    const [command = ""] = line.split(" ").filter((word) => !word.startsWith("-"));
    const wanted = line === "--help" || command === "sandbox" ? [] : LOCAL.has(command) ? ["home"] : CARRIED;
    const flags = [...wanted, ...NAMESPACED.has(command) ? ["namespace"] : []]
      .filter((flag) => !line.includes(`--${flag}`))
      .flatMap((flag) => givenFlag(argv, flag));
    // Behind `--` there are no flags.
    const [before = "", ...after] = line.split(/(?= -- )/);
    return `'${[name, before, ...flags].join(" ")}${after.join("")}'`;
  });
}

/** Adds the flags that chose the cluster to command lines of kubectl. */
function withKubectl(text: string, argv: readonly string[]): string {
  if (!text.includes("kubectl ")) return text;
  const flags = Object.entries(OF_KUBECTL).flatMap(([ours, theirs]) =>
    givenFlag(argv, ours).map((word) => word.replace(`--${ours}`, `--${theirs}`))
  );
  if (flags.length === 0) return text;
  return text.replaceAll(KUBECTL, (_, quoted?: string, bare?: string) => {
    const line = ["kubectl", quoted ?? bare, ...flags].join(" ");
    return quoted === undefined ? line : `'${line}'`;
  });
}

/** Returns the last use of a flag on a command line, as it is typed; `[]` without one. */
function givenFlag(argv: readonly string[], flag: string): string[] {
  const end = argv.indexOf("--");
  const words = end < 0 ? argv : argv.slice(0, end);
  const at = words.findLastIndex((word) => word === `--${flag}` || word.startsWith(`--${flag}=`));
  const word = words[at];
  if (word === undefined) return [];
  if (word.includes("=")) return [shellWord(word)];
  if (flag === "sandbox") return [word];
  const value = words[at + 1];
  return value === undefined ? [] : [word, shellWord(value)];
}

/** True for a word that a shell reads as it stands. */
export function isSuggestible(word: string): boolean {
  return /^[\w./:=@%+,-]+$/.test(word);
}

/** Returns a word as a shell reads it. */
export function shellWord(word: string): string {
  return isSuggestible(word) ? word : `"${word.replaceAll(/[\\"$`]/g, "\\$&")}"`;
}
