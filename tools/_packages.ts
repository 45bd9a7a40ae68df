/**
 * The files by which package managers find a release: a formula of Homebrew, a manifest of Scoop, and the checksums.
 *
 * @module
 */
import { REPOSITORY } from "./project.ts";

/** A release: its version, and the SHA-256 of each file by name. */
export interface ReleaseFiles {
  readonly version: string;
  readonly sums: ReadonlyMap<string, string>;
}

/** Returns `SHA256SUMS`, as `sha256sum --check` reads it, in the order of names. */
export function checksums(sums: ReadonlyMap<string, string>): string {
  return [...sums].sort(([a], [b]) => a < b ? -1 : 1).map(([name, sum]) => `${sum}  ${name}\n`).join("");
}

function sumOf({ sums }: ReleaseFiles, name: string): string {
  const sum = sums.get(name);
  if (sum === undefined || !/^[0-9a-f]{64}$/.test(sum)) throw new Error(`the release has no checksum of ${name}`);
  return sum;
}

/** Returns the formula of Homebrew, `skeg.rb`. */
export function homebrewFormula(release: ReleaseFiles): string {
  const base = `${REPOSITORY}/releases/download/v${release.version}`;
  const file = (name: string, indent: string): string =>
    `${indent}url "${base}/${name}"\n${indent}sha256 "${sumOf(release, name)}"\n`;
  const system = (word: string, name: string): string =>
    `  on_${word} do\n    on_intel do\n${file(`${name}-x64`, "      ")}    end\n` +
    `    on_arm do\n${file(`${name}-arm64`, "      ")}    end\n  end\n`;
  return `class Skeg < Formula
  desc "Helm 2 without Tiller: charts and releases with your own kubeconfig"
  homepage "${REPOSITORY}"
  version "${release.version}"
  license "Apache-2.0"

${system("macos", "skeg-macos")}
${system("linux", "skeg-linux")}
  def install
    bin.install Dir["skeg-*"].first => "skeg"
    generate_completions_from_executable(bin/"skeg", "completion", shells: [:bash, :zsh, :fish])
  end

  test do
    assert_match "v2.17.0", shell_output("#{bin}/skeg version --client --short")
  end
end
`;
}

/** Returns the manifest of Scoop, `skeg.json`. */
export function scoopManifest(release: ReleaseFiles): string {
  const name = "skeg-windows-x64.exe";
  const at = (version: string): string => `${REPOSITORY}/releases/download/v${version}`;
  return JSON.stringify(
    {
      version: release.version,
      description: "Helm 2 without Tiller: charts and releases with your own kubeconfig",
      homepage: REPOSITORY,
      license: "Apache-2.0",
      architecture: {
        "64bit": { url: `${at(release.version)}/${name}#/skeg.exe`, hash: sumOf(release, name) },
      },
      bin: "skeg.exe",
      checkver: "github",
      autoupdate: {
        architecture: { "64bit": { url: `${at("$version")}/${name}#/skeg.exe` } },
        hash: { url: "$baseurl/SHA256SUMS" },
      },
    },
    undefined,
    2,
  ) + "\n";
}
