/**
 * States in which a migration must stop with a sentence, and must not have done half of it.
 *
 * @module
 */
import { readdirSync } from "node:fs";
import { someRelease } from "../../_lib/releases.ts";
import type { StatusCode } from "../../../engine/model/mod.ts";
import { largeChart } from "./_charts.ts";
import type { Lab } from "./_lab.ts";
import { configManifest, makeNamespace, put, versionsOf } from "./_put.ts";
import { type Check, differs, failure, good, type Stories } from "./_stories.ts";

/** Returns the stories. */
export function heldStories(lab: Lab): Stories {
  return {
    "its namespace is gone": (check) => namespaceGone(lab, check),
    "two Tillers use one name": (check) => colliding(lab, check),
    ...byStatus(lab, "2to3 copies PENDING releases", "pending", ["DEPLOYED", "PENDING_UPGRADE"], {
      code: "pending",
      sentence: /pending\.v2 is PENDING_UPGRADE.*skeg repair settle pending/s,
    }),
    ...byStatus(lab, "a release that is being deleted", "deleting", ["DEPLOYED", "DELETING"], {
      code: "pending",
      sentence: /deleting\.v2 is DELETING.*skeg repair finish-delete deleting/s,
    }),
    ...byStatus(lab, "2to3 copies several DEPLOYED revisions", "several", ["DEPLOYED", "DEPLOYED"], {
      code: "several-deployed",
      sentence: /several\.v2, several\.v1 are DEPLOYED.*skeg repair dedupe several/s,
    }),
    ...byStatus(lab, "no revision is DEPLOYED and objects live", "stranded", ["SUPERSEDED", "SUPERSEDED"], {
      code: "nothing-deployed",
      sentence: /no revision is DEPLOYED, the newest is SUPERSEDED, and 1 of its objects is live.*skeg repair promote/s,
    }),
    "2to3 skips records that it cannot decode": (check) => undecodable(lab, check),
    "2to3 sends records that are too large": (check) => tooLarge(lab, check),
    "2to3 stops at records that exist": (check) => taken(lab, check),
  };
}

/** The blocker of a plan. */
interface Expected {
  /** Of the blocker. */
  readonly code: string;
  /** Its text and its hint. */
  readonly sentence: RegExp;
}

/** The plan names the blocker, `--yes` is refused with its sentence, and nothing was changed or saved. */
async function held(lab: Lab, check: Check, name: string, { code, sentence }: Expected): Promise<void> {
  const before = await versionsOf(lab, name);
  const plan = await lab.skeg("migrate", "helm3", name, "--output", "json");
  const blockers = JSON.parse(plan.stdout || '{"releases":[]}').releases[0]?.blockers ?? [];
  const found = blockers.find((one: { code: string }) => one.code === code);
  check("blocker", found === undefined ? `${plan.stdout.slice(0, 300)} ${plan.stderr}` : "");
  check("sentence", sentence.test(`${found?.text}\n${found?.hint}`) ? "" : `${found?.text} ${found?.hint}`);
  const archive = `${lab.folder}/held-${name}`;
  const done = await lab.skeg("migrate", "helm3", name, "--yes", "--archive", archive);
  check("it is refused", done.code === 0 ? `exit status 0: ${done.stdout}` : "");
  check("the sentence is printed", sentence.test(done.stderr) ? "" : done.stdout + done.stderr);
  check("nothing is half done", differs(await versionsOf(lab, name), before));
  check("nothing is archived", differs(filesIn(archive), []));
}

function filesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function byStatus(lab: Lab, story: string, name: string, statuses: readonly StatusCode[], expected: Expected): Stories {
  return {
    [story]: async (check) => {
      await put(lab, name, statuses);
      await held(lab, check, name, expected);
    },
  };
}

async function namespaceGone(lab: Lab, check: Check): Promise<void> {
  const name = "homeless";
  await lab.driver().create(someRelease({ name, namespace: "no-such-namespace", manifest: configManifest(name) }));
  await held(lab, check, name, {
    code: "namespace-gone",
    sentence:
      /the namespace "no-such-namespace" of the release is gone, and Helm 3 keeps its records there.*repair forget/s,
  });
  const { items } = await lab.read("/api/v1/namespaces") as unknown as { items: { metadata: { name: string } }[] };
  check(
    "the namespace is not made",
    differs(items.some(({ metadata }) => metadata.name === "no-such-namespace"), false),
  );
}

async function colliding(lab: Lab, check: Check): Promise<void> {
  const name = "twice";
  await put(lab, name, ["DEPLOYED"]);
  await makeNamespace(lab, "other-tiller");
  await lab.driver("other-tiller").create(
    someRelease({ name, namespace: name, manifest: configManifest("other") }),
  );
  const sentence =
    /ConfigMaps in namespace "other-tiller" have a release "twice" in namespace "twice", too.*move-storage --rename/s;
  await held(lab, check, name, { code: "collision", sentence });
  await lab.send("DELETE", "/api/v1/namespaces/other-tiller/configmaps/twice.v1");
}

async function undecodable(lab: Lab, check: Check): Promise<void> {
  await put(lab, "damaged", ["SUPERSEDED", "DEPLOYED"]);
  await lab.send("PATCH", "/api/v1/namespaces/kube-system/configmaps/damaged.v1", { data: { release: "H4sIAAAA" } });
  await held(lab, check, "damaged", {
    code: "undecodable",
    sentence: /damaged\.v1 cannot be decoded.*repair salvage damaged.*repair quarantine damaged/s,
  });
}

/** Helm 3's text of this record is above what the server takes; the server itself would answer with status 413 or 422. */
async function tooLarge(lab: Lab, check: Check): Promise<void> {
  const name = "large";
  const { "files/noise.txt": noise = "", ...files } = largeChart(850_000);
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  await put(lab, name, ["SUPERSEDED", "DEPLOYED"], {
    chart: {
      metadata: { name: "large", version: "1.0.0" },
      templates: [{ path: "templates/a.yaml", data: bytes(files["templates/config.yaml"] ?? "") }],
      dependencies: [],
      files: [{ path: "files/noise.txt", data: bytes(noise) }],
    },
  });
  await held(lab, check, name, {
    code: "size",
    sentence: /large\.v2: its record would take \d{7,} bytes, and the server takes 1048576.*--slim/s,
  });
  const done = await lab.skeg("migrate", "helm3", name, "--slim", "--yes", "--archive", `${lab.folder}/archives`);
  check("--slim", failure(done));
  check("it says what is left out", /large\.v2: without the chart's files/.test(done.stdout) ? "" : done.stdout);
  check("Helm 3 reads it", failure(await lab.helm("helm3", "get", "manifest", name, "-n", name)));
}

async function taken(lab: Lab, check: Check): Promise<void> {
  const name = "taken";
  await put(lab, name, ["DEPLOYED"]);
  const chart = lab.files("taken/chart", {
    "Chart.yaml": "apiVersion: v1\nname: other\nversion: 9.0.0\n",
    "templates/a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: theirs}\n",
  });
  good(await lab.helm("helm3", "install", name, chart, "-n", name));
  await held(lab, check, name, {
    code: "exists",
    sentence: /sh\.helm\.release\.v1\.taken\.v1 exists and is another release.*kubectl delete secrets -n taken/s,
  });
  check("Helm 3's release is untouched", failure(await lab.helm("helm3", "get", "manifest", name, "-n", name)));
}
