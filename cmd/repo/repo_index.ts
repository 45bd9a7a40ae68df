/**
 * `repo index`: writes the index of a folder of archives.
 *
 * Source: Helm 2.17.0, `cmd/helm/repo_index.go`.
 *
 * @module
 */
import { resolve } from "node:path";
import { indexFolder } from "../../engine/chart/repo/mod.ts";
import { defineCommand, defineFlags } from "../_lib/command.ts";
import { requireArgs } from "../_lib/flags.ts";

/** `repo index`. */
export const command = defineCommand({
  usage: "[flags] [DIR]",
  completes: { sources: ["folder"] },
  long: `
Writes DIR/index.yaml, which makes a folder of packaged charts a chart repository.
It lists archives in the folder and in its direct subfolders.

Addresses in the index are relative unless '--url' says where DIR will be found.
'--merge' keeps what an earlier index lists: its entries are added unless the
folder has that version of the chart itself.`,
  example: `  helm repo index dist --url https://charts.example.com
  helm repo index dist --url https://charts.example.com --merge published/index.yaml`,
  flags: defineFlags({
    "merge": { type: "string", complete: "file", usage: "Merge the generated index into the given index" },
    "url": { type: "string", usage: "URL of the chart repository" },
  }),
  run: async ({ args, flags }) => {
    requireArgs(args, "path to a directory");
    await indexFolder(resolve(args[0] ?? ""), { url: flags.url, merge: flags.merge });
  },
});
