import { equal } from "node:assert/strict";
import { memoryPrinter } from "./print.ts";
import { printStatus, type ReleaseStatus, statusText } from "./status.ts";
import { jsonText, timeText } from "./text.ts";

const STATUS: ReleaseStatus = {
  name: "web",
  namespace: "shop",
  info: {
    status: {
      code: "DEPLOYED",
      resources: "==> v1/Service\nNAME  TYPE       AGE\nweb     ClusterIP  1s\n\n",
      notes: "Visit <web> & enjoy.\n",
    },
    firstDeployed: { seconds: 1603101600, nanos: 5 },
    lastDeployed: { seconds: 1603101600, nanos: 0 },
    description: "Install complete",
  },
};

const at = (seconds: number) => timeText({ seconds, nanos: 0 });

Deno.test("statusText() shows state, aligned resources and notes", () => {
  equal(
    statusText(STATUS),
    `LAST DEPLOYED: ${at(1603101600)}
NAMESPACE: shop
STATUS: DEPLOYED

RESOURCES:
==> v1/Service
NAME  TYPE       AGE
web   ClusterIP  1s


NOTES:
Visit <web> & enjoy.

`,
  );
});

Deno.test("statusText() shows the last test run", () => {
  const lastTestSuiteRun = {
    startedAt: { seconds: 10, nanos: 0 },
    completedAt: { seconds: 20, nanos: 0 },
    results: [{
      name: "ping",
      status: "SUCCESS" as const,
      info: "",
      startedAt: { seconds: 10, nanos: 0 },
      completedAt: { seconds: 15, nanos: 0 },
    }],
  };
  const status = { ...STATUS.info.status, resources: "", notes: "", lastTestSuiteRun };
  equal(
    statusText({ ...STATUS, info: { ...STATUS.info, status } }).split("\n\n").slice(1).join("\n\n"),
    `TEST SUITE:
Last Started: ${at(10)}
Last Completed: ${at(20)}

TEST\tSTATUS    \tINFO\tSTARTED                 \tCOMPLETED               
ping\tSUCCESS   \t    \t${at(10)}\t${at(15)}
`,
  );
});

Deno.test("printStatus() writes JSON in one line, codes as numbers, zero and empty values left out", () => {
  const print = memoryPrinter();
  printStatus(STATUS, "json", print);
  equal(
    print.stdout,
    '{"name":"web","info":{"status":{"code":1,"resources":"==\\u003e v1/Service\\nNAME  TYPE       AGE\\n' +
      'web     ClusterIP  1s\\n\\n","notes":"Visit \\u003cweb\\u003e \\u0026 enjoy.\\n"},' +
      '"first_deployed":{"seconds":1603101600,"nanos":5},"last_deployed":{"seconds":1603101600},' +
      '"Description":"Install complete"},"namespace":"shop"}\n',
  );
});

Deno.test("timeText() pads the day with a blank", () => {
  const noon = new Date(2020, 9, 5, 12, 3, 4).getTime() / 1000;
  equal(at(noon), "Mon Oct  5 12:03:04 2020");
  equal(timeText(undefined), "-");
});

Deno.test("jsonText() escapes as Go does", () => {
  equal(jsonText("\b\f\\b<\u2028\udc80\u0001"), '"\\u0008\\u000c\\\\b\\u003c\\u2028\\ufffd\\u0001"');
});
