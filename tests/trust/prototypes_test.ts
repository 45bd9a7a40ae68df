/**
 * Names that mean something to JavaScript, wherever a name can be given: they
 * are names like any other, and no object gets a property by them.
 *
 * @module
 */
import { deepEqual, equal, ok } from "node:assert/strict";
import { join } from "node:path";
import { contextNamespace, loadKubeconfig } from "../../engine/kube/mod.ts";
import { findPlugins } from "../../engine/chart/plugin/mod.ts";
import { decodeIndex, encodeIndex, findVersion, searchIndexes } from "../../engine/chart/repo/mod.ts";
import { openSandbox } from "../../engine/sandbox/mod.ts";
import { chartFromFiles, createSkeg, decodeYaml, mapRemovedApi, mergeValues, renderChart } from "../../mod.ts";
import { decodeRecord, encodeRecord } from "../../storage/mod.ts";
import { inFolder } from "../_lib/folder.ts";
import { program } from "../_lib/program.ts";
import { someRelease } from "../_lib/releases.ts";

/** The property that no object may have afterwards. */
const MARK = "polluted";
const NAMES = ["__proto__", "constructor", "prototype", "toString", "valueOf", "hasOwnProperty"];

/** Fails when any object, list, function or text has a property that it had not. */
function checkClean(what: string): void {
  for (const one of [{}, [], () => {}, "", 0, Object, new Map(), Promise.resolve()]) {
    ok(!(MARK in Object(one)), `${what} gave every object the property ${MARK}`);
  }
  for (const key in {}) throw new Error(`${what} gave every object the property ${key}`);
  equal(String({}), "[object Object]", what);
  equal({}.hasOwnProperty.call({ a: 1 }, "a"), true, what);
}

let probes = 0;
/** One thing that was tried. It may fail, as long as nothing is left of it. */
async function probe(what: string, work: () => unknown): Promise<unknown> {
  probes++;
  let result: unknown;
  try {
    result = await work();
  } catch (error) {
    ok(!(error instanceof TypeError) && !(error instanceof RangeError), `${what}: ${error}`);
  }
  checkClean(what);
  return result;
}

const CHART = {
  "Chart.yaml": "apiVersion: v1\nname: c\nversion: 1.0.0\n",
  "values.yaml": "a: {b: 1}\n",
  "templates/a.yaml": "x: {{ .Values | toJson }}\n",
};

Deno.test("names of JavaScript in values, --set and -f are keys: 30 probes", async () => {
  probes = 0;
  for (const name of NAMES) {
    const text = `${name}: {${MARK}: 1, ${name}: {${MARK}: 1}}\na: {${name}: {${MARK}: 1}}\n`;
    const merged = await probe(`-f ${name}`, () => mergeValues({ files: [{ name: "f", content: text }] }));
    deepEqual(Object.keys(merged as object).sort(), [name, "a"].sort());
    await probe(
      `--set ${name}`,
      () => mergeValues({ set: [`${name}.${MARK}=1,a.${name}.${MARK}=1`, `l[0].${name}.${MARK}=1`] }),
    );
    await probe(`--set-string ${name}`, () => mergeValues({ setString: [`${name}=1,${name}.${MARK}=1`] }));
    const rendered = await probe(
      `values.yaml ${name}`,
      () =>
        renderChart(chartFromFiles({ ...CHART, "values.yaml": `${text}global: {${name}: {${MARK}: 1}}\n` }), {
          values: `${name}: {${MARK}: 2}\na: {${name}: null}\n`,
        }),
    );
    ok(String((rendered as Record<string, string>)["c/templates/a.yaml"]).includes(`"${name}":{`), name);
    const subchart = await probe(`a subchart ${name}`, () =>
      renderChart(
        chartFromFiles({
          ...CHART,
          [`charts/${name}/Chart.yaml`]: `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n`,
          [`charts/${name}/values.yaml`]: `${MARK}: 1\n${name}: {${MARK}: 1}\n`,
          [`charts/${name}/templates/b.yaml`]: "y: {{ .Values | toJson }}\n",
        }),
        { values: `${name}: {x: 1}\n` },
      ));
    // Helm passes over folders in charts/ that begin with an underscore.
    equal(
      Object.keys(subchart as object).some((path) => path.includes(`charts/${name}/`)),
      !name.startsWith("_"),
      name,
    );
  }
  equal(probes, 30);
});

Deno.test("names of JavaScript in Chart.yaml and requirements.yaml are texts: 24 probes", async () => {
  probes = 0;
  for (const name of NAMES) {
    await probe(`Chart.yaml ${name}`, () =>
      renderChart(chartFromFiles({
        ...CHART,
        "Chart.yaml": `${CHART["Chart.yaml"]}${name}: {${MARK}: 1}\nannotations: {${name}: "${MARK}"}\n`,
      })));
    await probe(
      `a chart called ${name}`,
      () => renderChart(chartFromFiles({ ...CHART, "Chart.yaml": `apiVersion: v1\nname: ${name}\nversion: 1.0.0\n` })),
    );
    const requirements =
      `dependencies:\n- {name: s, version: "*", alias: ${name}, condition: ${name}.${MARK}, tags: [${name}],
  import-values: [${name}, {child: ${name}, parent: ${name}.${MARK}}]}\n`;
    const files = {
      ...CHART,
      "requirements.yaml": requirements,
      "charts/s/Chart.yaml": "apiVersion: v1\nname: s\nversion: 1.0.0\n",
      "charts/s/values.yaml": `${name}: {${MARK}: 1}\nexports: {${name}: {${MARK}: 1}}\n`,
      "charts/s/templates/b.yaml": "y: {{ .Values | toJson }}\n",
    };
    await probe(`requirements.yaml ${name}`, () => renderChart(chartFromFiles(files)));
    await probe(
      `tags ${name}`,
      () => renderChart(chartFromFiles(files), { values: `tags: {${name}: true}\n${name}: {${MARK}: false}\n` }),
    );
  }
  equal(probes, 24);
});

Deno.test("names of JavaScript in indexes, plugins, kubeconfigs and records are names: 30 probes", () =>
  inFolder({}, async (folder) => {
    probes = 0;
    for (const name of NAMES) {
      await probe(`an index ${name}`, () => {
        const index = decodeIndex(
          `apiVersion: v1\n${name}: {${MARK}: 1}\nentries:\n  ${name}:\n  - {name: ${name}, version: 1.0.0, urls: [a.tgz], ${name}: {${MARK}: 1}}\n`,
        );
        equal(findVersion(index, name, "").version, "1.0.0");
        equal(searchIndexes([{ name, index }], { words: name, all: true }).length, 1);
        decodeIndex(encodeIndex(index));
      });
      await probe(`a plugin ${name}`, async () => {
        const plugin = join(folder, "plugins", name);
        await Deno.mkdir(plugin, { recursive: true });
        await Deno.writeTextFile(
          join(plugin, "plugin.yaml"),
          `name: ${name}\nversion: 1\ncommand: x\nhooks: {${name}: x}\n`,
        );
        await findPlugins([join(folder, "plugins")]);
      });
      await probe(`a kubeconfig ${name}`, async () => {
        const path = join(folder, "config");
        await Deno.writeTextFile(
          path,
          `current-context: ${name}
${name}: {${MARK}: 1}
contexts: [{name: ${name}, ${name}: {${MARK}: 1}, context: {cluster: ${name}, user: ${name}, namespace: ${name}, ${name}: {${MARK}: 1}}}]
clusters: [{name: ${name}, cluster: {server: "http://h", ${name}: {${MARK}: 1}}}]
users: [{name: ${name}, user: {token: t, ${name}: {${MARK}: 1}, as: a, as-user-extra: {${name}: [x]}}}]\n`,
        );
        equal(await contextNamespace({ kubeconfig: path, env: {} }), name);
        equal((await loadKubeconfig({ kubeconfig: path, env: {} }))?.users.size, 1);
      });
      await probe(`a record ${name}`, () => {
        const release = someRelease({
          name,
          namespace: name,
          chart: {
            metadata: { name, annotations: JSON.parse(`{"${name}": "${MARK}"}`) },
            templates: [],
            dependencies: [],
            files: [],
          },
        });
        equal(decodeRecord(encodeRecord(release)).name, name);
      });
      await probe(`a removed API ${name}`, () => {
        mapRemovedApi(
          JSON.parse(
            `{"apiVersion":"extensions/v1beta1","kind":"Deployment","metadata":{"name":"${name}","labels":{"${name}":"x"}},` +
              `"spec":{"template":{"metadata":{"labels":{"${name}":"x"}},"spec":{"containers":[]}},"${name}":{"${MARK}":1}}}`,
          ),
          { isServed: (apiVersion) => apiVersion === "apps/v1" },
        );
      });
    }
    equal(probes, 30);
  }));

Deno.test("names of JavaScript in bodies, labels, patches and paths of the sandbox are data: 30 probes", async () => {
  probes = 0;
  const sandbox = await openSandbox();
  const maps = "/api/v1/namespaces/default/configmaps";
  const send = async (
    method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE",
    path: string,
    body?: string,
    contentType?: string,
  ) => {
    const answer = await sandbox.transport({ method, path, body, contentType });
    equal(answer.status === 500, false, `${method} ${path}: ${await answer.clone().text()}`);
    return await answer.text();
  };
  for (const name of NAMES) {
    await send("POST", maps, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}}`);
    const made = await probe(`a body ${name}`, () =>
      send(
        "POST",
        maps,
        `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m","annotations":{"${name}":"x"}},"data":{"${name}":"x"},"${name}":{"${MARK}":1}}`,
      ));
    ok(String(made).includes(`"${name}":"x"`) || String(made).includes("Invalid"), String(made).slice(0, 300));
    for (const type of ["merge-patch", "strategic-merge-patch", "json-patch"]) {
      const body = type === "json-patch"
        ? `[{"op":"add","path":"/${name}/${MARK}","value":1},{"op":"add","path":"/data/${name}","value":"x"}]`
        : `{"${name}":{"${MARK}":"1"},"metadata":{"${name}":{"${MARK}":"1"},"annotations":{"${name}":"x"}},"data":{"${name}":"x"}}`;
      await probe(`${type} ${name}`, () => send("PATCH", `${maps}/a`, body, `application/${type}+json`));
    }
    await probe(`a path ${name}`, async () => {
      await send("GET", `/api/v1/namespaces/${name}/configmaps/${name}`);
      await send("GET", `/apis/${name}/v1/${name}`);
      await send("GET", `${maps}?labelSelector=${name}%3D${MARK}&fieldSelector=${name}%3Dx`);
    });
    await send("DELETE", `${maps}/m`);
    await send("DELETE", `${maps}/a`);
  }
  equal(probes, 30);
  await sandbox.close();
});

Deno.test("releases may have names of JavaScript where Helm allows them, on the command line and in the library: 12 probes", async () => {
  probes = 0;
  for (const name of NAMES) {
    await probe(
      `a command about ${name}`,
      () =>
        inFolder(
          Object.fromEntries(Object.entries(CHART).map(([path, text]) => [`c/${path}`, text])),
          async (folder) => {
            const flags = [`--sandbox=${join(folder, "state.db")}`];
            for (
              const args of [
                ["install", join(folder, "c"), "--name", name, "--set", `${name}.${MARK}=1`, ...flags],
                ["history", name, ...flags],
                ["delete", "--purge", name, ...flags],
              ]
            ) {
              const { code, stderr } = await program(args);
              ok(code === 0 || code === 1);
              ok(!/TypeError|is not a function|Cannot read/.test(stderr), stderr);
            }
          },
        ),
    );
    await probe(`the library about ${name}`, async () => {
      const skeg = createSkeg({ sandbox: ":memory:" });
      try {
        await skeg.install(chartFromFiles(CHART), {
          name: name.toLowerCase(),
          values: JSON.parse(`{"${name}":{"${MARK}":1}}`),
        });
        await skeg.list();
      } finally {
        await skeg.close();
      }
    });
  }
  equal(probes, 12);
  equal(Object.getPrototypeOf(decodeYaml("__proto__: {a: 1}")), null);
});
