/**
 * Records that were left broken are repaired; then the real Helm 2 with its Tiller lists, upgrades, rolls back and deletes the
 * release. Undo restores the records byte for byte.
 */
import { deepEqual, equal, match, ok } from "node:assert/strict";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { KubeObject, StatusCode } from "../../engine/model/mod.ts";
import { configMapDriver, type Driver } from "../../storage/mod.ts";
import { objectCallOf } from "../_lib/object_call.ts";
import { type Arena, good, LACKING, together } from "./_two_programs.ts";

/** A broken state, and its repair. */
interface RepairStory {
  readonly fix: string;
  /** Breaks a release `web` with three revisions: red, green and blue. */
  readonly breaks: (bench: Workbench) => Promise<void>;
  readonly flags?: readonly string[];
  /** Statuses by content after the repair. */
  readonly after: string;
}

/** The release and ways to break it. */
interface Workbench extends Arena {
  readonly chart: string;
  readonly driver: Driver;
  /** Changes the status of a revision, in label and content. */
  readonly mark: (revision: number, status: StatusCode) => Promise<void>;
  /** Changes the object of a record. */
  readonly edit: (
    key: string,
    change: (object: KubeObject & { data?: Record<string, string> }) => KubeObject,
  ) => Promise<void>;
}

const relabel = (labels: Record<string, string | undefined>) => (object: KubeObject): KubeObject => {
  const all = Object.entries({ ...object.metadata?.labels, ...labels }).filter(([, value]) => value !== undefined);
  return { ...object, metadata: { ...object.metadata, labels: Object.fromEntries(all) as Record<string, string> } };
};

/** Cuts off a record: keeps so many characters, or leaves so many out at its end. */
const cut = (end: number) => (object: KubeObject & { data?: Record<string, string> }): KubeObject =>
  ({ ...object, data: { release: (object.data?.release ?? "").slice(0, end) } }) as KubeObject;

const STORIES: readonly RepairStory[] = [
  {
    fix: "settle",
    flags: ["--as", "failed", "--older-than", "0s"],
    breaks: async ({ mark }) => {
      await mark(3, "PENDING_UPGRADE");
      await mark(2, "DEPLOYED");
    },
    after: "1 SUPERSEDED, 2 DEPLOYED, 3 FAILED",
  },
  {
    fix: "settle",
    flags: ["--as", "deployed", "--older-than", "0s"],
    breaks: async ({ mark }) => {
      await mark(3, "PENDING_UPGRADE");
      await mark(2, "DEPLOYED");
    },
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "settle",
    flags: ["--as", "deployed", "--older-than", "0s"],
    breaks: ({ mark }) => mark(3, "DELETING"),
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "dedupe",
    breaks: ({ mark }) => mark(2, "DEPLOYED"),
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "promote",
    breaks: ({ mark }) => mark(3, "FAILED"),
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "relabel",
    flags: ["--truth", "content"],
    breaks: async ({ edit }) => {
      await edit("web.v3", relabel({ STATUS: "FAILED" }));
      await edit("web.v1", relabel({ OWNER: undefined, NAME: undefined }));
    },
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "relabel",
    flags: ["--truth", "label"],
    breaks: async ({ mark, edit }) => {
      await mark(3, "FAILED");
      await edit("web.v3", relabel({ STATUS: "DEPLOYED" }));
    },
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "quarantine",
    breaks: ({ edit }) => edit("web.v2", cut(40)),
    after: "1 SUPERSEDED, 3 DEPLOYED",
  },
  {
    fix: "salvage",
    breaks: ({ edit }) => edit("web.v3", cut(-16)),
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
  { fix: "prune", flags: ["--keep", "1"], breaks: async () => {}, after: "3 DEPLOYED" },
  { fix: "slim", breaks: async () => {}, after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED" },
  {
    fix: "map-apis",
    breaks: async () => {},
    after: "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED",
  },
];

function makeChart(folder: string): string {
  const chart = join(folder, "site");
  mkdirSync(join(chart, "templates"), { recursive: true });
  writeFileSync(join(chart, "Chart.yaml"), "{name: site, version: 0.1.0}\n");
  writeFileSync(join(chart, "values.yaml"), "{colour: red}\n");
  writeFileSync(
    join(chart, "templates/config.yaml"),
    "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Release.Name }}-config}\ndata: {colour: {{ .Values.colour }}}\n",
  );
  return chart;
}

async function workbench(arena: Arena): Promise<Workbench> {
  const { namespace, helm, folder } = arena;
  const call = objectCallOf(arena.cluster.transport);
  const place = `${namespace}-records`;
  const driver = configMapDriver(call, place);
  const chart = makeChart(folder);
  good(await helm("install", chart, "--name", "web", "--namespace", namespace));
  for (const colour of ["green", "blue"]) good(await helm("upgrade", "web", chart, "--set", `colour=${colour}`));
  return {
    ...arena,
    chart,
    driver,
    mark: async (revision, code) => {
      const release = await driver.get(`web.v${revision}`);
      const { info } = release;
      const deleted = code === "DELETING" ? { deleted: { seconds: 1_000_000, nanos: 0 } } : {};
      await driver.update({ ...release, info: { ...info, ...deleted, status: { ...info.status, code } } });
    },
    edit: async (key, change) => {
      const path = `/api/v1/namespaces/${place}/configmaps/${key}`;
      const { body } = await call("GET", path);
      equal((await call("PUT", path, change(body as KubeObject))).status, 200);
    },
  };
}

async function contents(arena: Arena): Promise<unknown> {
  const list = await arena.read(`/api/v1/namespaces/${arena.namespace}-records/configmaps`) as { items?: KubeObject[] };
  return (list.items ?? []).filter(({ metadata }) => metadata?.name !== "kube-root-ca.crt")
    .map((object) => ({ name: object.metadata?.name, labels: object.metadata?.labels, data: object["data" as never] }));
}

/** The real Helm lists, upgrades, rolls back and deletes the release. */
async function goesOn({ helm, records, chart, namespace, read }: Workbench): Promise<void> {
  match(good(await helm("list", "--all")), /^web\s/m);
  good(await helm("upgrade", "web", chart, "--set", "colour=white"));
  const colour = async (): Promise<unknown> => {
    const object = await read(`/api/v1/namespaces/${namespace}/configmaps/web-config`) as {
      data?: { colour?: string };
    };
    return object?.data?.colour;
  };
  equal(await colour(), "white");
  const before = (await records("web")).findLast(({ info }) => info.status.code === "SUPERSEDED");
  good(await helm("rollback", "web", String(before?.revision)));
  ok(await colour() !== "white");
  const deployed = (await records("web")).filter(({ info }) => info.status.code === "DEPLOYED");
  equal(deployed.length, 1);
  good(await helm("delete", "web", "--purge"));
  deepEqual(await records("web"), []);
  equal(await colour(), undefined);
}

for (const { fix, flags = [], breaks, after } of STORIES) {
  Deno.test({
    name: `after repair ${[fix, ...flags].join(" ")} a Tiller goes on with the release`,
    ignore: LACKING,
    sanitizeOps: false,
    sanitizeResources: false,
    fn: () =>
      together(async (arena) => {
        const bench = await workbench(arena);
        await breaks(bench);
        const broken = await contents(arena);
        const backups = join(arena.folder, "backups");
        const done = await arena.skeg("repair", fix, "web", ...flags, "--yes", "--backup", backups);
        equal(done.code, 0, done.stdout + done.stderr);
        const now = async (): Promise<string> =>
          (await arena.records("web")).map(({ revision, info }) => `${revision} ${info.status.code}`).join(", ");
        equal(await now(), after);
        if (fix !== "map-apis") {
          const [archive = ""] = readdirSync(backups);
          good(await arena.skeg("repair", "undo", join(backups, archive), "--yes", "--older-than", "0s"));
          deepEqual(await contents(arena), broken);
          good(await arena.skeg("repair", fix, "web", ...flags, "--yes"));
          equal(await now(), after);
        }
        await goesOn(bench);
      }),
  });
}

Deno.test({
  name:
    "after repair reapply a Tiller goes on with the release, and after forget it knows nothing of it until the undo",
  ignore: LACKING,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    together(async (arena) => {
      const bench = await workbench(arena);
      await arena.send("DELETE", `/api/v1/namespaces/${arena.namespace}/configmaps/web-config`);
      good(await arena.skeg("repair", "reapply", "web", "--yes"));
      equal((await arena.records("web")).at(-1)?.info.status.code, "DEPLOYED");
      const before = await contents(arena);
      const backups = join(arena.folder, "forgotten");
      good(await arena.skeg("repair", "forget", "web", "--yes", "--backup", backups));
      equal(good(await arena.helm("list", "--all")), "");
      const [archive = ""] = readdirSync(backups);
      good(await arena.skeg("repair", "undo", join(backups, archive), "--yes"));
      deepEqual(await contents(arena), before);
      await goesOn(bench);
    }),
});

Deno.test({
  name: "after repair disown a Tiller deletes one release and leaves the object of the other",
  ignore: LACKING,
  sanitizeOps: false,
  sanitizeResources: false,
  fn: () =>
    together(async (arena) => {
      const bench = await workbench(arena);
      const shop = join(arena.folder, "shop");
      mkdirSync(join(shop, "templates"), { recursive: true });
      writeFileSync(join(shop, "Chart.yaml"), "{name: shop, version: 0.1.0}\n");
      const map = (name: string): string =>
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\ndata: {colour: blue}\n`;
      writeFileSync(join(shop, "templates/own.yaml"), map("shop-own"));
      good(await arena.helm("install", shop, "--name", "shop", "--namespace", arena.namespace));
      // A manifest that names the object of another release, as releases of old Tillers do.
      const release = await bench.driver.get("shop.v1");
      await bench.driver.update({ ...release, manifest: `${release.manifest}\n---\n${map("web-config")}` });
      good(await arena.skeg("repair", "disown", "shop", "--object", "ConfigMap/web-config", "--yes"));
      good(await arena.helm("upgrade", "shop", shop));
      good(await arena.helm("delete", "shop", "--purge"));
      ok(await arena.read(`/api/v1/namespaces/${arena.namespace}/configmaps/web-config`) !== undefined);
      await goesOn(bench);
    }),
});
