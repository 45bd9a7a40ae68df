import { equal } from "node:assert/strict";
import { join } from "node:path";
import { V8_FLAGS } from "./v8_flags.ts";

const root = join(import.meta.dirname ?? ".", "..");

for (const file of ["deno.json", ".github/workflows/release.yml", "npm/skeg.cjs"]) {
  Deno.test(`${file} sets V8 up as the others do`, async () => {
    const given = (await Deno.readTextFile(join(root, file))).match(/--v8-flags=([^\s"]+)/)?.[1];
    equal(given, V8_FLAGS);
  });
}

Deno.test("this Deno knows the flags", async () => {
  const { code, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-config", `--v8-flags=${V8_FLAGS}`, ""],
  }).output();
  equal(new TextDecoder().decode(stderr), "");
  equal(code, 0);
});
