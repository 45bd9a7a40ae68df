/**
 * Fleets for the pages' tests: state files of the sandbox, made by the library and by the storage drivers.
 *
 * @module
 */
import { openSandbox } from "../../engine/sandbox/mod.ts";
import type { Release, StatusCode } from "../../engine/model/mod.ts";
import { createSkeg, type Skeg, SkegError } from "../../mod.ts";
import { configMapDriver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { someRelease } from "../_lib/releases.ts";
import { CANARY, shopChart } from "./_shop_charts.ts";

const DAY = 86_400;

/** A library on a state file whose clock is set by the caller. */
interface PastSkeg {
  readonly skeg: Skeg;
  /** Sets the age of what is recorded next. */
  readonly setAge: (seconds: number) => void;
}

function pastSkeg(file: string): PastSkeg {
  let ageSeconds = 0;
  const clock = () => ({ seconds: Math.floor(Date.now() / 1000) - ageSeconds, nanos: 0 });
  return { skeg: createSkeg({ sandbox: file, clock }), setAge: (seconds) => ageSeconds = seconds };
}

/** The first line of the log of `web`'s pods; the second one holds a secret. */
export const LOG_LINE = "\u001b[32mGET\u001b[0m /healthz 200";

/**
 * Three releases: `web` in `shop` has five revisions and crashes, the upgrade of `orders` failed in its hook, and `redis` in
 * `cache` is well.
 */
export async function seedShop(file: string): Promise<void> {
  const { skeg, setAge } = pastSkeg(file);
  try {
    for (const namespace of ["shop", "cache"]) await makeNamespace(file, namespace);
    const log = `${LOG_LINE}\nconnected with ${CANARY}\n`;
    setAge(60 * DAY);
    await skeg.install(shopChart("web", "1.3.1"), { name: "web", namespace: "shop", values: { log } });
    setAge(50 * DAY);
    await skeg.upgrade("web", shopChart("web", "1.3.1"), { values: { log, greeting: "good day" } });
    setAge(40 * DAY);
    await skeg.upgrade("web", shopChart("web", "1.3.2"), { values: { log, greeting: "good day" } });
    setAge(18 * DAY);
    await skeg.upgrade("web", shopChart("web", "1.4.0"), { values: { log, greeting: "good day", replicas: 2 } });
    setAge(120);
    const image = { tag: "2.0" };
    await skeg.upgrade("web", shopChart("web", "1.4.0"), {
      values: { log, greeting: "good day", replicas: 2, image, fault: "crash" },
    });
    setAge(30 * DAY);
    await skeg.install(shopChart("orders", "0.9.0"), { name: "orders", namespace: "shop" });
    setAge(3 * 3600);
    await failing(() => skeg.upgrade("orders", shopChart("orders", "0.9.1"), { values: { failMigration: true } }));
    setAge(212 * DAY);
    await skeg.install(shopChart("redis", "10.5.7", "5.0.7"), { name: "redis", namespace: "cache" });
  } finally {
    await skeg.close();
  }
}

/** Runs an operation that must fail. */
async function failing(operation: () => Promise<unknown>): Promise<void> {
  try {
    await operation();
  } catch (error) {
    if (error instanceof SkegError) return;
    throw error;
  }
  throw new Error("the operation should have failed");
}

async function makeNamespace(file: string, name: string): Promise<void> {
  const sandbox = await openSandbox({ file });
  const body = JSON.stringify({ apiVersion: "v1", kind: "Namespace", metadata: { name } });
  await (await sandbox.transport({ method: "POST", path: "/api/v1/namespaces", body })).body?.cancel();
  await sandbox.close();
}

/** The size of a fleet that has records and no objects. */
export interface FleetSize {
  readonly releases: number;
  readonly revisions: number;
}

/** Name of a release of {@linkcode seedRecords}: `app-007`. */
export function appName(index: number): string {
  return `app-${String(index).padStart(3, "0")}`;
}

/** Status of the newest revision of a release of {@linkcode seedRecords}. */
export function newestStatus(index: number): StatusCode {
  if (index % 20 === 9) return "FAILED";
  if (index % 50 === 17) return "PENDING_UPGRADE";
  return index % 40 === 39 ? "DELETED" : "DEPLOYED";
}

/** Writes records through the driver that commands use; the objects in the manifests do not exist. */
export async function seedRecords(file: string, { releases, revisions }: FleetSize): Promise<void> {
  await withDriver(file, async (create) => {
    const now = Math.floor(Date.now() / 1000);
    for (let index = 0; index < releases; index++) {
      const first = now - (index + 1) * 3600 - revisions * DAY;
      for (let revision = 1; revision <= revisions; revision++) {
        const status = revision === revisions ? newestStatus(index) : "SUPERSEDED";
        await create(record(index, revision, status, { first, last: first + revision * DAY }));
      }
    }
  });
}

type Create = (release: Release) => Promise<void>;

async function withDriver(file: string, write: (create: Create) => Promise<void>): Promise<void> {
  const sandbox = await openSandbox({ file });
  try {
    const driver = configMapDriver(objectCallOf(sandbox.transport), "kube-system");
    await write(async (release) => {
      await driver.create(release);
    });
  } finally {
    await sandbox.close();
  }
}

function record(
  index: number,
  revision: number,
  status: StatusCode,
  { first, last }: { readonly first: number; readonly last: number },
): Release {
  const name = appName(index);
  const chart = ["web", "redis", "mysql", "jenkins"][index % 4] ?? "web";
  return someRelease({
    name,
    namespace: `team-${String(index % 16).padStart(2, "0")}`,
    revision,
    status,
    chart: {
      metadata: { name: chart, version: `${1 + index % 3}.${revision}.0`, appVersion: "1.0" },
      templates: [{ path: "templates/a.yaml", data: new TextEncoder().encode("kind: ConfigMap\n") }],
      dependencies: [],
      files: [],
    },
    config: { raw: `image:\n  tag: "${revision}"\n` },
    manifest: "\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\n" +
      `metadata: {name: ${name}}\ndata: {revision: "${revision}"}\n`,
    info: {
      status: { code: status, resources: "", notes: `This is ${name}.\n` },
      firstDeployed: { seconds: first, nanos: 0 },
      lastDeployed: { seconds: last, nanos: 0 },
      description: revision === 1 ? "Install complete" : "Upgrade complete",
    },
  });
}

/** Markup that must be shown as text: a script that would run, a picture that would be fetched, and a closing tag. */
export const MARKUP = `<script>window.hacked=1</script><img src=x onerror="window.hacked=1">`;
/** Text whose reading direction is turned round by U+202E. */
export const TURNED = "safe\u202Egpj.exe";

/**
 * Releases whose every text is hostile: markup in the chart's name, the namespace, the description, the values, the manifest
 * and the notes; characters that change the reading direction; notes of one megabyte; a name at the limit; a record that cannot
 * be decoded; and one without a chart.
 */
export async function seedHostile(file: string): Promise<void> {
  const longest = `${"long-".repeat(10)}name`;
  await withDriver(file, async (create) => {
    await create(hostile("markup", MARKUP, `${MARKUP}\n</textarea></pre>${TURNED}\n`));
    await create(hostile("turned", TURNED, `${TURNED}\u0007\u001b[31mred\u001b[0m\n`));
    await create(hostile("large-notes", "web", "x".repeat(1 << 20)));
    await create(hostile(longest, "a-chart-with-a-name-that-is-much-longer-than-any-column-is-wide", "short\n"));
    const { chart: _none, ...bare } = hostile("no-chart", "web", "");
    await create(bare);
  });
  const sandbox = await openSandbox({ file });
  const labels = { NAME: "broken", OWNER: "TILLER", STATUS: "DEPLOYED", VERSION: "1" };
  const body = JSON.stringify({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: "broken.v1", namespace: "kube-system", labels },
    data: { release: "bm90IGEgcmVjb3Jk" },
  });
  const answer = await sandbox.transport({ method: "POST", path: "/api/v1/namespaces/kube-system/configmaps", body });
  await answer.body?.cancel();
  await sandbox.close();
}

function hostile(name: string, text: string, notes: string): Release {
  return someRelease({
    name,
    namespace: name === "markup" ? "a/../<b>?x#y" : "default",
    status: "DEPLOYED",
    chart: {
      metadata: {
        name: text,
        version: "1.0.0",
        appVersion: text,
        description: text,
        icon: "https://elsewhere.example/i.png",
      },
      templates: [{ path: "templates/a.yaml", data: new TextEncoder().encode("kind: ConfigMap\n") }],
      values: { raw: `text: ${JSON.stringify(text)}\n` },
      dependencies: [],
      files: [{ path: "README.md", data: new TextEncoder().encode(`![](https://elsewhere.example/r.png)\n${text}\n`) }],
    },
    config: { raw: `text: ${JSON.stringify(text)}\n"<b>key</b>": 1\n` },
    manifest: "\n---\n# Source: site/templates/a.yaml\napiVersion: v1\nkind: ConfigMap\n" +
      `metadata: {name: ${name}}\ndata: {text: ${JSON.stringify(text)}}\n`,
    info: {
      status: { code: "DEPLOYED", resources: "", notes },
      firstDeployed: { seconds: 1_575_195_072, nanos: 0 },
      lastDeployed: { seconds: 1_575_195_072, nanos: 0 },
      description: text,
    },
  });
}

/** Releases with real objects, installed by the library: a Deployment with a pod, a Service, a ConfigMap and a Secret each. */
export async function seedSmall(file: string, releases: number): Promise<void> {
  const { skeg } = pastSkeg(file);
  const chart = shopChart("web", "1.0.0");
  try {
    for (let team = 0; team < 16; team++) await makeNamespace(file, `team-${String(team).padStart(2, "0")}`);
    for (let index = 0; index < releases; index++) {
      const namespace = `team-${String(index % 16).padStart(2, "0")}`;
      const values = index % 25 === 7 ? { fault: "crash" } : {};
      await skeg.install(chart, { name: appName(index), namespace, values });
    }
  } finally {
    await skeg.close();
  }
}
