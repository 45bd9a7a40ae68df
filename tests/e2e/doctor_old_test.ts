import { deepEqual, equal, ok } from "node:assert/strict";
import { createKubeClient } from "../../engine/kube/mod.ts";
import { examine } from "../../engine/release/mod.ts";
import { oldStory } from "./_old_cluster.ts";

oldStory("doctor says of healthy releases only which APIs are gone", { isBare: true }, async ({ env }) => {
  let requests = 0;
  const { cluster } = env.kube;
  const transport: typeof cluster.transport = (request) => {
    requests++;
    return cluster.transport(request);
  };
  const counted = { ...env, kube: createKubeClient({ ...cluster, transport }) };
  const { findings, unseen, result } = await examine(counted);
  deepEqual([result, unseen], ["healthy", []]);
  const about = (id: string): string[] => findings.filter((one) => one.id === id).map(({ release }) => release);
  deepEqual(about("O8"), ["all", "five", "four", "six", "three", "two", "web"]);
  // One of its documents is a CustomResourceDefinition with an object of its kind.
  deepEqual(about("O10"), ["all"]);
  // It brought an APIService whose server never was there.
  const others = findings.filter(({ id }) => id !== "O8" && id !== "O10");
  deepEqual(others.map(({ id, severity, evidence }) => [id, severity, evidence[0]?.source]), [
    ["C6", "warning", "APIService v1.never.example.com"],
  ]);
  // Each object is read once, as servers of that time did not note who wrote it; kinds are listed once.
  ok(requests < 450, `${requests} requests`);
  const { findings: one } = await examine(env, { release: "web" });
  equal(one.filter(({ release }) => release === "web").map(({ id }) => id).join(), "O8");
});
