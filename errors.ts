/**
 * Errors, and the closed set of their kinds.
 *
 * Rooms throw a {@linkcode SkegError} where they notice a failure; `main.ts` prints it on stderr. Code
 * branches on `kind`, never on text.
 *
 * @module
 */
import { maskSecrets } from "./engine/base/mod.ts";

/** The closed set of tags that code branches on. */
export type ErrorKind =
  | "usage" // the command line is wrong
  | "io" // a local file could not be read or written
  | "chart" // a chart is broken, or cannot be used here
  | "values" // values cannot be parsed or merged
  | "template" // a template cannot be parsed or executed
  | "yaml" // text is not the YAML that Helm 2 reads
  | "semver" // a version or a constraint cannot be parsed
  | "config" // kubeconfig or credentials
  | "kube" // the API server refused or could not be reached
  | "removed-api" // an object names an API version that the server does not have, and cannot be converted
  | "not-found" // a release, record or object does not exist
  | "exists" // a release, record or object exists already
  | "conflict" // it was modified by another client
  | "release" // an operation on a release failed
  | "record" // a stored record cannot be read or written
  | "timeout" // a wait ran out of time
  | "unready" // an object cannot become ready by itself
  | "aborted" // the caller's AbortSignal fired
  | "sandbox" // the in-process API server
  | "internal"; // a bug in skeg

/** Optional facts of a {@linkcode SkegError}. */
export interface SkegErrorOptions {
  /** The error that caused this one. */
  readonly cause?: unknown;
  /** The next step for the user: one imperative sentence. */
  readonly hint?: string | undefined;
  /** Findings, one a line, where Helm's own words say too little; printed below the message. */
  readonly details?: string | undefined;
  /** The process's exit status; Helm 2 uses 1 for every failure. */
  readonly exitCode?: number | undefined;
  /** Where the release was found instead. */
  readonly elsewhere?: Elsewhere | undefined;
  /** With kind `not-found`: the name of the release, or the key of the record, that does not exist. */
  readonly missing?: string | undefined;
  /** The path of a file or folder that does not exist. */
  readonly absentPath?: string | undefined;
  /**
   * If true, credentials in the message are not masked here, because it quotes text of a chart or of values;
   * they are masked when it is printed.
   */
  readonly verbatim?: boolean | undefined;
}

/** An object that holds a release record (the first of several), in a place that was not searched. */
export interface RecordPlace {
  /** The kind of object, as `--storage` names it. */
  readonly storage: "configmap" | "secret";
  /** The namespace, as `--tiller-namespace` names it. */
  readonly namespace: string;
  /** The object's name, such as `web.v3`. */
  readonly key: string;
  /** False when the object lacks the label `OWNER=TILLER`, by which records are found. */
  readonly labelled: boolean;
}

/** The settings of a Tiller, read from its Deployment. */
export interface TillerSettings {
  /** Where it keeps its records, as `--tiller-namespace` names it. */
  readonly namespace: string;
  /** Its `--storage`: `configmap`, `secret`, `sql` or `memory`. */
  readonly storage: string;
  /** Its `--history-max`: revisions to keep per release; 0 keeps all. */
  readonly historyMax: number;
}

/** A release of the name in Helm 3. */
export interface Helm3Place {
  /** Namespace of the release. */
  readonly namespace: string;
  /** The newest revision. */
  readonly revision: number;
  /** In Helm 3's words, such as `deployed`. */
  readonly status: string;
}

/** Records and Tillers that were found outside the place that was searched. */
export interface Elsewhere {
  /** Records; at most one for each storage and namespace. */
  readonly records: readonly RecordPlace[];
  /** Deployments of Tiller. */
  readonly tillers: readonly TillerSettings[];
  /** Releases of the name in Helm 3, one for each namespace; absent when there are none, or they may not be listed. */
  readonly helm3?: readonly Helm3Place[] | undefined;
}

/**
 * Kinds whose messages quote text of charts and values; they are compared with Helm's. `main.ts` masks them
 * when it prints.
 */
const QUOTING: ReadonlySet<ErrorKind> = new Set(["template", "values", "yaml", "semver"]);

/** The one base class. Subclasses add facts, never behaviour. Messages hold no credentials. */
export class SkegError extends Error {
  /** The tag that code branches on, from a closed set. */
  readonly kind: ErrorKind;
  /** The next step for the user: one imperative sentence, or `undefined`. */
  readonly hint: string | undefined;
  /** Findings, one a line, where Helm's own words say too little. */
  readonly details: string | undefined;
  /** Helm 2 exits 1 when a command fails, so scripts that test for 1 still work. */
  readonly exitCode: number;
  /** Where the release was found instead; `undefined` when no search was made or nothing was found. */
  readonly elsewhere: Elsewhere | undefined;
  /** The name of the release, or the key of the record, that does not exist; `undefined` for other errors. */
  readonly missing: string | undefined;
  /** The path of a file or folder that does not exist; `undefined` for other errors. */
  readonly absentPath: string | undefined;

  /** Takes a message that says what failed, in Helm 2's words where it has them. */
  constructor(kind: ErrorKind, message: string, more: SkegErrorOptions = {}) {
    const options = more.cause === undefined ? {} : { cause: withoutSecrets(more.cause) };
    super(more.verbatim || QUOTING.has(kind) ? message : maskSecrets(message), options);
    this.name = new.target.name;
    this.kind = kind;
    this.hint = more.hint === undefined ? undefined : maskSecrets(more.hint);
    this.details = more.details === undefined ? undefined : maskSecrets(more.details);
    this.exitCode = more.exitCode ?? 1;
    this.elsewhere = more.elsewhere;
    this.missing = more.missing;
    this.absentPath = more.absentPath;
  }
}

/** Returns the cause, or a copy without credentials in its message: the runtime quotes whole addresses. */
function withoutSecrets(cause: unknown, depth = 0): unknown {
  if (!(cause instanceof Error) || cause instanceof SkegError || depth > 8) return cause;
  const message = maskSecrets(cause.message);
  const inner = withoutSecrets(cause.cause, depth + 1);
  if (message === cause.message && inner === cause.cause) return cause;
  const shown = new Error(message, inner === undefined ? {} : { cause: inner });
  shown.name = cause.name;
  return shown;
}

/** Where in a template something happened. */
export interface TemplatePosition {
  /** Template name: the full path, or the name that `tpl` was given. */
  readonly path: string;
  /** 1-based line. */
  readonly line: number;
  /** 0-based byte offset within the line; `undefined` for parse errors, as in Go. */
  readonly column: number | undefined;
}

/** A template cannot be parsed or executed; the message is Helm's. */
export class TemplateError extends SkegError {
  /** Positions, innermost first. */
  readonly trace: readonly TemplatePosition[];

  /** Keeps Helm's message and adds where it happened. */
  constructor(message: string, trace: readonly TemplatePosition[] = [], more: SkegErrorOptions = {}) {
    super("template", message, more);
    this.trace = trace;
  }
}

/** Text is not the YAML that Helm 2 reads; the message is that of Go's library. */
export class YamlError extends SkegError {
  /** 1-based line as the message gives it, or `undefined`. */
  readonly line: number | undefined;

  /** Keeps the library's message. */
  constructor(message: string, line?: number, more: SkegErrorOptions = {}) {
    super("yaml", message, more);
    this.line = line;
  }
}

/** The API server refused a request; the message is the server's. */
export class KubeError extends SkegError {
  /** HTTP status, or 0 when no answer came. */
  readonly status: number;
  /** The server's `reason`, such as `AlreadyExists`; empty when it gave none. */
  readonly reason: string;

  /** Never holds headers, tokens or the bodies of requests. */
  constructor(message: string, status: number, reason: string, more: SkegErrorOptions & { kind?: ErrorKind } = {}) {
    super(more.kind ?? "kube", message, more);
    this.status = status;
    this.reason = reason;
  }
}

/** The system's message for each error code, in Go's words. */
const SYSTEM_REASONS: Readonly<Record<string, string>> = {
  EACCES: "permission denied",
  EBUSY: "device or resource busy",
  EEXIST: "file exists",
  EINVAL: "invalid argument",
  EIO: "input/output error",
  EISDIR: "is a directory",
  ELOOP: "too many levels of symbolic links",
  EMFILE: "too many open files",
  ENAMETOOLONG: "file name too long",
  ENFILE: "too many open files in system",
  ENOENT: "no such file or directory",
  ENOSPC: "no space left on device",
  ENOTDIR: "not a directory",
  ENOTEMPTY: "directory not empty",
  EPERM: "operation not permitted",
  EROFS: "read-only file system",
  EXDEV: "invalid cross-device link",
};

/**
 * Returns the error for a failed call on a local file, in the words of Helm 2:
 * `open values.yaml: no such file or directory`. A name that is not UTF-8 cannot be opened here, and the error says so.
 *
 * @param verb The system call as Go names it: `open`, `read`, `stat`, `lstat`, `mkdir` …
 * @param path The path as it was given.
 * @param cause The error that `node:fs` threw.
 */
export function fileError(verb: string, path: string, cause: unknown): SkegError {
  // For an empty path the system says ENOENT; the runtime refuses it before it asks the system.
  const code = path === "" ? "ENOENT" : (cause as { code?: unknown } | null)?.code;
  if (code === "ENOENT" && path.includes("\ufffd")) {
    // The runtime puts U+FFFD in place of bytes that are not UTF-8, and then asks for a file that is not there.
    const shown = path.replaceAll("\ufffd", "\\ufffd");
    return new SkegError("io", `${verb} ${shown}: the name is not UTF-8, and this program cannot open it`, {
      cause,
      hint: "Rename the file or folder.",
    });
  }
  const known = typeof code === "string" ? SYSTEM_REASONS[code] : undefined;
  const reason = known ?? (cause instanceof Error ? cause.message : String(cause));
  return new SkegError("io", `${verb} ${path}: ${reason}`, { cause, absentPath: code === "ENOENT" ? path : undefined });
}
