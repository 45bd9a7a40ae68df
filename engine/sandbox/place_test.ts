import { equal, ok, rejects, throws } from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { configMap, core, openFixture } from "./_fixture.ts";
import { resetSandbox, sandboxFile } from "./place.ts";

Deno.test("sandboxFile() follows the customs of each operating system", () => {
  const home = "/home/me";
  equal(sandboxFile({ HOME: home }, "linux"), join(home, ".local", "state", "skeg", "sandbox.sqlite"));
  equal(sandboxFile({ HOME: home, XDG_STATE_HOME: "/state" }, "linux"), join("/state", "skeg", "sandbox.sqlite"));
  equal(
    sandboxFile({ HOME: home }, "darwin"),
    join(home, "Library", "Application Support", "skeg", "sandbox.sqlite"),
  );
  equal(sandboxFile({ LOCALAPPDATA: "/local" }, "win32"), join("/local", "skeg", "sandbox.sqlite"));
});

Deno.test("sandboxFile() names no folder that is not the user's", () => {
  for (const env of [{}, { HOME: "" }, { HOME: "", XDG_STATE_HOME: "", USERPROFILE: "" }]) {
    throws(() => sandboxFile(env, "linux"), { kind: "config", message: /set HOME or XDG_STATE_HOME$/ });
    throws(() => sandboxFile(env, "win32"), { kind: "config", message: /set LOCALAPPDATA or USERPROFILE$/ });
  }
});

Deno.test("resetSandbox() removes the state, and is content when there is none", async () => {
  const folder = await mkdtemp(join(tmpdir(), "place-"));
  try {
    const file = join(folder, "state.sqlite");
    {
      await using t = await openFixture({ file });
      await t.ask("POST", core("configmaps"), configMap("a"));
    }
    ok(existsSync(file));
    await resetSandbox(file);
    ok(!existsSync(file));
    await resetSandbox(file);
    await using t = await openFixture({ file });
    equal((await t.ask("GET", core("configmaps/a"))).status, 404);
  } finally {
    await rm(folder, { recursive: true });
  }
});

Deno.test("resetSandbox() removes nothing but the state of a sandbox", async () => {
  const folder = await mkdtemp(join(tmpdir(), "place-"));
  try {
    const notes = join(folder, "notes.txt"), other = join(folder, "other.sqlite"), empty = join(folder, "empty");
    await writeFile(notes, "dear diary");
    await writeFile(empty, "");
    const database = new DatabaseSync(other);
    database.exec("create table objects (name text)");
    database.close();
    for (const file of [notes, other, folder]) await rejects(resetSandbox(file), { kind: "io" });
    ok(existsSync(notes) && existsSync(other));
    await resetSandbox(empty);
    ok(!existsSync(empty));
  } finally {
    await rm(folder, { recursive: true });
  }
});
