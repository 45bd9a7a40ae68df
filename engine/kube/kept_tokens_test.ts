import { deepEqual, equal, ok } from "node:assert/strict";
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { keepTokens, withTokens } from "./kept_tokens.ts";
import { decodeDocument } from "./yaml.ts";

const RENEWED = { "access-token": "new-token", expiry: "2050-01-01T00:00:00Z" };

Deno.test("withTokens() changes the tokens and leaves every other byte as it is", () => {
  const cases: [before: string, after: string][] = [
    [
      // The way gcloud and kubectl write it.
      "apiVersion: v1\nusers:\n- name: u\n  user:\n    auth-provider:\n      config:\n        cmd-path: gcloud\n      name: gcp\n",
      'apiVersion: v1\nusers:\n- name: u\n  user:\n    auth-provider:\n      config:\n        "access-token": "new-token"\n' +
      '        "expiry": "2050-01-01T00:00:00Z"\n        cmd-path: gcloud\n      name: gcp\n',
    ],
    [
      'users: [{name: u, user: {auth-provider: {name: gcp, config: {cmd-path: "x"}}}}] # mine\n',
      'users: [{name: u, user: {auth-provider: {name: gcp, config: {"access-token": "new-token", ' +
      '"expiry": "2050-01-01T00:00:00Z", cmd-path: "x"}}}}] # mine\n',
    ],
    [
      "users: [{name: u, user: {auth-provider: {name: gcp, config: {}}}}]\n",
      'users: [{name: u, user: {auth-provider: {name: gcp, config: {"access-token": "new-token", ' +
      '"expiry": "2050-01-01T00:00:00Z"}}}}]\n',
    ],
    [
      "users: [{name: u, user: {auth-provider: {name: gcp, config: {access-token: old-token, expiry: 2020-01-01T00:00:00Z}}}}]",
      "users: [{name: u, user: {auth-provider: {name: gcp, config: {access-token: new-token, expiry: 2050-01-01T00:00:00Z}}}}]",
    ],
    [
      '{"users": [{"name": "u", "user": {"auth-provider": {"name": "gcp", "config": {"cmd-path": "x"}}}}]}',
      '{"users": [{"name": "u", "user": {"auth-provider": {"name": "gcp", "config": {"access-token": "new-token", ' +
      '"expiry": "2050-01-01T00:00:00Z", "cmd-path": "x"}}}}]}',
    ],
    [
      // The second of two users, and a word that looks like the place.
      "# config: {\nusers:\n- name: other\n  user:\n    auth-provider:\n      name: gcp\n      config:\n        cmd-path: a\n" +
      "- name: u\n  user:\n    auth-provider:\n      name: gcp\n      config:\n        cmd-path: a\n",
      "# config: {\nusers:\n- name: other\n  user:\n    auth-provider:\n      name: gcp\n      config:\n        cmd-path: a\n" +
      '- name: u\n  user:\n    auth-provider:\n      name: gcp\n      config:\n        "access-token": "new-token"\n' +
      '        "expiry": "2050-01-01T00:00:00Z"\n        cmd-path: a\n',
    ],
  ];
  for (const [before, after] of cases) equal(withTokens(before, "u", RENEWED), after);
});

Deno.test("withTokens() writes the file anew where the text cannot be changed in place", () => {
  const cases = [
    "users:\n- name: u\n  user: {auth-provider: {name: gcp}}\n",
    "users:\n- name: u\n  user:\n    auth-provider:\n      name: gcp\n      config: null\n",
    // Another user has the same token, which must stay.
    "users: [{name: v, user: {token: old}}, {name: u, user: {auth-provider: {name: gcp, config: {access-token: old}}}}]\n",
  ];
  for (const text of cases) {
    const written = withTokens(text, "u", RENEWED);
    ok(written !== undefined);
    const [before, after] = [text, written].map((each) => decodeDocument(each) as { users: { user: unknown }[] });
    const users = after?.users ?? [];
    deepEqual(
      JSON.parse(JSON.stringify(users.at(-1)?.user)),
      { "auth-provider": { name: "gcp", config: RENEWED } },
    );
    deepEqual(users.slice(0, -1), before?.users.slice(0, -1));
  }
  equal(withTokens("users: []\n", "u", RENEWED), undefined);
  equal(withTokens("users: [{name: u, user: {token: x}}]\n", "u", RENEWED), undefined);
  const same = withTokens(cases[0] ?? "", "u", RENEWED) ?? "";
  equal(withTokens(same, "u", RENEWED), undefined);
});

Deno.test("keepTokens() replaces one file, for its owner alone, and leaves nothing beside it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "skeg-kept-"));
  try {
    const [real, link, other] = ["real", "config", "other"].map((name) => join(folder, name)) as [
      string,
      string,
      string,
    ];
    const text = "users: [{name: u, user: {auth-provider: {name: gcp, config: {cmd-path: x}}}}]\n";
    await writeFile(real, text, { mode: 0o644 });
    await writeFile(other, text);
    await symlink("real", link);
    await keepTokens(link, "u", RENEWED);
    ok((await readFile(real, "utf8")).includes("new-token"));
    equal((await stat(real)).mode & 0o777, 0o600);
    equal(await readFile(other, "utf8"), text);
    deepEqual((await readdir(folder)).sort(), ["config", "other", "real"]);
    // A file that another program is writing is not changed, and a missing file is not created.
    await writeFile(`${other}.lock`, "");
    await keepTokens(other, "u", RENEWED);
    equal(await readFile(other, "utf8"), text);
    await keepTokens(join(folder, "none"), "u", RENEWED);
    deepEqual((await readdir(folder)).sort(), ["config", "other", "other.lock", "real"]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
