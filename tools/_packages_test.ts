import { deepEqual, equal, match, throws } from "node:assert/strict";
import { checksums, homebrewFormula, type ReleaseFiles, scoopManifest } from "./_packages.ts";

const NAMES = ["skeg-linux-x64", "skeg-linux-arm64", "skeg-macos-x64", "skeg-macos-arm64", "skeg-windows-x64.exe"];
const RELEASE: ReleaseFiles = {
  version: "1.2.3",
  sums: new Map(NAMES.map((name, index) => [name, String(index).repeat(64)])),
};

Deno.test("homebrewFormula() has each program with its own checksum, and balanced blocks", () => {
  const text = homebrewFormula(RELEASE);
  const pairs = [...text.matchAll(/url "[^"]*\/v1\.2\.3\/([^"]*)"\n\s*sha256 "([0-9]*)"/g)];
  deepEqual(
    pairs.map(([, name, sum]) => [name, sum]).sort(),
    [...RELEASE.sums].filter(([name]) => !name.includes("windows")).sort(),
  );
  const opened = text.match(/^\s*(?:class|def|test do|on_\w+ do)/gm)?.length;
  equal(text.match(/^\s*end$/gm)?.length, opened);
});

Deno.test("scoopManifest() names the program for Windows, its checksum, and where the next ones are", () => {
  const manifest = JSON.parse(scoopManifest(RELEASE));
  match(manifest.architecture["64bit"].url, /\/v1\.2\.3\/skeg-windows-x64\.exe#\/skeg\.exe$/);
  equal(manifest.architecture["64bit"].hash, "4".repeat(64));
  match(manifest.autoupdate.architecture["64bit"].url, /\/v\$version\//);
});

Deno.test("a release without the checksum of a program makes no packages", () => {
  throws(() => homebrewFormula({ version: "1.2.3", sums: new Map() }), /no checksum of skeg-/);
});

Deno.test("checksums() has the form of sha256sum, in the order of names", () => {
  equal(checksums(new Map([["b", "2"], ["a", "1"]])), "1  a\n2  b\n");
});
