import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileDriver } from "../examples/file_driver.ts";
import { createSkeg, decodeRecord } from "../mod.ts";
import { driverSuite } from "./_lib/driver_suite.ts";
import { inFolder } from "./_lib/folder.ts";

const EXAMPLES = new URL("../examples/", import.meta.url);
const WEB = join(import.meta.dirname ?? ".", "../examples/charts/web");
const PERMISSIONS = ["-R", "-W", "-N", "-E", "-S"];

/** Runs an example as its header says, with fewer permissions than the tests have. */
async function run(command: string, script: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [command, ...PERMISSIONS, "--no-check", new URL(script, EXAMPLES).href, ...args],
    env: { NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).output();
  equal(code, 0, new TextDecoder().decode(stderr));
  return new TextDecoder().decode(stdout);
}

Deno.test("example: install from a script", async () => {
  const told = await run("run", "install.ts", []);
  match(told, /^ {2}create Deployment\/web$/m);
  match(told, /^web revision 1: DEPLOYED\nweb 1\.4\.0 is installed as web in namespace shop\.$/m);
});

Deno.test("example: render in a test", async () => {
  match(await run("test", "render_test.ts", []), /^ok \| 3 passed \| 0 failed/m);
});

Deno.test("example: list a fleet", () =>
  inFolder({}, async (folder) => {
    const sandbox = join(folder, "state.sqlite");
    const skeg = createSkeg({ sandbox });
    for (const name of ["shop", "blog"]) {
      await skeg.install(WEB, { name, namespace: name });
    }
    await skeg.close();
    const lines = (await run("run", "list_fleet.ts", [], { SKEG_SANDBOX: sandbox })).trim().split("\n");
    deepEqual(
      lines.map((line) => JSON.parse(line)),
      ["blog", "shop"].map((name) => ({
        cluster: "sandbox",
        namespace: name,
        name,
        revision: 1,
        status: "DEPLOYED",
        chart: "web-1.4.0",
      })),
    );
    const unknown = JSON.parse(await run("run", "list_fleet.ts", ["nowhere"], { KUBECONFIG: join(folder, "none") }));
    ok(unknown.error.includes("nowhere"));
  }));

Deno.test("example: a custom storage driver", () =>
  inFolder({}, async (folder) => {
    equal(await run("run", "file_driver.ts", [folder]), "web.v2 DEPLOYED\nweb.v1 SUPERSEDED\n");
    deepEqual(readdirSync(folder).sort(), ["web.v1.record", "web.v2.record"]);
    equal(decodeRecord(readFileSync(join(folder, "web.v2.record"), "utf8")).info.description, "Upgrade complete");
  }));

driverSuite("example: fileDriver", () => {
  const folder = mkdtempSync(join(tmpdir(), "skeg-records-"));
  return { driver: fileDriver(folder), other: fileDriver(folder) };
}, { hasPlain: false });
