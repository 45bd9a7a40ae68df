/**
 * The table of asserts.
 *
 * @module
 */
import type { Check } from "./asserts/check.ts";
import { contains, exists, isNullOrEmpty, isSubset, isType, lengthEqual } from "./asserts/content.ts";
import { containsDocument, hasDocuments, isApiVersion, isKind } from "./asserts/documents.ts";
import { equal, equalRaw, greaterOrEqual, lessOrEqual } from "./asserts/equal.ts";
import { equalFile, isHook, matchesSchema, resourceOrder, warns } from "./asserts/own.ts";
import { failedTemplate, matchRegex, matchRegexRaw, matchSnapshot, matchSnapshotRaw } from "./asserts/text.ts";

/** One name of an assert. */
export interface AssertKind {
  /** The function that decides. */
  readonly check: Check;
  /** True if the name means the opposite, as `notEqual`. */
  readonly isAntonym: boolean;
  /** True if the templates must render. */
  readonly needsSuccess: boolean;
  /** True for asserts that helm-unittest does not have. */
  readonly isOwn?: boolean;
  /** True if it looks at the whole test, not at each template. */
  readonly isWhole?: boolean;
}

function kind(check: Check, isAntonym = false, needsSuccess = true): AssertKind {
  return { check, isAntonym, needsSuccess };
}

/** All names of asserts. */
export const ASSERTS: Readonly<Record<string, AssertKind>> = {
  matchSnapshot: kind(matchSnapshot),
  matchSnapshotRaw: kind(matchSnapshotRaw),
  equal: kind(equal),
  notEqual: kind(equal, true),
  greaterOrEqual: kind(greaterOrEqual),
  notGreaterOrEqual: kind(greaterOrEqual, true),
  lessOrEqual: kind(lessOrEqual),
  notLessOrEqual: kind(lessOrEqual, true),
  equalRaw: kind(equalRaw),
  notEqualRaw: kind(equalRaw, true),
  exists: kind(exists),
  notExists: kind(exists, true),
  isNull: kind(exists, true),
  isNotNull: kind(exists),
  isNullOrEmpty: kind(isNullOrEmpty),
  isNotNullOrEmpty: kind(isNullOrEmpty, true),
  isEmpty: kind(isNullOrEmpty),
  isNotEmpty: kind(isNullOrEmpty, true),
  contains: kind(contains),
  notContains: kind(contains, true),
  isSubset: kind(isSubset),
  isNotSubset: kind(isSubset, true),
  isType: kind(isType),
  isNotType: kind(isType, true),
  isKind: kind(isKind),
  isAPIVersion: kind(isApiVersion),
  hasDocuments: kind(hasDocuments),
  containsDocument: kind(containsDocument),
  lengthEqual: kind(lengthEqual),
  notLengthEqual: kind(lengthEqual, true),
  matchRegex: kind(matchRegex),
  notMatchRegex: kind(matchRegex, true),
  matchRegexRaw: kind(matchRegexRaw),
  notMatchRegexRaw: kind(matchRegexRaw, true),
  failedTemplate: kind(failedTemplate, false, false),
  notFailedTemplate: kind(failedTemplate, true),
  isHook: { ...kind(isHook), isOwn: true },
  equalFile: { ...kind(equalFile), isOwn: true },
  matchesSchema: { ...kind(matchesSchema), isOwn: true },
  resourceOrder: { ...kind(resourceOrder), isOwn: true, isWhole: true },
  warns: { ...kind(warns), isOwn: true, isWhole: true },
};
