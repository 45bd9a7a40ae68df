import { deepEqual, equal } from "node:assert/strict";
import { reportTemplate } from "./templates.ts";

const lines = (text: string, kubeVersion = "1.25") => reportTemplate(text, { kubeVersion }).map(({ line }) => line);
const has = (name: string) => `{{ if .Capabilities.APIVersions.Has "${name}" }}{{ end }}`;

Deno.test("reportTemplate() notes group versions that come back for other kinds", () => {
  const text = `a: 1\n{{- if .Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" }}\n{{- end }}\n`;
  deepEqual(reportTemplate(text, { kubeVersion: "1.25" }), [{
    line: 2,
    text:
      '.Capabilities.APIVersions.Has "networking.k8s.io/v1beta1" names no kind: it can be true from Kubernetes 1.31 ' +
      "on for IPAddress, ServiceCIDR, and says nothing of Ingress, IngressClass; add the kind that is meant, as in " +
      '"networking.k8s.io/v1beta1/Ingress"',
  }]);
  deepEqual(lines(text, "1.21"), []);
});

Deno.test("reportTemplate() notes group versions that lost some of their kinds", () => {
  const [finding] = reportTemplate(has("extensions/v1beta1"), { kubeVersion: "1.18" });
  equal(
    finding?.text.startsWith(
      '.Capabilities.APIVersions.Has "extensions/v1beta1" names no kind: it can be true for Ingress, ',
    ),
    true,
  );
  deepEqual(lines(has("extensions/v1beta1"), "1.15"), []);
  deepEqual(lines(has("extensions/v1beta1"), "1.22"), [], "gone as a whole");
  deepEqual(lines(has("extensions/v1beta1/Deployment"), "1.18"), [], "names its kind");
});

Deno.test("reportTemplate() reads every way to write the test, and no comments", () => {
  const name = "networking.k8s.io/v1beta1";
  deepEqual(lines(`\n{{ ($.Capabilities.APIVersions.Has \`${name}\`) | not }}`), [2]);
  deepEqual(
    lines(`{{ $has := .Capabilities.APIVersions -}}\n{{- if and .Values.a\n  ($has.Has "${name}") }}{{ end }}`),
    [3],
  );
  deepEqual(lines(`{{ .Capabilities.APIVersions.Has ("${name}") }}`), [1]);
  deepEqual(lines(`{{ "${name}" | .Capabilities.APIVersions.Has }}`), [1]);
  deepEqual(lines(`{{ or (.Capabilities.APIVersions.Has "apps/v1") (.Capabilities.APIVersions.Has "${name}") }}`), [1]);
  deepEqual(lines(`{{/* ${has(name)}\n*/}}\n{{- /* .Has "${name}" */ -}}\n${has(name)}`), [4]);
  deepEqual(lines(`# .Capabilities.APIVersions.Has "${name}"`), []);
  deepEqual(lines(has("example.com/v1") + has("apps/v1") + has("policy/v1beta1")), []);
});
