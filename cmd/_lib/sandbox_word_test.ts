import { doesNotThrow, throws } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import { checkSandboxWord } from "./sandbox_word.ts";

const RELEASE = { sources: ["release"] } as const;
const CHART = { sources: ["chart"] } as const;

Deno.test("checkSandboxWord() refuses a word that can only be the sandbox's file", () => {
  throws(() => checkSandboxWord(["--sandbox", "state.db"], CHART), /--sandbox takes its file after an equals sign/);
  throws(() => checkSandboxWord(["web", "--sandbox", "/tmp/box"], RELEASE), { kind: "usage" });
  throws(() => checkSandboxWord(["--sandbox", "./box"], undefined), { kind: "usage" });
});

Deno.test("checkSandboxWord() refuses a file that is a database, whatever its name", () =>
  inFolder({}, (folder) => {
    const file = join(folder, "box");
    writeFileSync(file, "SQLite format 3\0 and more");
    throws(() => checkSandboxWord(["--sandbox", file], CHART), { kind: "usage" });
    return Promise.resolve();
  }));

Deno.test("checkSandboxWord() leaves charts, releases, flags and words behind -- alone", () => {
  doesNotThrow(() => checkSandboxWord(["--sandbox", "./web"], CHART));
  doesNotThrow(() => checkSandboxWord(["--sandbox", "web"], RELEASE));
  doesNotThrow(() => checkSandboxWord(["--sandbox", "--debug", "x.db"], RELEASE));
  doesNotThrow(() => checkSandboxWord(["--", "--sandbox", "x.db"], RELEASE));
  doesNotThrow(() => checkSandboxWord(["web", "--sandbox"], RELEASE));
});
