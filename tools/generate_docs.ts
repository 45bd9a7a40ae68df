/**
 * Makes `docs/commands/` and `docs/without-tiller.md` from the table of
 * commands. `deno task docs` writes them; a test fails when they are out of date.
 *
 * @module
 */
import { join } from "node:path";
import {
  type CommandEntry,
  COMMANDS,
  CONNECTION_SENTENCES,
  INIT_SENTENCES,
  memoryPrinter,
  REFUSED_SENTENCES,
  runCommand,
  type Sentences,
} from "../cmd/mod.ts";

const docs = join(import.meta.dirname ?? ".", "..", "docs");

/** Returns the generated files: path below `docs/` → text. */
export async function generatedPages(): Promise<ReadonlyMap<string, string>> {
  const pages = new Map<string, string>();
  const folder = await Deno.makeTempDir();
  try {
    await runCommand(["docs", "--dir", folder], {
      // Fixed, so that the pages are the same on every machine.
      variables: (name) => name === "HOME" ? "$HOME" : undefined,
      print: memoryPrinter(),
      signal: new AbortController().signal,
      holdSignals: () => () => {},
      readStdin: () => Promise.resolve(""),
      programs: {
        run: (program) => Promise.reject(new Error(`${program} is not run here`)),
        self: () => [],
      },
    });
    for await (const { name } of Deno.readDir(folder)) {
      pages.set(`commands/${name}`, await Deno.readTextFile(join(folder, name)));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  pages.set("commands/README.md", contents());
  pages.set("without-tiller.md", withoutTiller(await helmCounts()));
  return pages;
}

/** Returns the page with the list of commands. */
function contents(): string {
  const lines = (entry: CommandEntry, path: readonly string[]): string[] =>
    (entry.children ?? [])
      .filter(({ hidden, deprecated }) => !hidden && deprecated === undefined)
      .toSorted((a, b) => a.name < b.name ? -1 : 1)
      .flatMap((child) => {
        const words = [...path, child.name];
        const aliases = child.aliases?.length ? ` (${child.aliases.join(", ")})` : "";
        return [
          `| [${words.slice(1).join(" ")}](${words.join("_")}.md)${aliases} | ${child.summary} |`,
          ...lines(child, words),
        ];
      });
  return `# Commands

Made by \`deno task docs\` from the table of commands. In these pages the program is called \`skeg\`; started
by the name \`helm\`, it calls itself so. Flags that every command has are on the page of [the program itself](skeg.md).

| command | |
|---|---|
${lines(COMMANDS, ["skeg"]).join("\n")}
`;
}

/** Counts of Helm's commands and flags; `cmd/helm2_cli_test.ts` checks each of them. */
interface Counts {
  readonly commands: number;
  readonly aliases: number;
  readonly flags: number;
  readonly shorthands: number;
  readonly idle: number;
}

interface HelmCommand {
  readonly command: string;
  readonly aliases: readonly string[];
  readonly flags: readonly { readonly name: string; readonly shorthand: string | null; readonly global: boolean }[];
}

async function helmCounts(): Promise<Counts> {
  const path = join(docs, "..", "testdata", "cli", "helm2-cli.json");
  const helm = JSON.parse(await Deno.readTextFile(path)) as readonly HelmCommand[];
  // A global flag is counted once, for the program itself.
  const flags = helm.flatMap(({ command, flags }) =>
    flags.filter(({ global }) => !global || command === "helm").map((flag) => ({ ...flag, command }))
  );
  const idle = flags.filter(({ command, name }) =>
    Object.hasOwn(command === "helm init" ? { ...INIT_SENTENCES, ...REFUSED_SENTENCES } : CONNECTION_SENTENCES, name)
  );
  return {
    commands: helm.length,
    aliases: helm.flatMap(({ aliases }) => aliases).length,
    flags: flags.length,
    shorthands: flags.filter(({ shorthand }) => shorthand !== null).length,
    idle: idle.length,
  };
}

/** Returns the page about flags and commands that have no effect without Tiller. */
function withoutTiller(counts: Counts): string {
  const table = (sentences: Sentences) =>
    ["| flag | |", "|---|---|", ...Object.entries(sentences).map(([name, text]) => `| \`--${name}\` | ${text} |`)].join(
      "\n",
    );
  return `# Flags without effect

Made by \`deno task docs\`. Helm 2.17.0 has ${counts.commands} commands (hidden ones and the program itself included) with ${counts.aliases} aliases, and
${counts.flags} flags, of which ${counts.shorthands} have a shorthand. All of them exist here, with the same types, defaults and texts.

${counts.idle} of these flags have no effect, because there is no Tiller. They are listed on this page, and counted for every command that has
them. They are accepted, so that scripts keep working, and one line on standard error says so. Their environment variables, such as
\`HELM_HOST\` and \`HELM_TLS_ENABLE\`, are ignored silently.

\`--tiller-namespace\` and \`TILLER_NAMESPACE\` keep their meaning: they name the namespace of the release records.

## Commands that connected to Tiller

\`delete\`, \`get\`, \`history\`, \`install\`, \`list\`, \`reset\`, \`rollback\`, \`status\`, \`test\`, \`upgrade\`, \`version\`:

${table(CONNECTION_SENTENCES)}

## init

${table(INIT_SENTENCES)}

Some flags must not be ignored silently:

${table(REFUSED_SENTENCES)}
`;
}

if (import.meta.main) {
  const pages = await generatedPages();
  await Deno.remove(join(docs, "commands"), { recursive: true }).catch(() => {});
  await Deno.mkdir(join(docs, "commands"), { recursive: true });
  for (const [name, text] of pages) await Deno.writeTextFile(join(docs, name), text);
}
