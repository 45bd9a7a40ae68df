/** Tests of `unittest --coverage`: the numbers, worked out by hand, in every format. */
import { deepEqual, doesNotMatch, equal, match } from "node:assert/strict";
import { join } from "node:path";
import { inFolder } from "../../tests/_lib/folder.ts";
import type { Outcome } from "../../tests/_lib/program.ts";
import { programIn } from "../../tests/_lib/program_in.ts";

const CHART = {
  "web/Chart.yaml": "apiVersion: v1\nname: web\nversion: 1.0.0\n",
  "web/values.yaml": "port: 80\nold: {a: 1, b: 2}\ningress: {enabled: false}\ndb: {enabled: true, size: 1}\n",
  "web/requirements.yaml": "dependencies:\n- {name: db, version: 1.0.0, condition: db.enabled}\n",
  "web/charts/db/Chart.yaml": "apiVersion: v1\nname: db\nversion: 1.0.0\n",
  "web/charts/db/values.yaml": "size: 2\nunused: 3\n",
  "web/charts/db/templates/claim.yaml": "kind: Claim\nsize: {{ .Values.size }}\n",
  "web/templates/_helpers.tpl":
    '{{ define "web.name" }}\n{{ .Release.Name }}\n{{ end }}\n{{ define "web.old" }}\nold\n{{ end }}\n',
  "web/templates/ingress.yaml":
    "{{ if .Values.ingress.enabled }}\nkind: Ingress\nhost: {{ .Values.ingress.host }}\n{{ end }}\n",
  "web/templates/service.yaml": 'kind: Service\nname: {{ include "web.name" . | trim }}\n' +
    "{{ if gt (int .Values.port) 80 }}\nhigh: true\n{{ else }}\nlow: true\n{{ end }}\nport: {{ .Values.port }}\n",
  "web/tests/service_test.yaml": "suite: service\ntemplates: [service.yaml]\ntests:\n- it: is low\n" +
    "  set: {prot: 1}\n  asserts:\n  - equal: {path: low, value: true}\n",
};

/** Runs the tests of the chart; `read` returns a file of the folder. */
function covered(line: string, check: (outcome: Outcome, read: (path: string) => string) => void): Promise<void> {
  return inFolder(CHART, async (folder) => {
    const outcome = await programIn(folder, ["unittest", "web", ...line.split(" ")]);
    check(outcome, (path) => Deno.readTextFileSync(join(folder, path)));
  });
}

Deno.test("unittest --coverage prints lines, branches, definitions and values that no test reached", async () => {
  await covered("--coverage", ({ code, stdout }) => {
    equal(code, 0);
    equal(
      stdout.slice(stdout.indexOf("\n", stdout.indexOf("Time:")) + 2),
      `web                       lines     branches never run
  templates/_helpers.tpl  1/2   50% 0/0    - define web.old
  templates/ingress.yaml  0/3    0% 0/2   0% the whole template
  templates/service.yaml  5/6   83% 1/2  50% 4
Values never read: old, ingress, db.size
Values that tests set and nothing reads: prot (web/tests/service_test.yaml)

web/charts/db             lines     branches never run
  templates/claim.yaml    0/2    0% 0/0    - the whole template
Values never read: size, unused
Its suites did not run: it is not in the total.

Total                     6/11  54% 1/4  25%

`,
    );
  });
});

Deno.test("unittest --coverage=lcov,cobertura,json,html writes files, and prints no table", async () => {
  await covered("--coverage=lcov,cobertura,json,html --coverage-dir out/cover", ({ stdout }, read) => {
    doesNotMatch(stdout, /never run/);
    const records = read("out/cover/lcov.info").split("end_of_record\n");
    equal(records.length, 5);
    equal(
      records[2],
      "TN:\nSF:web/templates/service.yaml\nFNF:0\nFNH:0\nBRDA:3,0,0,0\nBRDA:3,0,1,1\nBRF:2\nBRH:1\n" +
        "DA:1,1\nDA:2,1\nDA:3,1\nDA:4,0\nDA:6,1\nDA:8,1\nLF:6\nLH:5\n",
    );
    match(records[0] ?? "", /\nFN:1,web.name\nFN:4,web.old\nFNDA:1,web.name\nFNDA:0,web.old\nFNF:2\nFNH:1\n/);
    match(records[1] ?? "", /\nBRDA:1,0,0,-\nBRDA:1,0,1,-\n/);
    const xml = read("out/cover/cobertura.xml");
    match(xml, /<class name="templates\/service.yaml" filename="web\/templates\/service.yaml" line-rate="0.8333"/);
    match(xml, /<line number="3" hits="1" branch="true" condition-coverage="50% \(1\/2\)">/);
    const { total, charts } = JSON.parse(read("out/cover/coverage.json"));
    deepEqual(total, { lines: { hit: 6, total: 11 }, branches: { hit: 1, total: 4 } });
    deepEqual(charts[0].values.setAndNeverRead, [{ path: "prot", suites: ["web/tests/service_test.yaml"] }]);
    const html = read("out/cover/index.html");
    doesNotMatch(html, /<script|<link|src=|https?:/);
    match(html, /prefers-color-scheme: dark/);
    match(
      html,
      /<tr class="part">.*<td>\{\{ if gt \(int \.Values\.port\) 80 \}\}<\/td><td class="soft">if: never then<\/td>/,
    );
    match(html, /<tr class="miss"><td class="number">4<\/td><td class="number">0×<\/td><td>high: true<\/td>/);
  });
});

Deno.test("unittest --coverage-min fails when tests reach less, and says by how much", async () => {
  await covered("--coverage-min 54,25", ({ code, stderr }) => deepEqual([code, stderr], [0, ""]));
  await covered("--coverage-min 60,30", ({ code, stderr }) => {
    equal(code, 1);
    equal(
      stderr,
      "Error: coverage of lines is 54 % (6/11), less than 60 %\nError: coverage of branches is 25 % (1/4), less than 30 %\n",
    );
  });
});

Deno.test("unittest refuses unknown formats and thresholds of coverage", async () => {
  await covered("--coverage=text,xml", ({ code, stderr }) => {
    equal(code, 1);
    match(stderr, /^Error: unknown format of coverage "xml"\n/);
  });
  await covered(
    "--coverage-min 101",
    ({ stderr }) => match(stderr, /^Error: invalid argument "101" for "--coverage-min"\n/),
  );
});

Deno.test("unittest --coverage --output json has the numbers in the document", async () => {
  await covered("--coverage --output json", ({ stdout }) => {
    deepEqual(JSON.parse(stdout).coverage.total.lines, { hit: 6, total: 11 });
  });
});
