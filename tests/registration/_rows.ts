/**
 * The rows of the table of registrations: for each thing that can be added, an example that adds one
 * to a copy of the sources, and the test that it works.
 *
 * @module
 */
import type { Tree } from "./_tree.ts";

/** One row: how a thing is added, and a test that uses it. */
export interface Row {
  /** The thing, as CONTRIBUTING.md names it. */
  readonly thing: string;
  /** The table that gets a line; `undefined` when the thing is found without one. */
  readonly table: string | undefined;
  /** Adds one to the tree. */
  readonly add: (tree: Tree) => void;
  /** A test file that uses what was added. It stands in `tests/registration/` of the copy. */
  readonly test: string;
}

const COMMAND: Row = {
  thing: "A command",
  table: "cmd/mod.ts",
  add(tree) {
    tree.write(
      "cmd/client/greet.ts",
      `import { defineCommand, defineFlags } from "../_lib/command.ts";
import { requireArgs } from "../_lib/flags.ts";

/** \`greet\`. */
export const command = defineCommand({
  usage: "[flags] NAME",
  completes: { sources: ["release"] },
  long: "Prints a greeting for a release.",
  example: "  helm greet web",
  flags: defineFlags({
    "times": { type: "int", usage: "How often to greet", default: 1 },
  }),
  run: ({ flags, args, print }) => {
    requireArgs(args, "name");
    print.out(\`Hello, \${args[0]}\\n\`.repeat(flags.times));
  },
});
`,
    );
    tree.insert(
      "cmd/mod.ts",
      '{ name: "lint", summary:',
      '    { name: "greet", summary: "Greet a release", load: () => import("./client/greet.ts") },',
    );
  },
  test: `import { equal, match } from "node:assert/strict";
import { program } from "../_lib/program.ts";

Deno.test("a new command is listed, described, completed and run", async () => {
  match((await program(["help"])).stdout, /^  greet +Greet a release$/m);
  match((await program(["greet", "--help"])).stdout, /How often to greet \\(default 1\\)/);
  match((await program(["__complete", "gr"])).stdout, /^greet\\t/m);
  equal((await program(["greet", "web", "--times", "2"])).stdout, "Hello, web\\nHello, web\\n");
});
`,
};

const FLAG: Row = {
  thing: "A flag",
  table: undefined,
  add(tree) {
    tree.insert(
      "cmd/client/version.ts",
      '"client": { type: "bool"',
      '    "voice": { type: "string", usage: "How to say it", complete: { words: ["loud", "low"] } },',
    );
  },
  test: `import { deepEqual, match } from "node:assert/strict";
import { program } from "../_lib/program.ts";

Deno.test("a new flag is described, and its value is completed", async () => {
  match((await program(["version", "--help"])).stdout, /--voice string +How to say it/);
  deepEqual((await program(["__complete", "version", "--voice", ""])).stdout.split("\\n").slice(0, 2), ["loud\\t", "low\\t"]);
});
`,
};

const FUNCTION: Row = {
  thing: "A template function",
  table: undefined,
  add(tree) {
    tree.insert(
      "engine/lang/template/funcs/strings.ts",
      "hello: define([]",
      '  shout: define(["string"], (text) => `${text}!`),',
    );
  },
  test: `import { match } from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { program } from "../_lib/program.ts";

Deno.test("a template calls a new function", async () => {
  const folder = mkdtempSync(join(tmpdir(), "skeg-function-"));
  try {
    mkdirSync(join(folder, "site/templates"), { recursive: true });
    writeFileSync(join(folder, "site/Chart.yaml"), "{name: site, version: 0.1.0}\\n");
    writeFileSync(join(folder, "site/templates/a.yaml"), 'said: {{ "hey" | shout | quote }}\\n');
    match((await program(["template", join(folder, "site")])).stdout, /^said: "hey!"$/m);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
`,
};

const STORAGE: Row = {
  thing: "A storage driver",
  table: "storage/kinds.ts",
  add(tree) {
    tree.write(
      "storage/shelf.ts",
      `import type { Driver } from "./driver.ts";
import { memoryDriver, type MemoryStore } from "./memory.ts";

/** The records of this process. */
export const shelf: MemoryStore = new Map();

/** Returns the driver of a shelf. */
export function shelfDriver(store: MemoryStore): Driver {
  return memoryDriver(store);
}
`,
    );
    tree.insert(
      "storage/kinds.ts",
      "} satisfies",
      '  shelf: async () => (({ shelf, shelfDriver }) => shelfDriver(shelf))(await import("./shelf.ts")),',
    );
  },
  test: `import { equal, match } from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { storageKind } from "../../storage/kinds.ts";
import { shelf, shelfDriver } from "../../storage/shelf.ts";
import { driverSuite } from "../_lib/driver_suite.ts";
import { program } from "../_lib/program.ts";
import { someRelease } from "../_lib/releases.ts";

driverSuite("shelf", () => {
  const store: typeof shelf = new Map();
  return { driver: shelfDriver(store), other: shelfDriver(store) };
});

Deno.test("a new storage driver is described, completed and opened by its name", async () => {
  match((await program(["list", "--help"])).stdout, / or shelf/);
  match((await program(["__complete", "list", "--storage", "sh"])).stdout, /^shelf\\t/m);
  const driver = await storageKind("shelf")?.({ call: () => Promise.reject(new Error()), namespace: "", options: {} });
  await driver?.create(someRelease({ revision: 1 }));
  equal(shelf.size, 1);
  const state = join(mkdtempSync(join(tmpdir(), "skeg-shelf-")), "state.db");
  try {
    match((await program(["list", "--all", \`--sandbox=\${state}\`, "--storage", "shelf"])).stdout, /^web /m);
  } finally {
    rmSync(dirname(state), { recursive: true });
  }
});
`,
};

const READINESS: Row = {
  thing: "A readiness rule",
  table: "engine/kube/ready/kinds.ts",
  add(tree) {
    tree.write(
      "engine/kube/ready/signing_request.ts",
      `import type { KubeObject } from "../../model/mod.ts";
import { conditionOf, type ObjectState, unless } from "./state.ts";

/** Ready when the request is approved. */
export function signingState(request: KubeObject): ObjectState {
  return unless(conditionOf(request, "Approved")?.status === "True" ? "" : "not approved yet");
}
`,
    );
    tree.insert(
      "engine/kube/ready/kinds.ts",
      "import { statefulSetRolledOut",
      'import { signingState } from "./signing_request.ts";',
    );
    tree.insert(
      "engine/kube/ready/kinds.ts",
      '{ kind: "Namespace", groups:',
      '  { kind: "CertificateSigningRequest", groups: ["certificates.k8s.io"], strict: signingState },',
    );
  },
  test: `import { deepEqual } from "node:assert/strict";
import { objectState } from "../../engine/kube/ready/mod.ts";

Deno.test("a new readiness rule judges its kind", () => {
  const request = { apiVersion: "certificates.k8s.io/v1", kind: "CertificateSigningRequest", metadata: { name: "a" } };
  deepEqual(objectState(request), { state: "progress", reason: "not approved yet" });
  const status = { conditions: [{ type: "Approved", status: "True" }] };
  deepEqual(objectState({ ...request, status }).state, "ready");
});
`,
};

const REMOVED: Row = {
  thing: "A removed API version",
  table: undefined,
  add(tree) {
    tree.edit("engine/kube/served/removed_apis.json", (text) => {
      const table = JSON.parse(text) as { families: unknown[] };
      table.families.push({
        kind: "Gadget",
        namespaced: true,
        sameObject: true,
        members: [
          { apiVersion: "gadgets.k8s.io/v1", introduced: "1.30" },
          { apiVersion: "gadgets.k8s.io/v1beta1", introduced: "1.28", deprecated: "1.30", removed: "1.34" },
        ],
        conversions: {
          "gadgets.k8s.io/v1beta1": {
            to: "gadgets.k8s.io/v1",
            level: "structural",
            structure: [{ op: "move", from: "spec.size", to: "spec.sizeBytes" }],
          },
        },
        resource: "gadgets",
      });
      return JSON.stringify(table, null, 2);
    });
  },
  test: `import { deepEqual, match } from "node:assert/strict";
import { describeRemoved, mapRemovedApi } from "../../engine/kube/served/mod.ts";

Deno.test("objects of a version that was removed are mapped to its successor", () => {
  const isServed = (apiVersion: string): boolean => apiVersion === "gadgets.k8s.io/v1";
  const old = { apiVersion: "gadgets.k8s.io/v1beta1", kind: "Gadget", metadata: { name: "a" }, spec: { size: 1 } };
  const { apiVersion, spec } = mapRemovedApi(old, { isServed }).object;
  deepEqual([apiVersion, spec], ["gadgets.k8s.io/v1", { sizeBytes: 1 }]);
  match(describeRemoved("gadgets.k8s.io/v1beta1", "Gadget", isServed), /1\\.34/);
});
`,
};

const KIND: Row = {
  thing: "A sandbox kind",
  table: "engine/sandbox/kinds/table.ts",
  add(tree) {
    tree.write(
      "engine/sandbox/kinds/volume_driver.ts",
      `import { child, fill } from "../json.ts";
import { type Controller, editObject, metaOf } from "../machine.ts";
import { nameOf } from "../tables/format.ts";
import type { Kind } from "./kind.ts";

const RESOURCE = "storage.k8s.io/csidrivers";

const controller: Controller = {
  name: "volume-driver",
  interest: ({ key, after }) => key.resource === RESOURCE && after !== undefined ? [key.name] : [],
  reconcile(machine, name) {
    editObject(machine, { resource: RESOURCE, namespace: "", name }, (driver) => {
      (metaOf(driver).annotations ??= {})["seen"] = "true";
    });
  },
};

/** CSIDrivers. */
export const volumeDrivers: Kind = {
  resource: RESOURCE,
  rules: { defaults: (driver) => fill(child(driver, "spec"), "podInfoOnMount", true) },
  controller,
  cells: (driver) => [nameOf(driver), "by its own row"],
};
`,
    );
    tree.insert(
      "engine/sandbox/kinds/table.ts",
      "import type { Kind }",
      'import { volumeDrivers } from "./volume_driver.ts";',
    );
    tree.insert("engine/sandbox/kinds/table.ts", "  volumes,", "  volumeDrivers,");
  },
  test: `import { deepEqual, equal } from "node:assert/strict";
import { openSandbox } from "../../engine/sandbox/mod.ts";

Deno.test("the sandbox serves a new kind with its defaults, controller and row", async () => {
  const sandbox = await openSandbox();
  const path = "/apis/storage.k8s.io/v1/csidrivers";
  const body = JSON.stringify({ apiVersion: "storage.k8s.io/v1", kind: "CSIDriver", metadata: { name: "a" } });
  const made = await (await sandbox.transport({ method: "POST", path, body })).json();
  equal(made.spec.podInfoOnMount, true);
  await sandbox.settle();
  const later = await (await sandbox.transport({ method: "GET", path: \`\${path}/a\` })).json();
  deepEqual(later.metadata.annotations, { seen: "true" });
  const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
  const table = await (await sandbox.transport({ method: "GET", path, accept })).json();
  deepEqual(table.rows[0].cells, ["a", "by its own row"]);
  await sandbox.close();
});
`,
};

const FINDING: Row = {
  thing: "A finding of doctor",
  table: "engine/release/doctor/table.ts",
  add(tree) {
    tree.write(
      "engine/release/doctor/long_name.ts",
      `/** X1: a long name. */
import type { DoctorCheck } from "./examination.ts";

/** X1. */
export const longName: DoctorCheck = {
  id: "X1",
  name: "long-name",
  scope: "release",
  look: (_, { name }) =>
    Promise.resolve(
      name.length < 20 ? [] : [{
        severity: "note",
        title: "the name is long",
        evidence: [{ source: "name", text: \`\${name.length} characters\` }],
        consequence: "it is hard to type",
        noRepair: "names stay",
      }],
    ),
};
`,
    );
    tree.insert(
      "engine/release/doctor/table.ts",
      "import { pendingInstall }",
      'import { longName } from "./long_name.ts";',
    );
    tree.insert("engine/release/doctor/table.ts", "  pendingInstall, // R1", "  longName, // X1");
  },
  test: `import { match } from "node:assert/strict";
import { withOldRecords } from "../_lib/old_records.ts";

Deno.test("a new finding is reported", () =>
  withOldRecords([{ name: "a-very-long-name-of-a-release", manifest: "" }], async ({ skeg }) => {
    match((await skeg("doctor")).stdout, /^a-very-long-name-of-a-release: note \\(X1\\): the name is long$/m);
  }));
`,
};

/** All rows. To add one, write it above and add it here. */
export const ROWS: readonly Row[] = [COMMAND, FLAG, FUNCTION, STORAGE, READINESS, REMOVED, KIND, FINDING];
