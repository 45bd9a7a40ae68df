/**
 * Records a real API server's answers to writes, with the managers of each field:
 * `testdata/managed_fields/answers.json`.
 *
 *     deno run -A tools/record_managed_fields.ts KUBECONFIG
 *
 * The server needs no controllers. The stories of `testdata/managed_fields/stories.json` are played in a
 * namespace of their own. What differs from run to run is replaced: see `normalize`.
 *
 * @module
 */
import { readFileSync, writeFileSync } from "node:fs";
import { openCluster } from "../engine/kube/mod.ts";
import { playStories, type Story } from "../tests/_lib/field_stories.ts";

const [kubeconfig] = Deno.args;
if (kubeconfig === undefined) throw new Error("usage: record_managed_fields.ts KUBECONFIG");
const folder = new URL("../testdata/managed_fields/", import.meta.url);
const stories = JSON.parse(readFileSync(new URL("stories.json", folder), "utf8")) as Story[];
const cluster = await openCluster({ kubeconfig, userAgent: "skeg" });
const answers = await playStories(cluster.transport, stories);
await cluster.close();
// One answer a line, so that a change shows in a diff.
const lists = Object.entries(answers).map(([name, list]) =>
  ` ${JSON.stringify(name)}: [\n${list.map((answer) => `  ${JSON.stringify(answer)}`).join(",\n")}\n ]`
);
writeFileSync(new URL("answers.json", folder), `{\n${lists.join(",\n")}\n}\n`);
