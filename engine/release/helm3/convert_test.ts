import { deepEqual, equal, match, ok, throws } from "node:assert/strict";
import type { Chart, Hook, Release } from "../../model/mod.ts";
import { encodeRelease } from "../../../storage/mod.ts";
import { toHelm3 } from "./convert.ts";
import { decodeHelm3, helm3Json, helm3Text, sortedJson } from "./encode.ts";
import { goTime, goTimeText, timestampOf } from "./times.ts";
import { toHelm2 } from "./to_helm2.ts";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function chartOf(more: Partial<Chart> = {}): Chart {
  return {
    metadata: { name: "web", version: "1.2.0" },
    templates: [{ path: "templates/a.yaml", data: bytes("a: {{ .Values.a }}\n") }],
    dependencies: [],
    values: { raw: "b: 1\na: x # why\n" },
    files: [],
    ...more,
  };
}

function hookOf(more: Partial<Hook> = {}): Hook {
  return {
    name: "init",
    kind: "Job",
    path: "web/templates/job.yaml",
    manifest: "kind: Job",
    events: ["pre-install"],
    weight: 0,
    deletePolicies: [],
    deleteTimeoutSeconds: 0,
    ...more,
  };
}

function releaseOf(more: Partial<Release> = {}): Release {
  return {
    name: "web",
    namespace: "shop",
    revision: 3,
    info: {
      status: { code: "DEPLOYED", resources: "", notes: "Hello.\n" },
      firstDeployed: { seconds: 1_500_000_000, nanos: 0 },
      lastDeployed: { seconds: 1_600_000_000, nanos: 120_000_000 },
      description: "Upgrade complete",
    },
    chart: chartOf(),
    config: { raw: "" },
    manifest: "\n---\n# Source: web/templates/a.yaml\na: <x> & y\n",
    hooks: [],
    ...more,
  };
}

const jsonOf = (release: Release): string => helm3Json(toHelm3(release).record);

Deno.test("helm3Json() writes fields in Go's order, and leaves out what Helm 3 leaves out", () => {
  equal(
    jsonOf(releaseOf()),
    '{"name":"web","info":{"first_deployed":"2017-07-14T02:40:00Z","last_deployed":"2020-09-13T12:26:40.12Z","deleted":"",' +
      '"description":"Upgrade complete","status":"deployed","notes":"Hello.\\n"},"chart":{"metadata":{"name":"web",' +
      '"version":"1.2.0","apiVersion":"v1"},"lock":null,"templates":[{"name":"templates/a.yaml",' +
      `"data":"${btoa("a: {{ .Values.a }}\n")}"}],"values":{"a":"x","b":1},"schema":null,"files":null},` +
      '"manifest":"\\n---\\n# Source: web/templates/a.yaml\\na: \\u003cx\\u003e \\u0026 y\\n","version":3,"namespace":"shop"}',
  );
});

Deno.test("helm3Text() gives equal bytes for equal releases, in gzip without a time", () => {
  const [first, second] = [helm3Text(jsonOf(releaseOf())), helm3Text(jsonOf(releaseOf()))];
  equal(first, second);
  ok(first.startsWith("H4sIAAAAAAAC/"));
  ok(btoa(first).startsWith("SDRzSUFB"));
  equal(helm3Json(decodeHelm3(first)), jsonOf(releaseOf()));
});

Deno.test("decodeHelm3() also takes JSON without gzip, and refuses what is no release", () => {
  equal(decodeHelm3(btoa(jsonOf(releaseOf({ manifest: "" })))).name, "web");
  throws(() => decodeHelm3("%"), { kind: "record" });
  throws(() => decodeHelm3(btoa('{"name":1}')), { kind: "record", message: /holds no release/ });
});

Deno.test("toHelm3() maps all statuses of Helm 2", () => {
  const statuses = ["UNKNOWN", "DEPLOYED", "DELETED", "SUPERSEDED", "FAILED", "DELETING", "PENDING_INSTALL"] as const;
  const found = statuses.map((code) => {
    const release = releaseOf();
    return toHelm3({ ...release, info: { ...release.info, status: { ...release.info.status, code } } }).record.info
      ?.status;
  });
  deepEqual(found, ["unknown", "deployed", "uninstalled", "superseded", "failed", "uninstalling", "pending-install"]);
});

Deno.test("toHelm3() keeps requirements whose subchart is in the record, under their alias, and the lock", () => {
  const chart = chartOf({
    dependencies: [chartOf({ metadata: { name: "cache", version: "1.0.0" } })],
    files: [
      {
        path: "requirements.yaml",
        data: bytes(
          "dependencies:\n- name: redis\n  alias: cache\n  version: ^1\n  repository: https://charts.example\n" +
            "  import-values: [data, {child: a, parent: b}]\n- name: off\n  version: '1'\n  repository: ''\n  condition: off.enabled\n",
        ),
      },
      {
        path: "requirements.lock",
        data: bytes(
          "dependencies:\n- name: redis\n  repository: https://charts.example\n  version: 1.0.0\ndigest: sha256:00\n" +
            "generated: 2019-12-01T10:11:12.120000+01:00\n",
        ),
      },
    ],
  });
  const { record: { chart: made } } = toHelm3(releaseOf({ chart }));
  deepEqual(made?.metadata?.dependencies, [{
    name: "cache",
    version: "^1",
    repository: "https://charts.example",
    condition: "",
    tags: [],
    enabled: true,
    "import-values": [{ child: "exports.data", parent: "." }, { child: "a", parent: "b" }],
    alias: "cache",
  }]);
  equal(made?.lock?.generated, "2019-12-01T10:11:12.12+01:00");
  equal(made?.lock?.dependencies?.[0]?.version, "1.0.0");
  deepEqual(made?.files?.map(({ name }) => name), ["requirements.yaml", "requirements.lock"]);
});

Deno.test("toHelm3() takes values.schema.json out of the files", () => {
  const chart = chartOf({
    files: [{ path: "values.schema.json", data: bytes("{}") }, { path: "README.md", data: bytes("x") }],
  });
  const made = toHelm3(releaseOf({ chart })).record.chart;
  equal(made?.schema, btoa("{}"));
  deepEqual(made?.files, [{ name: "README.md", data: btoa("x") }]);
});

Deno.test("toHelm3() drops hooks that Helm 3 does not have, and says so", () => {
  const hooks = [
    hookOf({ name: "crd", events: ["crd-install"] }),
    hookOf({ name: "sad", events: ["test-failure"] }),
    hookOf({ name: "both", events: ["test-success", "test-failure"] }),
    hookOf({ lastRun: { seconds: 1, nanos: 5 }, weight: -5, deletePolicies: ["hook-failed"] }),
  ];
  const { record, notes } = toHelm3(releaseOf({ hooks }));
  deepEqual(record.hooks?.map(({ name, events }) => [name, events]), [["both", ["test"]], ["init", ["pre-install"]]]);
  deepEqual(record.hooks?.[1]?.last_run, {
    started_at: "1970-01-01T00:00:01.000000005Z",
    completed_at: "1970-01-01T00:00:01.000000005Z",
    phase: "Succeeded",
  });
  equal(notes.length, 3);
  match(notes[0] ?? "", /^hook Job "crd" of crd-install is left out/);
  match(notes[2] ?? "", /^hook Job "both" loses its event test-failure/);
});

Deno.test("toHelm3() names a delete timeout that Helm 3 does not have", () => {
  const timeouts = [0, 60, 120].map((deleteTimeoutSeconds) => hookOf({ deleteTimeoutSeconds }));
  deepEqual(toHelm3(releaseOf({ hooks: timeouts })).notes, [
    'hook Job "init" loses its delete timeout of 120 seconds: Helm 3 does not have one',
  ]);
});

Deno.test("toHelm3() gives a test the result of its last run", () => {
  const release = releaseOf({ hooks: [hookOf({ name: "probe", events: ["test-success"] })] });
  const results = [{ name: "probe", status: "FAILURE", info: "", startedAt: { seconds: 1, nanos: 0 } }] as const;
  const info = { ...release.info, status: { ...release.info.status, lastTestSuiteRun: { results } } };
  deepEqual(toHelm3({ ...release, info }).record.hooks?.[0]?.last_run, {
    started_at: "1970-01-01T00:00:01Z",
    completed_at: "",
    phase: "Failed",
  });
});

Deno.test("toHelm3() tells of integers above 2^53 and of unknown fields", () => {
  const { notes } = toHelm3(releaseOf({ config: { raw: "id: 9007199254740993\n" }, unknown: new Uint8Array(3) }));
  match(notes[0] ?? "", /^1 integer above 2\^53 in the values of the release/);
  match(notes[1] ?? "", /3 bytes/);
  deepEqual(toHelm3(releaseOf({ config: { raw: "id: 12\n" } })).notes, []);
});

Deno.test("toHelm3() leaves out files and templates of a slim record", () => {
  const chart = chartOf({ files: [{ path: "README.md", data: bytes("x") }] });
  const made = toHelm3(releaseOf({ chart }), { slimming: { files: true, templates: true } }).record.chart;
  deepEqual([made?.files, made?.templates, made?.values], [
    null,
    null,
    Object.assign(Object.create(null), { a: "x", b: 1 }),
  ]);
});

Deno.test("toHelm2() of toHelm3() has the same manifest, values, hooks and status", () => {
  const hooks = [hookOf({ events: ["post-upgrade", "test-success"], deletePolicies: ["hook-succeeded"], weight: 2 })];
  const release = releaseOf({ hooks, config: { raw: "a: z\n" } });
  const back = toHelm2(decodeHelm3(helm3Text(jsonOf(release))));
  const { info, chart, config, ...same } = back;
  deepEqual(same, {
    name: "web",
    namespace: "shop",
    revision: 3,
    manifest: release.manifest,
    hooks: [{ ...hooks[0], deleteTimeoutSeconds: 60 }],
  });
  equal(config?.raw, "a: z\n");
  equal(info.status.code, "DEPLOYED");
  deepEqual(info.lastDeployed, release.info.lastDeployed);
  equal(info.description, "Upgrade complete (made by Helm 3)");
  deepEqual(chart?.templates, chartOf().templates);
  equal(chart?.values?.raw, "a: x\nb: 1\n");
  ok(encodeRelease(back).length > 0);
});

Deno.test("goTime() and goTimeText() write times as Go does", () => {
  equal(goTime(undefined), "");
  equal(goTime({ seconds: 0, nanos: 0 }), "1970-01-01T00:00:00Z");
  equal(goTimeText("2019-12-01T10:11:12.500000000+00:00"), "2019-12-01T10:11:12.5Z");
  equal(goTimeText("not a time"), "0001-01-01T00:00:00Z");
  deepEqual(timestampOf("2019-12-01T11:11:12.000000005+01:00"), { seconds: 1_575_195_072, nanos: 5 });
});

Deno.test("sortedJson() does not depend on the order of keys", () => {
  equal(sortedJson('{"b":1,"a":{"d":2,"c":3}}'), sortedJson('{"a":{"c":3,"d":2},"b":1}'));
});
