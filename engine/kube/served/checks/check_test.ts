import { deepEqual, equal, match } from "node:assert/strict";
import type { KubeObject } from "../../../model/mod.ts";
import { isServed, map, object, refused } from "../_objects.ts";
import { mapRemovedApi } from "../map.ts";
import { at, listAt } from "../plain.ts";

Deno.test("a kind without successor is refused, and can be skipped", () => {
  const error = refused(object("extensions/v1beta1", "PodSecurityPolicy"));
  equal(error.message, 'PodSecurityPolicy "web" cannot be created: Kubernetes has no such API since 1.25');
  match(error.hint ?? "", /--skip-removed \(there is no successor; Pod Security admission/);
  deepEqual([error.kind, error.situation, error.skippable, error.allowsLossy], [
    "removed-api",
    "no-successor",
    true,
    false,
  ]);
  for (
    const [apiVersion, kind] of [
      ["settings.k8s.io/v1alpha1", "PodPreset"],
      ["auditregistration.k8s.io/v1alpha1", "AuditSink"],
      ["admissionregistration.k8s.io/v1alpha1", "InitializerConfiguration"],
      ["apps/v1alpha1", "PetSet"],
      ["extensions/v1beta1", "ThirdPartyResource"],
    ] as const
  ) equal(refused(object(apiVersion, kind)).situation, "no-successor");
});

Deno.test("APIs that are too young, and servers that are too old, are refused with the version to use", () => {
  const young = refused(object("resource.k8s.io/v1beta1", "DeviceClass"));
  equal(
    young.message,
    'DeviceClass "web" is not converted: resource.k8s.io/v1beta1 is not served since Kubernetes 1.38; use resource.k8s.io/v1',
  );
  deepEqual([young.situation, young.skippable], ["not-converted", false]);
  const served = (apiVersion: string) => apiVersion === "autoscaling/v1";
  const old = refused(object("autoscaling/v2alpha1", "HorizontalPodAutoscaler"), { isServed: served });
  equal(
    old.message,
    'HorizontalPodAutoscaler "web" is not converted: the server has autoscaling/v1, but not autoscaling/v2alpha1 nor what replaced it',
  );
  equal(old.situation, "not-served-yet");
});

const webhooks = (...list: object[]): KubeObject =>
  object("admissionregistration.k8s.io/v1beta1", "ValidatingWebhookConfiguration", { webhooks: list });

Deno.test("a new webhook whose side effects are not known is refused, or gets None with consent", () => {
  for (const sideEffects of [undefined, "Unknown", "Some"]) {
    const given = webhooks({ name: "a.example.com", sideEffects: "None" }, { name: "b.example.com", sideEffects });
    const error = refused(given);
    match(
      error.message,
      /^ValidatingWebhookConfiguration "web" cannot be sent as admissionregistration\.k8s\.io\/v1: webhook "b\.example\.com" has (no field )?sideEffects/,
    );
    deepEqual([error.situation, error.allowsLossy, error.field], ["lossy", true, "webhooks[1].sideEffects"]);
    match(error.hint ?? "", /--allow-lossy-mapping, None is written; server-side dry runs then call the webhook/);
    const { object: mapped, changes } = mapRemovedApi(given, { isServed, allowLossy: true });
    equal(at(listAt(mapped, "webhooks")[1], "sideEffects"), "None");
    equal(changes.includes("webhooks[1].sideEffects: None is written; server-side dry runs call the webhook"), true);
  }
});

Deno.test("a webhook that is live keeps what it has, and only a new one beside it gets defaults", () => {
  const live = webhooks({ name: "a.example.com", sideEffects: "Unknown" });
  const both = webhooks({ name: "a.example.com" }, { name: "b.example.com", sideEffects: "NoneOnDryRun" });
  deepEqual(map(both, { live }).webhooks, [
    { name: "a.example.com" },
    {
      name: "b.example.com",
      sideEffects: "NoneOnDryRun",
      failurePolicy: "Ignore",
      matchPolicy: "Exact",
      timeoutSeconds: 30,
      admissionReviewVersions: ["v1beta1"],
    },
  ]);
  equal(
    refused(webhooks({ name: "a.example.com" }, { name: "b.example.com" }), { live }).field,
    "webhooks[1].sideEffects",
  );
});

Deno.test("two new webhooks of one name are refused", () => {
  const one = { name: "a.example.com", sideEffects: "None" };
  equal(refused(webhooks(one, one)).field, "webhooks[1].name");
});

Deno.test("a time zone in a schedule is refused, unless the live object has one", () => {
  const job = (schedule: string): KubeObject => object("batch/v1beta1", "CronJob", { spec: { schedule } });
  const zoned = job("CRON_TZ=Europe/Berlin 0 0 * * *");
  equal(
    refused(zoned).message,
    'CronJob "web" cannot be sent as batch/v1: spec.schedule is "CRON_TZ=Europe/Berlin 0 0 * * *", ' +
      "and current servers do not accept TZ= or CRON_TZ= there",
  );
  equal(refused(zoned, { live: job("0 0 * * *") }).field, "spec.schedule");
  equal(map(zoned, { live: job("TZ=UTC 0 0 * * *") }).apiVersion, "batch/v1");
  equal(map(zoned, { side: "old" }).apiVersion, "batch/v1");
});

Deno.test("paths without a leading slash and ports named by digits are refused", () => {
  const ingress = (path: string, servicePort: unknown): KubeObject =>
    object("extensions/v1beta1", "Ingress", {
      spec: { rules: [{ http: { paths: [{ path, backend: { serviceName: "web", servicePort } }] } }] },
    });
  const error = refused(ingress("web", 80));
  equal(
    error.message,
    'Ingress "web" cannot be sent as networking.k8s.io/v1: spec.rules[0].http.paths[0].path is "web", and a path begins with "/"',
  );
  equal(error.situation, "invalid");
  equal(refused(ingress("/", "80")).field, "spec.rules[0].http.paths[0].backend.service.port.name");
  equal(map(ingress("", "http")).apiVersion, "networking.k8s.io/v1");
  // The server decides when lossy mappings were consented to.
  equal(map(ingress("web", "80"), { allowLossy: true }).apiVersion, "networking.k8s.io/v1");
});

Deno.test("a signing request without a signer is refused on creation", () => {
  const request = (spec: object): KubeObject =>
    object("certificates.k8s.io/v1beta1", "CertificateSigningRequest", { spec });
  match(refused(request({ request: "Cg==" })).message, /spec\.signerName is missing; the old version chose a signer/);
  match(
    refused(request({ signerName: "kubernetes.io/legacy-unknown" })).message,
    /spec\.signerName is kubernetes\.io\/legacy-unknown/,
  );
  deepEqual(map(request({ signerName: "a.io/b" })).spec, {
    signerName: "a.io/b",
    usages: ["digital signature", "key encipherment"],
  });
  const live = request({ request: "Cg==", signerName: "kubernetes.io/legacy-unknown" });
  deepEqual(map(request({ request: "Cg==" }), { live }).spec, { request: "Cg==" });
});

Deno.test("events and endpoint slices without what is demanded now are refused", () => {
  const event = object("events.k8s.io/v1beta1", "Event", { eventTime: "2020-01-01T00:00:00.0Z", action: "a" });
  equal(refused(event).field, "reportingController");
  equal(map(event, { live: event }).apiVersion, "events.k8s.io/v1");
  const slice = object("discovery.k8s.io/v1alpha1", "EndpointSlice", { addressType: "IP", endpoints: [] });
  equal(refused(slice).field, "addressType");
});

const definition = (spec: object): KubeObject => ({
  ...object("apiextensions.k8s.io/v1beta1", "CustomResourceDefinition"),
  spec: { group: "example.com", version: "v1", names: { kind: "Foo", plural: "foos" }, ...spec },
});
const structural = { openAPIV3Schema: { type: "object", properties: { spec: { type: "object" } } } };
const PERMISSIVE = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };

Deno.test("a new CustomResourceDefinition without schema gets one that accepts everything", () => {
  for (
    const spec of [{}, { validation: {} }, { validation: { openAPIV3Schema: {} } }, { preserveUnknownFields: true }]
  ) {
    deepEqual(map(definition(spec)).spec, {
      group: "example.com",
      names: { kind: "Foo", plural: "foos" },
      versions: [{ name: "v1", served: true, storage: true, schema: PERMISSIVE }],
      scope: "Namespaced",
      preserveUnknownFields: false,
    });
  }
});

Deno.test("a new CustomResourceDefinition with a structural schema passes when it removed unknown fields before", () => {
  const mapped = map(definition({ validation: structural, preserveUnknownFields: false }));
  deepEqual(at(mapped, "spec", "versions"), [{ name: "v1", served: true, storage: true, schema: structural }]);
});

Deno.test("a new CustomResourceDefinition whose unknown fields would be removed needs consent", () => {
  for (const preserveUnknownFields of [undefined, true, null]) {
    const given = definition({ validation: structural, preserveUnknownFields });
    const error = refused(given);
    deepEqual([error.situation, error.allowsLossy, error.field], ["lossy", true, "spec.preserveUnknownFields"]);
    match(error.message, /kept fields that its schema does not name, and they would be removed/);
    const mapped = map(given, { allowLossy: true });
    equal(at(mapped, "spec", "preserveUnknownFields"), false);
    deepEqual(at(listAt(mapped, "spec", "versions")[0], "schema"), structural);
  }
});

Deno.test("a schema that is not structural is refused with its first violation, and replaced with consent", () => {
  const validation = { openAPIV3Schema: { type: "object", properties: { spec: { properties: {} } } } };
  const given = definition({ validation });
  equal(
    refused(given).message,
    'CustomResourceDefinition "web" cannot be created as apiextensions.k8s.io/v1: its schema is not structural: ' +
      "spec.versions[0].schema.openAPIV3Schema.properties[spec].type: Required value: must not be empty for specified object fields",
  );
  deepEqual(at(listAt(map(given, { allowLossy: true }), "spec", "versions")[0], "schema"), PERMISSIVE);
});

Deno.test("a new CustomResourceDefinition that removes all fields for want of a schema is refused", () => {
  match(
    refused(definition({ preserveUnknownFields: false })).message,
    /has no schema, and preserveUnknownFields is false/,
  );
});

Deno.test("a live CustomResourceDefinition gets structure only", () => {
  const live = definition({
    scope: "Namespaced",
    preserveUnknownFields: true,
    versions: [{ name: "v1", served: true, storage: true }],
  });
  deepEqual(map(definition({}), { live }).spec, {
    group: "example.com",
    names: { kind: "Foo", plural: "foos" },
    versions: [{ name: "v1", served: true, storage: true }],
    scope: "Namespaced",
  });
});

Deno.test("a live CustomResourceDefinition that was made through v1 keeps its schemas, on both sides of a patch", () => {
  const live = definition({
    scope: "Namespaced",
    preserveUnknownFields: false,
    versions: [{ name: "v1", schema: structural }],
  });
  const versions = ["v1", "v2"].map((name) => ({ name, served: true, storage: name === "v1" }));
  const broken = map(definition({ validation: { openAPIV3Schema: { properties: {} } } }), { live });
  deepEqual(at(listAt(broken, "spec", "versions")[0], "schema"), structural);
  for (const side of ["old", "target"] as const) {
    const mapped = map(definition({ versions, preserveUnknownFields: true }), { live, side });
    deepEqual(at(mapped, "spec", "versions"), [{ ...versions[0], schema: structural }, {
      ...versions[1],
      schema: PERMISSIVE,
    }]);
    equal(at(mapped, "spec", "preserveUnknownFields"), undefined);
  }
});

Deno.test("a group of the Kubernetes community gets the annotation that v1 demands", () => {
  const mapped = map({ ...definition({}), spec: { group: "app.k8s.io", version: "v1", names: {} } });
  match(String(mapped.metadata?.annotations?.["api-approved.kubernetes.io"]), /^unapproved, /);
  equal(map(definition({})).metadata?.annotations, undefined);
});
