import { deepEqual, equal, rejects } from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Values } from "../../model/mod.ts";
import { mergeConfig, mergeValues, type ValuesFile } from "./merge.ts";

/** A recorded case; see the README beside the file. */
interface SetCase {
  readonly id: string;
  readonly flags: readonly string[];
  readonly values_files?: readonly ValuesFile[];
  readonly values?: Values;
  readonly error?: string;
}

/** JSON with sorted keys. */
function canonical(value: unknown): string {
  return JSON.stringify(
    value,
    (_, part) =>
      typeof part === "object" && part !== null && !Array.isArray(part)
        ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => a < b ? -1 : 1))
        : part,
  );
}

Deno.test("mergeValues() gives what Helm 2 gives for every recorded case", async () => {
  const file = new URL("../../../testdata/values/set_cases.jsonl", import.meta.url);
  const cases = readFileSync(file, "utf8").trim().split("\n").map((line) => JSON.parse(line) as SetCase);
  const folder = mkdtempSync(join(tmpdir(), "skeg-set-"));
  const wrong: string[] = [];
  try {
    for (const { id, flags, values_files: files = [], values, error } of cases) {
      for (const { name, content } of files) writeFileSync(join(folder, name), content);
      const pick = (flag: string): string[] => flags.filter((_, index) => flags[index - 1] === flag);
      const got = await mergeValues({
        files,
        set: pick("--set"),
        setString: pick("--set-string"),
        setFile: pick("--set-file").map((text) => text.replace("$DIR", folder)),
      }).then(canonical, (reason: Error) => reason.message);
      const want = error ?? canonical(values);
      if (got !== want) wrong.push(`${id}: ${got} instead of ${want}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  deepEqual(wrong, []);
  equal(cases.length, 636);
});

Deno.test("mergeConfig() writes {} when nothing was given", async () => {
  equal(await mergeConfig({}), "{}\n");
});

Deno.test("mergeConfig() applies files, --set, --set-string and --set-file in this order", async () => {
  const given = { files: [{ name: "v.yaml", content: "a: 0\nb: 0\n" }], set: ["a=1"], setString: ["a=2"] };
  equal(await mergeConfig(given), 'a: "2"\nb: 0\n');
});

Deno.test("mergeConfig() keeps integers of --set exact", async () => {
  equal(await mergeConfig({ set: ["a=9007199254740993"] }), "a: 9007199254740993\n");
  equal((await mergeValues({ set: ["a=9007199254740993"] }))["a"], 9007199254740992);
});

Deno.test("mergeConfig() keeps nulls and replaces lists", async () => {
  const files = ["a: {b: [1, 2], c: 1}", "a: {b: [3], c: null}"].map((content) => ({ name: "v.yaml", content }));
  equal(await mergeConfig({ files }), "a:\n  b:\n  - 3\n  c: null\n");
});

Deno.test("mergeConfig() reads standard input once", async () => {
  const readStdin = (): Promise<string> => Promise.resolve("x: 1\n");
  equal(await mergeConfig({ files: ["-", " - "], readStdin }), "x: 1\n");
});

Deno.test("mergeConfig() stops at the first file that is wrong", async () => {
  await rejects(mergeConfig({ files: [{ name: "v.yaml", content: "- a" }, "gone.yaml"] }), {
    kind: "values",
    message: "failed to parse v.yaml: error unmarshaling JSON: while decoding JSON: json: cannot unmarshal array " +
      "into Go value of type map[string]interface {}",
  });
  await rejects(mergeConfig({ files: ["gone.yaml"] }), {
    kind: "io",
    message: "open gone.yaml: no such file or directory",
  });
});

Deno.test("mergeConfig() fetches addresses, unless told not to", async () => {
  const asked: string[] = [];
  const readUrl = (url: string, scheme: string): Promise<Uint8Array> | undefined => {
    asked.push(url);
    return scheme === "https" ? Promise.resolve(new TextEncoder().encode("x: 1")) : undefined;
  };
  equal(await mergeConfig({ files: ["HTTPS://h/v"], readUrl }), "x: 1\n");
  await rejects(mergeConfig({ files: ["x://h/v"], readUrl }), { message: "open x://h/v: no such file or directory" });
  await rejects(mergeConfig({ files: ["https://h/v"], readUrl, localOnly: true }), { kind: "io" });
  deepEqual(asked, ["HTTPS://h/v", "x://h/v"]);
});

Deno.test("mergeConfig() says what a server answered", async () => {
  await using server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
    return new URL(request.url).pathname === "/v" ? new Response("x: 1\n") : new Response("", { status: 404 });
  });
  const base = `http://127.0.0.1:${server.addr.port}`;
  equal(await mergeConfig({ files: [`${base}/v`] }), "x: 1\n");
  await rejects(mergeConfig({ files: [`${base}/gone`] }), {
    kind: "io",
    message: `Failed to fetch ${base}/gone : 404 Not Found`,
  });
});
