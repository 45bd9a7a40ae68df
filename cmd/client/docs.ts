/**
 * `docs`: writes the documentation of all commands as files. Hidden, as in Helm 2.
 *
 * Source: Helm 2.17.0, `cmd/helm/docs.go`.
 *
 * @module
 */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError, SkegError } from "../../errors.ts";
import { type Command, type CommandEntry, defineCommand, defineFlags } from "../_lib/command.ts";
import { completionScript } from "../_lib/completion_scripts.ts";
import { documentation, type Page } from "../_lib/docs.ts";
import { quote } from "../../engine/base/mod.ts";

/** `docs`, for the commands of a table. */
export function docsCommand(root: CommandEntry): Command {
  return defineCommand({
    usage: "",
    long: `
Writes documentation of all commands: a page of Markdown or a manual page for each,
or the completion for bash, into the folder that '--dir' names. It must exist.

'man' finds manual pages in the folder man1 of a folder that $MANPATH names, such as
~/.local/share/man; 'man helm-install' then shows that of 'helm install'.`,
    example: `  helm docs --dir pages
  mkdir -p ~/.local/share/man/man1
  helm docs --dir ~/.local/share/man/man1 --type man`,
    flags: defineFlags({
      "dir": {
        type: "string",
        complete: "folder",
        usage: "Directory to which documentation is written",
        default: "./",
      },
      "type": {
        type: "string",
        complete: { words: ["markdown", "man", "bash"] },
        usage: "The type of documentation to generate (markdown, man, bash)",
        default: "markdown",
      },
    }),
    run: async ({ flags, variables }) => {
      for (const { name, text } of await pagesOf(root, flags.type, variables)) {
        const path = join(flags.dir, name);
        try {
          await writeFile(path, text);
        } catch (error) {
          throw fileError("open", path, error);
        }
      }
    },
  });
}

async function pagesOf(
  root: CommandEntry,
  type: string,
  variables: Parameters<typeof documentation>[2],
): Promise<Page[]> {
  switch (type) {
    case "markdown":
    case "mdown":
    case "md":
      return await documentation(root, "markdown", variables);
    case "man":
      return await documentation(root, "man", variables);
    case "bash":
      return [{ name: "completions.bash", text: completionScript("bash") }];
    default:
      throw new SkegError("usage", `unknown doc type ${quote(type)}. Try 'markdown' or 'man'`);
  }
}
