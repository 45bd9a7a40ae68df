/**
 * CustomResourceDefinitions.
 *
 * Source of the rules and their words: Kubernetes 1.34, `apiextensions-apiserver/pkg/apis/apiextensions/validation/validation.go`.
 *
 * @module
 */
import { definitionDefaults } from "../../kube/defaults/mod.ts";
import { definitionController } from "../controllers/definition.ts";
import { onePath } from "../fields/set.ts";
import { at, child, type Json, listOf, mapOf, mapsOf, same, textOf } from "../json.ts";
import { type FieldError, invalidValue, notSupported, required } from "../status.ts";
import { createdCells } from "../tables/format.ts";
import { dns1035Label, dnsSubdomain } from "../validation/names.ts";
import type { Kind } from "./kind.ts";
import type { Rules } from "./rules.ts";

/**
 * Checks that a schema is structural: every field has a type, unless it may be an integer or a
 * string, or preserves unknown fields. Source: `pkg/apiserver/schema/validation.go`.
 */
function checkSchema(schema: Json, field: string, errors: FieldError[]): void {
  if (textOf(schema["type"]) === "" && schema["x-kubernetes-int-or-string"] !== true) {
    if (schema["x-kubernetes-preserve-unknown-fields"] !== true) {
      errors.push(required(`${field}.type`, "must not be empty for specified object fields"));
    }
  }
  for (const [name, property] of Object.entries(mapOf(schema["properties"]))) {
    checkSchema(mapOf(property), `${field}.properties[${name}]`, errors);
  }
  if (schema["items"] !== undefined) checkSchema(mapOf(schema["items"]), `${field}.items`, errors);
}

function checkVersions(spec: Json): FieldError[] {
  const versions = mapsOf(spec["versions"]);
  const errors: FieldError[] = [];
  // The internal type holds a schema that all versions share in `spec.validation`, so errors name
  // that path.
  const schemas = versions.map((version) => at(version, "schema", "openAPIV3Schema"));
  const shared = schemas.every((schema) => same(schema, schemas[0]));
  versions.forEach((version, i) => {
    const here = `spec.versions[${i}]`;
    const name = textOf(version["name"]);
    errors.push(...dns1035Label(name).map((message) => invalidValue(`${here}.name`, name, message)));
    const schema = at(version, "schema", "openAPIV3Schema");
    if (schema === undefined) errors.push(required(`${here}.schema.openAPIV3Schema`));
    else if (i === 0 || !shared) {
      const own = mapOf(schema);
      const root = shared ? "spec.validation.openAPIV3Schema" : `${here}.schema.openAPIV3Schema`;
      if (textOf(own["type"]) === "") errors.push(required(`${root}.type`, "must not be empty at the root"));
      else if (own["type"] !== "object") {
        errors.push(invalidValue(`${root}.type`, own["type"], "must be object at the root"));
      }
      for (const [name, property] of Object.entries(mapOf(own["properties"]))) {
        if (name === "metadata") continue;
        checkSchema(mapOf(property), `${root}.properties[${name}]`, errors);
      }
    }
  });
  if (versions.filter((version) => version["storage"] === true).length !== 1) {
    // The server prints its internal struct, which has Go's names.
    const shown = versions.map((version) => ({
      Name: version["name"],
      Served: version["served"] === true,
      Storage: version["storage"] === true,
      Deprecated: version["deprecated"] === true,
      DeprecationWarning: version["deprecationWarning"] ?? null,
      Schema: null,
      Subresources: null,
      AdditionalPrinterColumns: null,
      SelectableFields: null,
    }));
    errors.push(
      invalidValue(
        "spec.versions",
        versions.length === 0 ? null : shown,
        "must have exactly one version marked as storage version",
      ),
      invalidValue("status.storedVersions", null, "must have at least one stored version"),
    );
  }
  return errors;
}

function storedVersion(object: Json): string {
  const versions = mapsOf(at(object, "spec", "versions"));
  return textOf(versions.find((version) => version["storage"] === true)?.["name"]);
}

/** Rules of CustomResourceDefinitions. */
const definitionRules: Rules = {
  generation: true,
  needsVersion: true,
  defaults: definitionDefaults,
  prepare(object) {
    object["status"] = {
      conditions: null,
      acceptedNames: { plural: "", kind: "" },
      storedVersions: [storedVersion(object)],
    };
  },
  prepareUpdate(object) {
    // A new storage version is added, and no old one removed: the store may still hold objects in
    // it.
    const status = child(object, "status");
    const stored = listOf(status["storedVersions"]).map(textOf);
    const now = storedVersion(object);
    if (!stored.includes(now)) status["storedVersions"] = [...stored, now];
  },
  validateCreate(object) {
    // The name is made of the plural and the group, so two definitions can never claim the same
    // resource.
    const spec = object["spec"];
    const name = textOf(at(object, "metadata", "name"));
    const wanted = `${textOf(at(spec, "names", "plural"))}.${textOf(at(spec, "group"))}`;
    return name === "" || name === wanted
      ? []
      : [invalidValue("metadata.name", name, 'must be spec.names.plural+"."+spec.group')];
  },
  validate(object) {
    const spec = mapOf(object["spec"]);
    const names = mapOf(spec["names"]);
    const group = textOf(spec["group"]);
    const errors: FieldError[] = [];
    if (group === "") errors.push(required("spec.group"));
    else {
      errors.push(...dnsSubdomain(group).map((message) => invalidValue("spec.group", group, message)));
      if (!group.includes(".")) {
        errors.push(invalidValue("spec.group", group, "should be a domain with at least one dot"));
      }
    }
    const scopes = ["Cluster", "Namespaced"];
    if (textOf(spec["scope"]) === "") errors.push(required("spec.scope"));
    else if (!scopes.includes(textOf(spec["scope"]))) errors.push(notSupported("spec.scope", spec["scope"], scopes));
    errors.push(...checkVersions(spec));
    for (const key of ["plural", "singular", "kind", "listKind"]) {
      const value = textOf(names[key]);
      if (value === "") {
        errors.push(required(`spec.names.${key}`));
        continue;
      }
      // Kinds may have capitals; everything else about them must be a label.
      const wrong = dns1035Label(value.toLowerCase());
      errors.push(
        ...wrong.map((message) =>
          invalidValue(
            `spec.names.${key}`,
            value,
            key.endsWith("ind") ? `may have mixed case, but should otherwise match: ${message}` : message,
          )
        ),
      );
    }
    return errors;
  },
  validateUpdate(object, before) {
    const errors: FieldError[] = [];
    // Stored objects are found by these: after a change they would be lost.
    for (const path of [["group"], ["scope"], ["names", "plural"], ["names", "kind"]]) {
      const value = at(object, "spec", ...path);
      if (value !== at(before, "spec", ...path)) {
        errors.push(invalidValue(`spec.${path.join(".")}`, value, "field is immutable"));
      }
    }
    return errors;
  },
};

/** CustomResourceDefinitions. */
export const definitions: Kind = {
  resource: "apiextensions.k8s.io/customresourcedefinitions",
  rules: definitionRules,
  controller: definitionController,
  cells: createdCells,
  statusKeeps: onePath("f:metadata"),
  statusWriter: "kube-apiserver",
};
