/**
 * A release of 5,000 objects on the real API server, and the memory that the
 * program takes for it.
 *
 * @module
 */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "./charts.ts";
import { commandOf, firstLine } from "./recover.ts";
import { type Ground, type Row, sleep, type Tally } from "./row.ts";
import { type Ended, openSite, type Site, statusesOf } from "./site.ts";

const RELEASE = "large";

/** The row. */
export const LARGE: Row = {
  name: "large",
  what: "5,000 objects on the real API server: install, upgrade, rollback, delete, delete --purge",
  play,
};

async function play(ground: Ground): Promise<Tally> {
  const count = ground.scale(5000, 300);
  const site = await openSite(ground, "large");
  const wrong: string[] = [], told: string[] = [];
  let mostMib = 0;
  try {
    const chart = join(ground.folder, "chart-large");
    writeFiles(chart, {
      "Chart.yaml": "name: large\nversion: 0.1.0\n",
      "values.yaml": `count: ${count}\nfrom: 0\ncolour: blue\n`,
      "templates/all.yaml": `{{- range $n, $e := until (int .Values.count) }}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: {{ $.Release.Name }}-{{ add $n (int $.Values.from) }}}
data: {colour: {{ $.Values.colour }}, text: "number {{ $n }}"}
{{- end }}
`,
    });
    const tenth = count / 10;
    const steps: [args: string[], records: string, from: number, colour: string][] = [
      [["install", chart, "--name", RELEASE, "--namespace", site.namespace], "1 DEPLOYED", 0, "blue"],
      [
        ["upgrade", RELEASE, chart, "--set", `colour=green,from=${tenth}`],
        "1 SUPERSEDED, 2 DEPLOYED",
        tenth,
        "green",
      ],
      [["rollback", RELEASE, "1"], "1 SUPERSEDED, 2 SUPERSEDED, 3 DEPLOYED", 0, "blue"],
      [["delete", RELEASE], "1 SUPERSEDED, 2 SUPERSEDED, 3 DELETED", -1, ""],
      [["delete", "--purge", RELEASE], "none", -1, ""],
    ];
    for (const [args, records, from, colour] of steps) {
      const began = performance.now();
      const { ended, mib } = await measured(site, args);
      const seconds = ((performance.now() - began) / 1000).toFixed(1);
      told.push(`${args[0]} ${seconds} s, ${mib} MiB`);
      mostMib = Math.max(mostMib, mib);
      const states = statusesOf(await site.history(RELEASE));
      if (ended.code !== 0) wrong.push(`${commandOf(args)}: ${firstLine(ended)}`);
      if (states !== records) wrong.push(`${commandOf(args)}: the records are ${states}`);
      wrong.push(...(await differences(site, from, count, colour)).map((text) => `${commandOf(args)}: ${text}`));
      if (wrong.length > 0) break;
    }
    return {
      tried: `${told.length} operations on ${count} objects`,
      wrong,
      remark: `${told.join(", ")}; ${mostMib} MiB at most`,
    };
  } finally {
    await site.close();
  }
}

/** Runs a command and watches the memory that it has in use at most. */
async function measured(site: Site, args: readonly string[]): Promise<{ ended: Ended; mib: number }> {
  const running = site.start(args);
  let kib = 0, isOver = false;
  void running.ended.then(() => isOver = true);
  while (!isOver) {
    kib = Math.max(kib, highWater(running.pid));
    await sleep(20);
  }
  return { ended: await running.ended, mib: Math.round(kib / 1024) };
}

function highWater(pid: number): number {
  try {
    return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? 0);
  } catch {
    return 0; // it has ended
  }
}

/** Objects that are missing, left over or of another colour; `from` below 0: there should be none. */
async function differences(site: Site, from: number, count: number, colour: string): Promise<string[]> {
  const { body } = await site.ask("GET", `/api/v1/namespaces/${site.namespace}/configmaps`);
  const colours = new Map<string, string>();
  for (const { metadata, data } of body["items"] as { metadata: { name: string }; data?: { colour?: string } }[]) {
    if (metadata.name.startsWith(`${RELEASE}-`)) colours.set(metadata.name, data?.colour ?? "");
  }
  const wanted = from < 0 ? 0 : count;
  if (colours.size !== wanted) return [`there are ${colours.size} objects, not ${wanted}`];
  const names = Array.from({ length: wanted }, (_, n) => `${RELEASE}-${n + from}`);
  const bad = names.filter((name) => colours.get(name) !== colour).length;
  return bad === 0 ? [] : [`${bad} objects are not as the chart has them`];
}
