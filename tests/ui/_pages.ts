/** The pages of the small fleet, by name: every route once. */
import { ok } from "node:assert/strict";
import type { LiveObjectAnswer, ReleasesAnswer, ResourceNode, ResourcesAnswer } from "../../app/ui/types.ts";
import type { Site } from "./_site.ts";

/** Name of the sandbox's context. */
const SANDBOX = "sandbox";

/** A page and its path below the address of the server. */
export interface PageAddress {
  readonly name: string;
  readonly path: string;
}

/** Returns every page; those of a release are about `web`. */
export function allPages(pod: string): PageAddress[] {
  const release = `/r/${SANDBOX}/shop/web`;
  return [
    { name: "fleet", path: "/" },
    { name: "release", path: release },
    { name: "history", path: `${release}/history` },
    { name: "diff", path: `${release}/diff/3/5` },
    { name: "rollback", path: `${release}/rollback/4` },
    { name: "live", path: `${release}/diff/5/live` },
    { name: "values", path: `${release}/values` },
    { name: "manifest", path: `${release}/manifest` },
    { name: "hooks", path: `${release}/hooks` },
    { name: "notes", path: `${release}/notes` },
    { name: "template", path: `${release}/template` },
    { name: "resources", path: `${release}/resources` },
    { name: "pod", path: `${release}/pod/shop/${pod}` },
    { name: "upgrade", path: `${release}/upgrade` },
    { name: "doctor", path: "/doctor" },
    { name: "charts", path: "/charts" },
    { name: "activity", path: "/activity" },
    { name: "help", path: "/help" },
  ];
}

/** Names of the pages that have pictures. */
export const PICTURED: readonly string[] = [
  "fleet",
  "history",
  "diff",
  "values",
  "resources",
  "pod",
  "upgrade",
  "doctor",
];

/** Returns the path of a release, as the fleet links to it. */
export async function releasePath(site: Site, name: string): Promise<string> {
  const { columns, rows } = await site.api("/releases?all=1") as ReleasesAnswer;
  const row = rows.find((each) => each[columns.indexOf("name")] === name);
  ok(row !== undefined, `the fleet has ${name}`);
  return `/r/${SANDBOX}/${encodeURIComponent(String(row[columns.indexOf("namespace")]))}/${name}`;
}

/** Returns the objects of a release as one list. */
export async function objectsOf(site: Site, name: string): Promise<ResourceNode[]> {
  const { objects } = await site.api(`/releases/${SANDBOX}/${name}/resources`) as ResourcesAnswer;
  const flat = (nodes: readonly ResourceNode[]): ResourceNode[] => nodes.flatMap((node) => [node, ...flat(node.owned)]);
  return flat(objects);
}

/** Returns the name of a pod of `web` that crashes. */
export async function crashingPod(site: Site): Promise<string> {
  const pods = (await objectsOf(site, "web")).filter(({ gvk }) => gvk === "v1/Pod");
  for (const { name } of pods) {
    const { pod } = await site.api(`/releases/${SANDBOX}/web/objects/v1%2FPod/shop/${name}`) as LiveObjectAnswer;
    if (pod?.containers.some(({ state }) => state.includes("CrashLoopBackOff"))) return name;
  }
  throw new Error("no pod of web crashes");
}
