/**
 * Random requests: no crash, no fault, no secret, and nothing that stays open. `SKEG_FUZZ_RUNS` says how many.
 */
import { equal, ok } from "node:assert/strict";
import { collectGarbage } from "../_lib/garbage.ts";
import { type Dice, diceOf, fuzzRuns } from "../_lib/fuzz.ts";
import { CANARIES, makeReleases } from "./_releases.ts";
import { rawRequest, type ServedUi, withUi } from "./_server.ts";

const WORDS = [
  "releases",
  "sandbox",
  "web",
  "other",
  "revisions",
  "1",
  "3",
  "0",
  "-1",
  "99999999999999999999",
  "values",
  "manifest",
  "hooks",
  "notes",
  "chart",
  "origins",
  "diff",
  "resources",
  "objects",
  "v1%2FSecret",
  "apps%2Fv1%2FDeployment",
  "default",
  "events",
  "plans",
  "doctor",
  "preview",
  "charts",
  "activity",
  "me",
  "contexts",
  "health",
  "reveal",
  "secrets",
  "..",
  "%2e%2e",
  "%00",
  "%ff",
  "%",
  "a%2Fb",
  "__proto__",
  "constructor",
  "",
  "💥",
  "x".repeat(300),
];
const FIELDS = [
  "ctx",
  "all",
  "revisions",
  "fields",
  "revision",
  "from",
  "to",
  "text",
  "line",
  "object",
  "path",
  "value",
  "file",
  "max",
  "kind",
  "name",
  "namespace",
  "tail",
  "since",
  "release",
];
const VALUES: readonly unknown[] = [
  "sandbox",
  "web",
  "1",
  "live",
  "",
  null,
  0,
  -1,
  1e308,
  true,
  [],
  {},
  [[]],
  "../../../../etc/passwd",
  "a: [",
  "{{ .Values }}",
  "upgrade",
  "rollback",
  "delete",
  ["sandbox", "web"],
  [["sandbox", "web"]],
  "skeg repair settle web --as failed",
  "skeg repair forget web --yes",
  "__proto__",
  "Secret/web",
  "auth.password",
  "data",
  "\u0000",
  "x".repeat(2000),
];
/** Without `code`: ten different wrong ones end the server, as they should. */
const BODY_FIELDS = [
  "ids",
  "operation",
  "chart",
  "archive",
  "values",
  "set",
  "revision",
  "ctx",
  "release",
  "command",
  "save",
  "confirm",
  "secret",
  "key",
  "fresh",
  "__proto__",
];

function pathIn(dice: Dice): string {
  const parts = Array.from({ length: 1 + dice.below(7) }, () => dice.pick(WORDS));
  // Half of the paths lead somewhere.
  const path = dice.oneIn(2) ? `/releases/sandbox/web/${parts.slice(0, 3).join("/")}` : `/${parts.join("/")}`;
  const query = Array.from(
    { length: dice.below(4) },
    () => `${dice.pick(FIELDS)}=${encodeURIComponent(String(dice.pick(VALUES))).slice(0, 200)}`,
  );
  return query.length === 0 ? path : `${path}?${query.join("&")}`;
}

function bodyIn(dice: Dice): string {
  if (dice.oneIn(6)) {
    return dice.pick(["", "{", "[]", "null", '"x"', "[".repeat(20_000), "\u{1f4a5}", '{"a":1}{"b":2}']);
  }
  const entries = Array.from({ length: dice.below(6) }, () => [dice.pick(BODY_FIELDS), dice.pick(VALUES)]);
  return JSON.stringify(Object.fromEntries(entries));
}

/** Sends one random request by `fetch`; returns its answer's text. */
async function send(ui: ServedUi, dice: Dice): Promise<{ readonly status: number; readonly text: string }> {
  const method = dice.pick(["GET", "GET", "GET", "POST", "POST", "PUT", "OPTIONS", "DELETE"]);
  const headers: Record<string, string> = {};
  const authorization = dice.pick([
    `Bearer ${ui.token}`,
    `Bearer ${ui.token}`,
    `Bearer ${ui.token}`,
    "",
    "Bearer wrong",
    "Basic x",
  ]);
  if (authorization !== "") headers["authorization"] = authorization;
  if (dice.oneIn(8)) headers["origin"] = dice.pick(["null", "https://evil.example", ui.server.url.slice(0, -1)]);
  if (dice.oneIn(8)) headers["if-none-match"] = dice.pick(["*", '"x"', "W/"]);
  headers["content-type"] = dice.pick(["application/json", "application/json", "application/json", "text/plain"]);
  const path = dice.oneIn(10)
    ? dice.pick(["session", "", "main.js", "lib/../../x", "api/v1", "favicon.ico"])
    : `api/v1${pathIn(dice)}`;
  // Streams of changes last as long as their reader.
  if (new URL(path, ui.server.url).pathname === "/api/v1/events") return { status: 200, text: "" };
  const body = method === "POST" || method === "PUT" ? bodyIn(dice) : null;
  const answer = await fetch(`${ui.server.url}${path}`, { method, headers, body });
  if (dice.oneIn(5)) {
    // A tab that was closed.
    await answer.body?.cancel();
    return { status: answer.status, text: "" };
  }
  return { status: answer.status, text: await answer.text() };
}

/** Number of open files of this process; 0 where that is not known. */
function openFiles(): number {
  try {
    return [...Deno.readDirSync("/proc/self/fd")].length;
  } catch {
    return 0;
  }
}

function heapBytes(): number {
  collectGarbage();
  return Deno.memoryUsage().heapUsed;
}

Deno.test("random requests end in an answer without a fault or a secret, and leave nothing open", () =>
  withUi({ allowWrite: false }, async (ui) => {
    await makeReleases(ui.skeg);
    const runs = fuzzRuns(600);
    // Kept connections and code that is loaded late come with the first requests.
    const warmUp = Math.min(200, runs / 2);
    let [files, heap] = [0, 0];
    for (let seed = 0; seed < runs; seed++) {
      if (seed === warmUp) [files, heap] = [openFiles(), heapBytes()];
      const { status, text } = await send(ui, diceOf(seed));
      ok(status >= 200 && status < 600 && status !== 500, `seed ${seed}: status ${status}: ${text.slice(0, 500)}`);
      for (const secret of CANARIES) ok(!text.includes(secret), `seed ${seed} has ${secret}`);
    }
    equal(ui.said.join("\n"), "");
    equal((await ui.ask("/contexts").then(async (answer) => (await answer.body?.cancel(), answer))).status, 200);
    ok(openFiles() - files <= 16, `${files} files were open, and ${openFiles()} are`);
    ok(heapBytes() - heap <= 96 * 1024 * 1024, `${heap} bytes were used, and ${heapBytes()} are`);
  }));

Deno.test("random bytes on the socket end in an answer or a closed connection", () =>
  withUi({}, async (ui) => {
    const parts = [
      "GET ",
      "POST ",
      "/",
      "/api/v1/me",
      " HTTP/1.1",
      " HTTP/1.0",
      " HTTP/9",
      "\r\n",
      "\r\n\r\n",
      "\n",
      "\0",
      "Host: ",
      `127.0.0.1:${ui.port}`,
      "evil.example",
      "Content-Length: ",
      "5",
      "-1",
      "99999999999",
      "Transfer-Encoding: chunked",
      "0\r\n\r\n",
      "Upgrade: websocket",
      "PRI * HTTP/2.0",
      "x".repeat(70_000),
      "Authorization: Bearer x",
      "\u{1f4a5}",
    ];
    for (let seed = 0; seed < Math.ceil(fuzzRuns(600) / 20); seed++) {
      const dice = diceOf(seed);
      const text = Array.from({ length: 1 + dice.below(14) }, () => dice.pick(parts)).join("");
      await Promise.race([
        rawRequest(ui.port, text).catch(() => undefined),
        new Promise((resolve) => setTimeout(resolve, 20)),
      ]);
    }
    equal((await ui.ask("/contexts").then(async (answer) => (await answer.body?.cancel(), answer))).status, 200);
  }));
