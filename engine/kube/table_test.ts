import { deepEqual as equal, rejects } from "node:assert/strict";
import { fakeServer, json, refusal } from "../../tests/_lib/fake_kube_server.ts";
import { kubeByText } from "../../tests/_lib/kube_by_text.ts";
import { shortDuration } from "./table.ts";

const CORE = "/api/v1/namespaces/here";

function configMap(name: string, namespace = "here"): string {
  return `---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}, namespace: ${namespace}}\n`;
}

Deno.test("table() groups by version and kind, sorts by name, and aligns each object on its own", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/zz`, { metadata: { name: "zz", annotations: { note: "a rather long note" } } });
  fake.put(`${CORE}/configmaps/a-long-name`, { metadata: { name: "a-long-name", annotations: { note: "n" } } });
  fake.put("/apis/apps/v1/namespaces/here/deployments/d", {
    metadata: { name: "d" },
    spec: { selector: { matchLabels: { app: "x" } } },
  });
  for (const name of ["p1", "p2"]) fake.put(`${CORE}/pods/${name}`, { metadata: { name, labels: { app: "x" } } });
  const manifest = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}\n" + configMap("zz") +
    configMap("a-long-name");
  equal(
    await kubeByText(fake).table("here", manifest),
    "==> v1/ConfigMap\n" +
      "NAME          NOTE\n" +
      "a-long-name   n\n" +
      "zz    a rather long note\n" +
      "\n" +
      "==> v1/Deployment\n" +
      "NAME   NOTE\n" +
      "d      \n" +
      "\n" +
      "==> v1/Pod(related)\n" +
      "NAME   NOTE\n" +
      "p1     \n" +
      "p2     \n" +
      "\n",
  );
});

// Pins Q35.
Deno.test("table() lists what is missing once, with the group before the version", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a" } });
  const manifest = configMap("a") + configMap("b") +
    "---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: d}}\n";
  equal(
    await kubeByText(fake).table("here", manifest),
    "==> v1/ConfigMap\nNAME   NOTE\na      \n\n" +
      "==> MISSING\nKIND\t\tNAME\n/v1, Resource=configmaps\t\tb\napps/v1, Resource=deployments\t\td\n",
  );
});

Deno.test("table() shows the later of two objects of one name twice", async () => {
  const fake = fakeServer();
  fake.put(`${CORE}/configmaps/a`, { metadata: { name: "a", annotations: { note: "here" } } });
  fake.put("/api/v1/namespaces/there/configmaps/a", { metadata: { name: "a", annotations: { note: "there" } } });
  equal(
    await kubeByText(fake).table("here", configMap("a") + configMap("a", "there")),
    "==> v1/ConfigMap\nNAME   NOTE\na      there\na     there\n\n",
  );
});

Deno.test("table() shows a workload without pods as an empty group", async () => {
  const fake = fakeServer();
  const job = { metadata: { name: "j" }, spec: { selector: { matchLabels: { app: "x" } } } };
  fake.put("/apis/batch/v1/namespaces/here/jobs/j", job);
  equal(
    await kubeByText(fake).table("here", "{apiVersion: batch/v1, kind: Job, metadata: {name: j}}"),
    "==> v1/Job\nNAME   NOTE\nj      \n\n==> v1/Pod(related)\n\n",
  );
});

Deno.test("table() shows name and age when the server makes no tables", async () => {
  const fake = fakeServer();
  const creationTimestamp = new Date(Date.now() - 3 * 60_000).toISOString();
  fake.intercept = () => json({ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", creationTimestamp } });
  equal(await kubeByText(fake).table("here", configMap("a")), "==> v1/ConfigMap\nNAME   AGE\na      3m\n\n");
});

Deno.test("table() takes a refused object for missing", async () => {
  const fake = fakeServer();
  fake.intercept = () => refusal(403, "Forbidden", "no");
  equal(
    await kubeByText(fake).table("here", configMap("a")),
    "==> MISSING\nKIND\t\tNAME\n/v1, Resource=configmaps\t\ta\n",
  );
});

Deno.test("table() of nothing fails", async () => {
  await rejects(kubeByText(fakeServer()).table("here", ""), { message: "no objects visited" });
});

Deno.test("shortDuration() grows coarser", () => {
  const day = 86400;
  const cases: [number, string][] = [
    [0, "0s"],
    [119, "119s"],
    [120, "2m"],
    [185, "3m5s"],
    [600, "10m"],
    [179 * 60, "179m"],
    [180 * 60, "3h"],
    [3 * 3600 + 60, "3h1m"],
    [47 * 3600, "47h"],
    [2 * day, "2d"],
    [3 * day + 3600, "3d1h"],
    [8 * day, "8d"],
    [729 * day, "729d"],
    [731 * day, "2y1d"],
    [9 * 365 * day, "9y"],
  ];
  for (const [seconds, want] of cases) equal(shortDuration(seconds), want);
});

/** Many objects of two kinds, and pods of some of them. */
function fleet(fake: ReturnType<typeof fakeServer>, count: number): string {
  let manifest = "";
  for (let index = 0; index < count; index++) {
    const name = `m-${index}`;
    fake.put(`${CORE}/configmaps/${name}`, { metadata: { name, annotations: { note: `note ${index}` } } });
    fake.put(`/apis/apps/v1/namespaces/here/deployments/${name}`, {
      metadata: { name },
      spec: { selector: { matchLabels: { app: name } } },
    });
    if (index % 2 === 0) {
      fake.put(`${CORE}/pods/${name}-a`, { metadata: { name: `${name}-a`, labels: { app: name, odd: "no" } } });
    }
    manifest += configMap(name) + `---\n{apiVersion: apps/v1, kind: Deployment, metadata: {name: ${name}}}\n`;
  }
  return manifest;
}

Deno.test("table() reads many objects by their lists, and says the same as one by one", async () => {
  const fake = fakeServer();
  const manifest = fleet(fake, 20) + configMap("gone");
  fake.intercept = (request) => {
    const isList = !/[/]m-\d+|gone/.test(request.path) && request.path.includes("limit=");
    return isList ? refusal(403, "Forbidden", "no lists") : undefined;
  };
  const oneByOne = await kubeByText(fake).table("here", manifest);
  fake.intercept = undefined;
  fake.log.length = 0;
  equal(await kubeByText(fake).table("here", manifest), oneByOne);
  equal(
    fake.log.map((line) => line.split("?")[0]).sort(),
    [
      `GET ${CORE}/configmaps`,
      `GET ${CORE}/pods`,
      "GET /apis/apps/v1/namespaces/here/deployments",
    ].sort(),
  );
  equal(oneByOne.includes("m-19   note 19\n"), true);
  equal(oneByOne.includes("m-18-a"), true);
  equal(oneByOne.endsWith("==> MISSING\nKIND\t\tNAME\n/v1, Resource=configmaps\t\tgone\n"), true);
});

Deno.test("table() reads one by one what a list is too short for", async () => {
  const fake = fakeServer();
  const manifest = fleet(fake, 9);
  const whole = await kubeByText(fake).table("here", manifest);
  fake.intercept = async (request) => {
    if (!request.path.includes("limit=")) return undefined;
    fake.intercept = undefined;
    const answer = await (await fake.transport(request)).json();
    return json({ ...answer, metadata: { continue: "more" }, rows: answer.rows.slice(0, 4) });
  };
  equal(await kubeByText(fake).table("here", manifest), whole);
});
