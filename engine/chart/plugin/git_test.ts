import { equal, rejects } from "node:assert/strict";
import { inFolder } from "../../../tests/_lib/folder.ts";
import { gitAddress } from "./git.ts";

const page = (text: string) => (): Promise<Uint8Array> => Promise.resolve(new TextEncoder().encode(text));
const offline = () => Promise.reject(new Error("offline"));

for (
  const source of [
    "https://github.com/user/hello",
    "git@github.com:user/hello",
    "https://example.com/hello.git",
    "git://example.com/hello",
    "git+ssh://example.com/hello",
    "ssh://git@example.com/hello",
  ]
) {
  Deno.test(`gitAddress() knows ${source} without asking`, async () => {
    equal(await gitAddress(source, "/nowhere", () => Promise.reject(new Error("asked"))), source);
  });
}

Deno.test("gitAddress() asks the web page where its sources are", async () => {
  const asked: string[] = [];
  const found = await gitAddress("https://example.com/hello", "/nowhere", (url) => {
    asked.push(url);
    return page(
      `<html><head><meta name="other" content="x">
<meta content="example.com/hello git https://code.example.com/h.git" name="go-import"></head>`,
    )();
  });
  equal(found, "https://code.example.com/h.git");
  equal(asked.join(), "https://example.com/hello?go-get=1");
});

for (
  const [what, meta] of [
    ["another host's project", `content="example.org/hello git https://x/y"`],
    ["another kind of version control", `content="example.com/hello hg https://x/y"`],
    ["an option in the place of an address", `content="example.com/hello git --upload-pack=evil"`],
    ["a command in the place of an address", `content="example.com/hello git ext::sh%20-c%20evil"`],
  ] as const
) {
  Deno.test(`gitAddress() does not believe a page that names ${what}`, async () => {
    const text = `<head><meta name="go-import" ${meta}></head>`;
    await rejects(gitAddress("https://example.com/hello", "/nowhere", page(text)), {
      kind: "config",
      message: "Cannot detect VCS",
    });
  });
}

for (const source of ["hello", "https://github.com/only", "ftp://example.com/hello", "ext::sh -c evil", "--evil=x"]) {
  Deno.test(`gitAddress() cannot tell what ${source} is`, async () => {
    await rejects(gitAddress(source, "/nowhere", offline), { kind: "config", message: "Cannot detect VCS" });
  });
}

Deno.test("gitAddress() says that other kinds are not known here", async () => {
  await rejects(
    gitAddress("https://example.com/hello.hg", "/nowhere", offline),
    /is kept in hg: only git is known here/,
  );
});

Deno.test("gitAddress() takes a checkout's word for what its address is", () =>
  inFolder({ "x/.git/HEAD": "" }, async (folder) => {
    equal(await gitAddress("https://example.com/hello", `${folder}/x`, offline), "https://example.com/hello");
  }));
