import { deepEqual, equal } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";

/** A recorded case; see the README beside the files. */
interface ChartCase {
  readonly name: string;
  readonly command: readonly string[];
  readonly files: Record<string, string>;
  readonly crash?: boolean;
  readonly exit?: number;
  readonly stdout?: string;
  readonly warnings?: readonly string[];
  readonly error?: string;
}

const LOGGED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /;
const recorded = readFileSync(new URL("../../testdata/charts/recorded.jsonl", import.meta.url), "utf8");

for (const line of recorded.split("\n").filter((text) => text !== "")) {
  const one = JSON.parse(line) as ChartCase;
  Deno.test(`${one.command[0]} answers as Helm does: ${one.name}`, async () => {
    await inFolder(one.files, async (folder) => {
      const command = one.command.map((word, index) => index === 1 ? `${folder}/${word}` : word);
      const { code, stdout, stderr } = await program(command, {
        variables: { HOME: folder, TZ: "UTC", SKEG_HINTS: "off" },
      });
      if (one.crash) return equal(code, 1);
      equal(stdout.replaceAll(`${folder}/`, ""), one.stdout);
      equal(code, one.exit);
      const lines = stderr.split("\n");
      const warnings = lines.filter((text) => LOGGED.test(text)).map((text) => text.replace(LOGGED, "")).sort();
      deepEqual(warnings, one.warnings ?? []);
      equal(lines.filter((text) => !LOGGED.test(text)).join("\n").trim(), one.error ?? "");
    });
  });
}
