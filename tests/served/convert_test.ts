/**
 * Compares skeg's conversion of old manifests with Kubernetes' own.
 *
 * `kubectl-convert` and `crdconv` run the API server's code: decoding, the old version's defaults, conversion. Their
 * result for an old manifest must equal their result for skeg's converted manifest, which gets the defaults of its version.
 *
 * The programs are searched in the folder that `SKEG_CONVERT_PROGRAMS` names, else on the PATH;
 * `SKEG_CONVERT_RUNS` is the number of manifests (default 300).
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import fc from "fast-check";
import { mapRemovedApi } from "../../engine/kube/served/mod.ts";
import type { KubeObject } from "../../engine/model/mod.ts";
import { type Old, oldExtension, oldManifest } from "./_manifests.ts";

const RUNS = Number(Deno.env.get("SKEG_CONVERT_RUNS") ?? 300);

/** Returns the path of a program; with `undefined` its tests are skipped. */
function programOf(name: string): string | undefined {
  const folders = [Deno.env.get("SKEG_CONVERT_PROGRAMS"), ...(Deno.env.get("PATH") ?? "").split(delimiter)];
  return folders.filter((folder) => folder).map((folder) => join(String(folder), name)).find((path) =>
    existsSync(path)
  );
}

/** Kinds whose newest version in Kubernetes 1.34 is a beta. */
const BETA_KINDS = ["LeaseCandidate", "ClusterTrustBundle"];
const isServed = (apiVersion: string, kind: string): boolean => {
  const stability = /alpha|beta/.exec(apiVersion)?.[0] ?? "";
  return BETA_KINDS.includes(kind) ? stability === "beta" : stability === "";
};

/** Converts many objects to one version in one run; keeps their order. */
function convert(program: string, folder: string, objects: readonly unknown[], version: string): KubeObject[] {
  const file = join(folder, "objects.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: objects }));
  const { status, stdout, stderr } = spawnSync(program, [
    "-f",
    file,
    "--local",
    "--output-version",
    version,
    "-o",
    "json",
  ], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  ok(status === 0 && stderr === "", `kubectl-convert: ${stderr}`);
  const answer = JSON.parse(stdout) as KubeObject;
  return answer.kind === "List" ? answer.items as KubeObject[] : [answer];
}

/** Annotations that the server adds to its answer; they never come from a manifest. */
const SERVER_NOTES = ["deprecated.daemonset.template.generation", "deprecated.deployment.rollback.revisionTo"];

/**
 * Removes known differences of the real program, which have the same meaning or are its mistakes: annotations of the
 * server; the protocol TCP, which extensions/v1beta1 left out; a scope that IngressClass did not have yet; the container
 * of a ContainerResource metric, which Kubernetes 1.34 loses.
 */
function normal(object: KubeObject): KubeObject {
  const text = JSON.stringify(object, (key, value) => {
    if (key === "status" || key === "protocol" && value === "TCP" || SERVER_NOTES.includes(key)) return undefined;
    if (key === "annotations" && Object.keys(value ?? {}).every((each) => SERVER_NOTES.includes(each))) {
      return undefined;
    }
    if (key === "scope" && object.kind === "IngressClass" && (value === null || value === "Cluster")) return undefined;
    return key === "containerResource" ? { ...value, container: "" } : value;
  });
  return JSON.parse(text);
}

function inFolder(run: (folder: string) => void): void {
  const folder = mkdtempSync(join(tmpdir(), "skeg-convert-"));
  try {
    run(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const convertProgram = programOf("kubectl-convert");
Deno.test({
  name: "mapRemovedApi() makes of an old manifest what Kubernetes makes of it",
  ignore: convertProgram === undefined, // kubectl-convert is not on this machine
  fn: () =>
    inFolder((folder) => {
      const program = String(convertProgram);
      const manifests = fc.sample(oldManifest, RUNS);
      for (const [version, olds] of Map.groupBy(manifests, (old) => mapped(old).apiVersion ?? "")) {
        const theirs = convert(program, folder, olds, version);
        const ours = convert(program, folder, olds.map(mapped), version);
        olds.forEach((old, index) => {
          const [want, got] = [theirs[index], ours[index]] as [KubeObject, KubeObject];
          deepEqual(normal(got), normal(want), JSON.stringify(old));
        });
      }
    }),
});

const extensionProgram = programOf("crdconv");
Deno.test({
  name: "mapRemovedApi() makes of an old CustomResourceDefinition or APIService what Kubernetes makes of it",
  ignore: extensionProgram === undefined, // crdconv is not on this machine
  fn() {
    const convertOne = (object: unknown): KubeObject => {
      const { status, stdout, stderr } = spawnSync(String(extensionProgram), {
        input: JSON.stringify(object),
        encoding: "utf8",
      });
      ok(status === 0, `crdconv: ${stderr}\n${JSON.stringify(object)}`);
      return JSON.parse(stdout);
    };
    for (const old of fc.sample(oldExtension, Math.ceil(RUNS / 5))) {
      const [want, got] = [convertOne(old), convertOne(structureOf(old))];
      // A creation through v1 cannot have this field; its handling is tested beside the code.
      for (const object of [want, got]) delete (object.spec as KubeObject).preserveUnknownFields;
      deepEqual(normal(got), normal(want), JSON.stringify(old));
    }
  },
});

function mapped(old: Old): KubeObject {
  return mapRemovedApi(old as KubeObject, { isServed }).object;
}

function structureOf(old: Old): KubeObject {
  return mapRemovedApi(old as KubeObject, { isServed, side: "old" }).object;
}

Deno.test("mapRemovedApi() leaves alone what it has made, whatever was given", () => {
  fc.assert(
    fc.property(fc.oneof(oldManifest, oldExtension), (old) => {
      const given = JSON.stringify(old);
      for (const side of ["target", "old"] as const) {
        const once = mapRemovedApi(old as KubeObject, { isServed, side, allowLossy: true });
        const twice = mapRemovedApi(once.object, { isServed, side, allowLossy: true });
        equal(twice.object, once.object);
        deepEqual(twice.changes, []);
        ok(once.changes.length > 0);
      }
      equal(JSON.stringify(old), given);
    }),
    { numRuns: RUNS },
  );
});

Deno.test("mapRemovedApi() makes the same of both sides of a patch that changes nothing", () => {
  fc.assert(
    fc.property(fc.oneof(oldManifest, oldExtension), (old) => {
      const live = mapRemovedApi(old as KubeObject, { isServed, allowLossy: true }).object;
      const sides = (["target", "old"] as const).map((side) =>
        mapRemovedApi(old as KubeObject, { isServed, live, side, force: true }).object
      );
      deepEqual(sides[0], sides[1]);
    }),
    { numRuns: RUNS },
  );
});
