/**
 * Release records with content that no Tiller writes: every command that shows
 * or changes releases prints them or says what is wrong, and the records beside
 * them are shown as ever.
 *
 * @module
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { join } from "node:path";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Release } from "../../engine/model/mod.ts";
import { encodeRecord, recordLabels, releaseKey } from "../../storage/mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";
import { someRelease } from "../_lib/releases.ts";

const HUGE = Number.MAX_SAFE_INTEGER;
const chart = (metadata: Record<string, unknown>) =>
  ({ metadata: { name: "c", version: "1.0.0", ...metadata }, templates: [], dependencies: [], files: [] }) as never;

/** Parts of a release that are odd. */
const ODD: Readonly<Record<string, Parameters<typeof someRelease>[0]>> = {
  "times that no calendar has": {
    info: {
      firstDeployed: { seconds: HUGE, nanos: 5 },
      lastDeployed: { seconds: -HUGE, nanos: -5 },
      deleted: { seconds: HUGE, nanos: 2 ** 31 - 1 },
    },
  },
  "no times": { info: { firstDeployed: undefined, lastDeployed: undefined } as never },
  "no chart": { chart: undefined as never },
  "a chart without a name": { chart: chart({ name: "", version: "" }) },
  "a version that is none": { chart: chart({ version: "x/../y", appVersion: "\0" }) },
  "no values": { config: undefined as never },
  "values that are no YAML": { config: { raw: "a: [" } },
  "values that are a list": { config: { raw: "- 1\n" } },
  "values that grow": {
    config: {
      raw: [..."abcdefghij"].map((name, at, all) =>
        `${name}: &${name} [${`*${all[at - 1]},`.repeat(at === 0 ? 0 : 10)}]`
      ).join("\n"),
    },
  },
  "a manifest that is no YAML": { manifest: "\n---\n# Source: c/a.yaml\na: [\n" },
  "a manifest of texts": { manifest: "---\nhello\n---\n- 1\n---\n5\n" },
  "a manifest that is deep": { manifest: `---\n${"[".repeat(20_000)}` },
  "a manifest without a kind": { manifest: "---\nmetadata: {name: a}\n---\nkind: ''\n" },
  "names of objects that are no names": {
    manifest:
      "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ../../x, namespace: '../y'}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: [1]}\n",
  },
  "a kind that is a path": { manifest: "---\napiVersion: ../../x/v1\nkind: ../Secret\nmetadata: {name: a}\n" },
  "hooks without anything": {
    hooks: [{
      name: "",
      kind: "",
      path: "",
      manifest: "",
      events: [],
      weight: 0,
      deletePolicies: [],
      deleteTimeoutSeconds: 0,
    }],
  },
  "hooks that are no YAML": {
    hooks: [{
      name: "h",
      kind: "Job",
      path: "p",
      manifest: "a: [",
      events: ["pre-delete", "pre-upgrade", "unknown"],
      weight: 2 ** 31 - 1,
      deletePolicies: ["before-hook-creation"],
      deleteTimeoutSeconds: HUGE,
    }],
  },
  "an unknown status": { status: "UNKNOWN" },
  "notes that control a terminal": {
    info: { description: "\x1b]52;c;eA==\x07", status: { code: "DEPLOYED", resources: "\x1b[2J", notes: "\x1b[2J\0" } },
  },
  "a namespace that is a path": { namespace: "../../secrets" },
  "no namespace": { namespace: "" },
  "test runs without anything": {
    info: {
      status: {
        code: "DEPLOYED",
        resources: "",
        notes: "",
        lastTestSuiteRun: { results: [{ name: "", status: "UNKNOWN", info: "" }] },
      },
    },
  },
};

async function put(file: string, release: Release, text = encodeRecord(release)): Promise<void> {
  const sandbox = await openSandbox({ file });
  const object = {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: releaseKey(release.name, release.revision), labels: recordLabels(release) },
    data: { release: text },
  };
  const path = "/api/v1/namespaces/kube-system/configmaps";
  const answer = await sandbox.transport({ method: "POST", path, body: JSON.stringify(object) });
  equal(answer.status, 201, await answer.text());
  await sandbox.close();
}

const COMMANDS: readonly (readonly string[])[] = [
  ["list", "--all"],
  ["list", "--all", "--output", "json"],
  ["history", "odd"],
  ["status", "odd"],
  ["status", "odd", "-o", "yaml"],
  ["get", "odd"],
  ["get", "values", "odd", "--all"],
  ["get", "hooks", "odd"],
  ["get", "notes", "odd"],
  ["rollback", "odd", "1", "--dry-run"],
  ["delete", "odd", "--dry-run"],
  ["delete", "--purge", "odd"],
];

/** Words of the runtime, which say nothing to a person. */
const RUNTIME_WORDS =
  /TypeError|RangeError|is not a function|is not iterable|Cannot read|call stack|NaN|undefined|\[object /;

Deno.test(`records with odd content: ${Object.keys(ODD).length} records, ${COMMANDS.length} commands each`, () =>
  inFolder({}, async (folder) => {
    const problems: string[] = [];
    for (const [at, [what, sketch]] of Object.entries(ODD).entries()) {
      const file = join(folder, `${at}.db`);
      await put(file, someRelease({ name: "sound", manifest: "" }));
      await put(file, someRelease({ name: "odd", ...sketch }));
      for (const command of COMMANDS) {
        const variables = { HOME: folder };
        const { code, stdout, stderr } = await program([...command, `--sandbox=${file}`], { variables });
        const isShown = command[0] !== "list" || /\bsound\b/.test(stdout);
        if ([0, 1].includes(code) && isShown && !RUNTIME_WORDS.test(stdout + stderr)) continue;
        problems.push(`${what}: ${command.join(" ")}: ${code} ${stdout.slice(0, 300)} ${stderr.slice(0, 400)}`);
      }
    }
    deepEqual(problems, []);
  }));

Deno.test("a record that cannot be decoded is left out, and the others are listed: 8 records", () =>
  inFolder({}, async (folder) => {
    const file = join(folder, "state.db");
    const sound = someRelease({ name: "sound", manifest: "" });
    await put(file, sound);
    const damaged = [
      "!",
      "AAAA",
      "H4sIAAAAAAAC/w==",
      "=",
      "____",
      encodeRecord(sound).slice(0, -8),
      btoa("\x1a\x7f"),
      `${"\n".repeat(1000)}!`,
    ];
    for (const [at, text] of damaged.entries()) await put(file, someRelease({ name: `bad-${at}` }), text);
    const { code, stdout, stderr } = await program(["list", `--sandbox=${file}`], { variables: { HOME: folder } });
    equal(code, 0, stderr);
    match(stdout, /^sound\b/m);
    ok(!/^bad-/m.test(stdout), stdout);
    equal(stderr.split("\n").filter((line) => line.includes("cannot be read")).length, damaged.length, stderr);
  }));
