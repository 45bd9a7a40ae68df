/**
 * `__complete`: prints completions of a word, for the scripts of `completion`. Hidden.
 *
 * Its arguments are the words up to the cursor, the unfinished one last, or after `--line` the line as typed.
 * It prints one candidate per line (the word, a TAB, a description), and then one line for the script:
 * `:words`, or `:files` and `:folders` if those are possible too, with `nospace` if the word may continue.
 *
 * @module
 */
import { type Command, type CommandEntry, defineCommand, GLOBAL_FLAGS } from "../_lib/command.ts";
import { type Candidate, commandCandidates, type Question, questionOf } from "../_lib/complete.ts";
import type { Lookup } from "../_lib/complete_sources.ts";
import { findCommand, leadingValues, valuesOf } from "../_lib/parse.ts";
import { memoryPrinter } from "../_lib/print.ts";
import { shellWords } from "../_lib/shell_words.ts";
import { ROOT_FLAGS } from "../_lib/subject.ts";

/** Longest wait: a shell without completions is better than one that hangs. */
const WAIT_MS = 3000;

/** `__complete`, for the commands of a table. */
export function completeCommand(root: CommandEntry): Command {
  return defineCommand({
    usage: "[WORD...]",
    long: "Prints completions of the last word, for the scripts of 'completion'.",
    flags: {},
    verbatim: true,
    run: async ({ args, print, variables, signal, programs }) => {
      const words = args[0] === "--line" ? shellWords(args[1] ?? "", variables).slice(1) : args;
      if (words.length === 0) return;
      const quiet = { variables, programs, print: memoryPrinter() };
      const commands = await withPlugins(root, words, quiet);
      const question = await questionOf(commands, words, variables);
      const limit = AbortSignal.timeout(WAIT_MS);
      const globals = valuesOf(GLOBAL_FLAGS, question.values);
      const lookup = { ...quiet, globals, signal: AbortSignal.any([signal, limit]) };
      const found = [...question.candidates, ...await look(commands, question, lookup)]
        .filter(({ value }) => value.startsWith(question.typed));
      for (const { value, about } of found) print.out(`${question.prefix}${value}\t${oneLine(about)}\n`);
      print.out(`:${directive(question, found)}\n`);
    },
  });
}

/** Returns the table, with the commands of plugins if the first word may be one. */
async function withPlugins(
  root: CommandEntry,
  words: readonly string[],
  outside: Pick<Lookup, "variables" | "programs" | "print">,
): Promise<CommandEntry> {
  const { path } = findCommand(root, words.slice(0, -1), ROOT_FLAGS);
  if (path.length > 1 && path.at(-1)?.name !== "help") return root;
  const { pluginCommands } = await import("../_lib/plugins.ts");
  const globals = leadingValues(words, GLOBAL_FLAGS, outside.variables);
  return { ...root, children: [...root.children ?? [], ...pluginCommands({ ...outside, globals })] };
}

/** Returns the first line of a description, shortened. */
function oneLine(about: string): string {
  return (about.split("\n")[0] ?? "").slice(0, 120);
}

function directive({ source }: Question, found: readonly Candidate[]): string {
  const also = source === "file" || source === "chart" ? "files" : source === "folder" ? "folders" : "words";
  const open = source === "chart" && found.some(({ value }) => value.endsWith("/"));
  return open ? `${also} nospace` : also;
}

/** Looks up candidates; returns none when that fails. */
async function look(root: CommandEntry, question: Question, lookup: Lookup): Promise<readonly Candidate[]> {
  const { source, args, typed } = question;
  if (source === undefined || source === "file" || source === "folder") return [];
  if (typeof source === "object") return source.words.map((value) => ({ value, about: "" }));
  if (source === "command") return commandCandidates(findCommand(root, args, ROOT_FLAGS).path.at(-1));
  const sources = await import("../_lib/complete_sources.ts");
  try {
    switch (source) {
      case "chart":
        return await sources.charts(lookup, typed);
      case "chart-version":
        return await sources.chartVersions(lookup, args.at(-1) ?? "");
      case "context":
        return await sources.contexts(lookup);
      case "namespace":
        return await sources.namespaces(lookup);
      case "plugin":
        return await sources.plugins(lookup);
      case "release":
        return (await sources.releases(lookup)).filter(({ value }) => !args.includes(value));
      case "repository":
        return await sources.repositories(lookup);
      case "revision":
        return args[0] === undefined ? [] : await sources.revisions(lookup, args[0]);
    }
  } catch {
    return []; // no cluster, no kubeconfig, no list of repositories: nothing to offer
  }
}
