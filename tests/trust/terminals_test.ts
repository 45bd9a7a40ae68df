/**
 * Text from outside is shown on a terminal with its control characters escaped; a
 * pipe gets it unchanged.
 *
 * @module
 */
import { equal, match, ok } from "node:assert/strict";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { inFolder } from "../_lib/folder.ts";
import { HAS_TERMINAL, onPipes, onTerminal } from "../_lib/terminal.ts";

/** A text that writes to the clipboard, reverses the writing direction, and clears the screen with a C1 control. */
const EVIL = "\u001b]52;c;eA==\u0007\u202e\u009b2J";
/** The same as YAML. */
const EVIL_YAML = "\\e]52;c;eA==\\a\\u202e\\x9b2J";
/** The form in which a terminal shows it. */
const SHOWN = "\\x1b]52;c;eA==\\x07\\u202e\\u009b2J";

/** The program's own escape sequences: colours, and clearing a line. */
// deno-lint-ignore no-control-regex -- they are what is looked for
const OWN = /\u001b\[(?:2|31|33|0)m|\r\u001b\[K/g;

/** Fails when the screen contains a raw control character. */
function checkScreen(text: string, shown = SHOWN): void {
  ok(text.includes(shown), `not on the screen: ${JSON.stringify(text)}`);
  const rest = text.replaceAll(OWN, "").replaceAll("\r\n", "\n");
  // deno-lint-ignore no-control-regex -- they are what is looked for
  const found = /[\0-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200e\u200f\ufffd]/.exec(rest);
  equal(found, null, `executed: ${JSON.stringify(text)}`);
}

/** Wide enough for whole cells. */
const WIDE = { columns: 400 };

/** Runs `work` with a home with a hostile chart and a hostile index, and the variables for it. */
async function withEvil(work: (folder: string, variables: Record<string, string>) => Promise<void>): Promise<void> {
  const chart = {
    "chart/Chart.yaml": `name: web\nversion: 1.0.0\nappVersion: "${EVIL_YAML}"\ndescription: "${EVIL_YAML}"\n`,
    "chart/templates/NOTES.txt": `Hello ${EVIL}\n`,
    "chart/templates/config.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web}\n",
    [`bad/Chart.yaml`]: "name: bad\nversion: 1.0.0\n",
    [`bad/templates/x${EVIL}.yaml`]: "{{ fail .Nothing.More }}\n",
    "home/repository/cache/evil-index.yaml": `apiVersion: v1
entries:
  web:
  - {name: web, version: 1.0.0, appVersion: "${EVIL_YAML}", description: "${EVIL_YAML}", urls: [web-1.0.0.tgz]}
`,
    "home/repository/repositories.yaml": `apiVersion: v1
generated: 2020-01-01T00:00:00Z
repositories: [{name: evil, url: "http://127.0.0.1:9/${EVIL_YAML}", cache: evil-index.yaml}]
`,
  };
  await inFolder(chart, async (folder) => {
    await mkdir(join(folder, "home", "plugins"));
    await work(folder, { HOME: folder, HELM_HOME: join(folder, "home"), SKEG_SANDBOX: join(folder, "state.sqlite") });
  });
}

const options = { ignore: !HAS_TERMINAL };

Deno.test("a terminal shows what a chart and its release hold", options, async () => {
  await withEvil(async (folder, variables) => {
    const install = ["install", join(folder, "chart"), "--name", "web", "--description", `new ${EVIL}`];
    checkScreen((await onTerminal(install, variables, WIDE)).text);
    for (const argv of [["list"], ["history", "web"], ["status", "web"], ["get", "notes", "web"]]) {
      const { code, text } = await onTerminal(argv, variables, WIDE);
      checkScreen(text);
      equal(code, 0);
    }
  });
});

Deno.test("a terminal shows what indexes, charts and lists of repositories hold", options, async () => {
  await withEvil(async (folder, variables) => {
    for (
      const argv of [["search"], ["search", "-l", "web"], ["repo", "list"], [
        "template",
        "--notes",
        join(folder, "chart"),
      ]]
    ) checkScreen((await onTerminal(argv, variables, WIDE)).text);
  });
});

Deno.test("a terminal shows the names of files in messages", options, async () => {
  await withEvil(async (folder, variables) => {
    const { code, text } = await onTerminal(["template", join(folder, "bad")], variables, WIDE);
    checkScreen(text);
    equal(code, 1);
  });
});

Deno.test("a terminal shows raw bytes of a chart", options, async () => {
  await withEvil(async (folder, variables) => {
    const note = new Uint8Array([0x61, 0x9b, 0x32, 0x4a, 0x0a]);
    await writeFile(join(folder, "chart", "templates", "NOTES.txt"), note);
    checkScreen((await onTerminal(["template", "--notes", join(folder, "chart")], variables, WIDE)).text, "a\\x9b2J");
    const { stdout } = await onPipes(["template", "--notes", join(folder, "chart")], variables);
    ok(latin(stdout).includes(latin(note)));
  });
});

Deno.test("a terminal shows the words of an API server", options, async () => {
  const refuse = () =>
    Response.json({ kind: "Status", status: "Failure", code: 403, reason: "Forbidden", message: `no ${EVIL}` }, {
      status: 403,
    });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen: () => {} }, refuse);
  try {
    await withEvil(async (folder, variables) => {
      const kubeconfig = join(folder, "kubeconfig");
      await writeFile(kubeconfig, kubeconfigFor(`http://127.0.0.1:${server.addr.port}`));
      const { code, text } = await onTerminal(
        ["list", "--kubeconfig", kubeconfig],
        { ...variables, SKEG_SANDBOX: "" },
        WIDE,
      );
      checkScreen(text);
      match(text, /^(?:\x1b\[31m)?Error: no /m);
      equal(code, 1);
    });
  } finally {
    await server.shutdown();
  }
});

Deno.test("a pipe gets what others wrote byte for byte", async () => {
  await withEvil(async (folder, variables) => {
    const chart = join(folder, "chart");
    ok(textOf(await onPipes(["install", chart, "--name", "web", "--description", EVIL], variables)).includes(EVIL));
    for (const argv of [["list"], ["history", "web"], ["status", "web"], ["get", "notes", "web"], ["search"]]) {
      ok(textOf(await onPipes(argv, variables)).includes(EVIL), argv.join(" "));
    }
    ok(textOf(await onPipes(["template", join(folder, "bad")], variables)).includes(EVIL));
  });
});

function textOf({ stdout, stderr }: { stdout: Uint8Array; stderr: Uint8Array }): string {
  return new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
}

function latin(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}

function kubeconfigFor(server: string): string {
  return JSON.stringify({
    "apiVersion": "v1",
    "kind": "Config",
    "current-context": "x",
    "clusters": [{ name: "x", cluster: { server } }],
    "contexts": [{ name: "x", context: { cluster: "x", user: "x" } }],
    "users": [{ name: "x", user: {} }],
  });
}
