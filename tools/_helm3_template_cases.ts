/**
 * Templates whose results in Helm 3 are recorded: the language of Go 1.26, and functions that Helm 2 lacks or has in another way.
 *
 * @module
 */

/** Templates of today's language, and of errors in it; each is a case. */
export const LANGUAGE_TEXTS: Readonly<Record<string, string>> = {
  "break-continue": [
    "a: {{ range .Values.list }}{{ if eq . `c` }}{{ break }}{{ end }}{{ . }}{{ end }}.",
    "b: {{ range .Values.list }}{{ if eq . `c` }}{{- continue }}{{ end }}{{ . }}{{ end }}.",
    "c: {{ range $i, $x := .Values.list }}{{ with $x }}{{ if eq . `b` }}{{ continue }}{{ end }}{{ . }}{{ end }}{{ $i }}{{ end }}.",
    "d: {{ range .Values.list }}{{ with dict `k` . }}{{ with .k }}{{ if eq . `c` }}{{ break }}{{ end }}{{ . }}{{ end }}{{ end }}{{ end }}{{ .Values.n }}",
    "e: {{ range .Values.list }}{{ $o := . }}{{ range $.Values.list }}{{ if eq . $o }}{{ break }}{{ end }}{{ . }}{{ end }}/{{ end }}",
    "f: {{ range .Values.list }}{{ $o := . }}{{ range list }}{{ else }}{{ if eq $o `b` }}{{ continue }}{{ end }}{{ $o }}{{ end }}/{{ end }}",
    "g: {{ include `g` . }}{{ define `g` }}{{ range 2 }}{{ . }}{{ break }}{{ end }}{{ end }}",
  ].join("\n"),
  "else-with": [
    "a: {{ with .Values.none }}1{{ else with .Values.text }}{{ . }}{{ else }}3{{ end }}.",
    "b: {{ with .Values.none }}1{{ else with .Values.none }}2{{ else with .Values.n }}{{ . }}{{ end }}{{ .Values.n }}",
  ].join("\n"),
  "range-number": [
    "a: {{ range 3 }}{{ . }},{{ end }}.",
    "b: {{ range $x := int64 .Values.n }}{{ $x }}{{ typeOf . }},{{ end }}.",
    "c: {{ range 0 }}x{{ else }}none{{ end }} {{ range -2 }}x{{ else }}none{{ end }}",
    "d: {{ range $i := len .Values.list }}{{ if eq $i 2 }}{{ break }}{{ end }}{{ index $.Values.list $i }}{{ end }}.",
  ].join("\n"),
  "range-assign": [
    "a: {{ $x := 1 }}{{ range $x = .Values.list }}{{ $x }}{{ end }}{{ $x }}.",
    "b: {{ $k := 1 }}{{ $v := 2 }}{{ range $k, $v = .Values.map }}{{ $k }}{{ $v }}{{ end }}{{ $k }}{{ $v }}.",
  ].join("\n"),
  "several-lines":
    "a: {{\n  .Values.text\n}}\nb: {{ list\n  1\n  (dict\n `k` 2)\n| toJson }}\nc: x{{-\n .Values.n\n-}}\n\nd{{- /* x\n y */ -}}\n e{{`f`\n-}}\n g\n",
  "builtins": "a: {{ js `<a href='x'>&=\\x3C` }}\nb: {{ ne .Values.list nil }} {{ eq .Values.none .Values.other }}\n",
  "range-number-two-variables": "a: {{ range $i, $x := 3 }}{{ $x }}{{ end }}\n",
  "range-fraction": "a: {{ range .Values.n }}{{ . }}{{ end }}\n",
  "range-undeclared": "a: {{ range $q = .Values.list }}{{ $q }}{{ end }}\n",
  "break-outside": "a: {{ break }}\n",
  "continue-outside": "a: {{ if true }}{{ continue }}{{ end }}\n",
  "break-in-else": "a: {{ range list }}{{ else }}{{ break }}{{ end }}\n",
  "break-in-block": "a: {{ range .Values.list }}{{ block `b` . }}{{ break }}{{ end }}{{ end }}\n",
  "break-argument": "a: {{ range .Values.list }}{{ break 1 }}{{ end }}\n",
  "else-with-of-if": "a: {{ if .Values.none }}1{{ else with .Values.text }}{{ . }}{{ end }}\n",
  "unclosed-action": "a: {{ .Values.text\n\n",
  "unclosed-text": "a: {{\n `abc }}\n",
  "line-in-text": 'a: {{\n "abc\n" }}\n',
  "right-paren": "a: {{ 1 ) }}\n",
  "one-brace": "a: {{ .Values.text} }}\n",
  "bad-number": "a: {{\n 3a }}\n",
  "tpl-break": "a: {{ tpl `{{ break }}` . }}\n",
  "equal-lists": "a: {{ eq .Values.list .Values.list }}\n",
  "equal-kinds": "a: {{ eq .Values.list .Values.map }}\n",
  "length-of-nothing": "a: {{ len .Values.none }}\n",
};

/** The values of these templates. */
export const LANGUAGE_VALUES = "n: 3\nlist: [a, b, c, d]\nmap: {x: 1, z: two}\ntext: hello\n";

/** A text for `fromToml`, as an expression. */
const toml = (text: string): string => `fromToml ${JSON.stringify(text)}`;

/** Expressions that give a value; each group is a case. */
export const VALUES_OF: Readonly<Record<string, readonly string[]>> = {
  "merges": [
    "merge (dict `a` (dict `b` 1)) (dict `a` (dict `b` 2 `c` 3))",
    "merge (dict `a` `` `l` (list)) (dict `a` 5 `l` (list 1))",
    "merge (dict `a` 1) (dict `a` (dict `x` 1) `n` nil)",
    "mergeOverwrite (dict `a` 1 `b` true) (dict `a` nil `b` false)",
    "mergeOverwrite (dict `a` 3) (dict `a` (dict `x` 1))",
    "mergeOverwrite (dict `a` (dict `x` nil)) (dict `a` (dict `x` (dict `y` 1)))",
    "mergeOverwrite (dict `a` (list 1)) (dict `a` (list))",
    "mustMergeOverwrite (dict `a` (dict `x` 1)) (dict `a` (dict))",
  ],
  "words": [
    ...[
      "HTTPServer2Go",
      "Bld4Floor3rd",
      "HTTP2xx",
      "http2xx",
      "foo_bar baz",
      "a1b2",
      "GO.PATH x",
      "Duration2m3s",
      "é2É",
    ]
      .flatMap((text) => [`snakecase "${text}"`, `kebabcase "${text}"`]),
  ],
  "musts": [
    'mustFromJson `[1, "a"]`',
    "mustFromJson `3`",
    "mustToDate `2006-01-02` `2020-02-03`",
    "must_date_modify `1h` (toDate `2006-01-02` `2020-02-03`)",
    "regexMatch `[` `a`",
    "fromJsonArray `null`",
    "chunk -1 (list 1 2)",
    "mustChunk 2 (list 1 2 3)",
    "randInt 5 6",
  ],
  "versions": [
    "((semver `1.2.3`).IncMinor).String",
    "(semver `1.2.3-rc1`).IncPatch",
    "printf `%v %v` (semver `v1.2`) (semver `1.2.3+b`).IncMajor",
    "((semver `1.2.3`).IncMajor).Minor",
    "(semver `1.2.3`).Minor | typeOf",
    "eq (semver `1.2.3`).Minor 2",
    "int (semver `1.2.3`).Minor",
    "(semver `1.2.3`).GreaterThanEqual (semver `1.2.3`)",
    "(semver `1.2.3`).LessThanEqual (semver `1.2.2`)",
    "(semver `1.2.3-a+b`).SetMetadata `c`",
    "(semver `1.2.3-a+b`).Prerelease",
    "semver `1.2`",
  ],
  "to-toml": [
    "toToml (dict `t` (dict `u` (dict `v` 1)) `z` 1.5 `l` (list 1 `a` (list)))",
    "toToml (dict `l` (list (dict `a` 1 `d` (dict `e` 1)) (dict `b` (list (dict `c` 2)))))",
    "toToml (dict `l` (list (dict `a` 1 `b` (dict `c` 2)) 1))",
    "toToml (dict `l` (list nil))",
    "toToml (list 1 2)",
    "toToml (list (dict `a` 1))",
    "toToml (dict `f` 1e21 `g` 1e6 `h` 0.1 `i` 1e-7 `n` nil)",
    'toToml (dict "a b" "q\\"\\\\\\n\\t\\u0001" "" 1 "c.d" (dict "x y" 2))',
    "toToml (dict `d` (toDate `2006-01-02` `2020-02-03`))",
    `toToml (${toml("a = 2020-01-02\nb = 03:04:05\nc = 2020-01-02T03:04:05\nd = 2020-01-02T03:04:05.25+02:00")})`,
  ],
  "from-toml": [
    toml(`a = 1\nb = 1.5\nc = "x"\nd = true\ne = [1, 2, "x"]\nf = {x = 1, y.z = 2}`),
    toml("[a.b]\nc = 1\n[[l]]\nx = 1\n[[l]]\ny = 2\n[l.m]\nz = 3"),
    toml(`a = 'raw\\n'\nb = """\nmulti\\n \\\n  line ""\n"""\nc = '''\nx'''`),
    toml("a = 1_000\nb = 0xFF\nc = 0o17\nd = 0b11\ne = -5\nf = +3\ng = 1e3\nh = -1.5e-3\ni = 1_0.0_1"),
    toml("a = 2020-01-02T03:04:05Z\nb = 2020-01-02\nc = 03:04\nd = 2020-01-02 03:04:05.5+02:00"),
    toml(`a.b.c = 1\na.d = 2\n"q.r" = 3\n'' = 4`),
    toml("a = [\n 1, # c\n 2,\n]\nb = [[1],[2]]\nc = [{x=1},{y=2}] # end\n"),
    toml(`a = "\\u00e9\\U0001F600\\x41\\t"`),
    toml("a = {x = 1,\n y = 2,\n}\r\nb = 1"),
    toml("[a.b]\n[a]\nx = 1"),
    toml("[a]\nb.c = 1\n[a.b]\nd = 1"),
    `(${toml("a = 1\nb = [1]\n[[c]]")}).c | typeOf`,
  ],
  "from-toml-errors": [
    ...[
      "a",
      "a = ",
      "a = x",
      "a = 1\na = 2",
      "[a]\n[a]",
      "a = [1",
      "[a",
      "[]",
      "[a]]",
      'a = "x',
      'a = "\\q"',
      "a = 01",
    ],
    ...["a = 1__0", "a = 1.", "a = .5", "a = 99999999999999999999", "a = {x = 1", "a = 1 b = 2", "= 1", ".a = 1"],
    ...[
      "a. = 1",
      "[[a]]\n[a]",
      "[a]\n[[a]]",
      "a = 1\n[a.b]",
      "a = []\n[[a]]",
      'a = "b\nc"',
      "a = 2020-13-01",
      "a = +x",
    ],
    ...["a = 2020-1-1", "a = true1", "a = +0x1", "a = 0xZ", "a = 1\rb", "[a]\nb = [1,,2]", "a = '''x", 'a = "\\u12"'],
  ].map(toml),
  "keys": [
    "genPrivateKey `ed25519` | trunc 27",
    "genPrivateKey `none`",
    ...["genPrivateKey `ecdsa`", "genPrivateKey `ed25519`", "(genCA `x` 1).Key"].flatMap((key) => [
      `regexMatch \`^-----BEGIN CERTIFICATE-----\` (genCAWithKey "ca" 1 (${key})).Cert`,
      `(genCAWithKey "ca" 1 (${key})).Key | trunc 30`,
      `(genSelfSignedCertWithKey "c" (list "1.2.3.4") (list "a.b") 1 (${key})).Key | trunc 30`,
      `(genSignedCertWithKey "c" nil nil 1 (genCAWithKey "ca" 1 (${key})) (${key})).Key | trunc 30`,
    ]),
    "(genSignedCert `c` nil nil 1 (genCAWithKey `ca` 1 (genPrivateKey `ecdsa`))).Key | trunc 30",
    "genSelfSignedCert `c` (list `::1`) (list `a`) 1 | typeOf",
  ],
};

/** Expressions that fail; each is a case. */
export const FAILURES: readonly string[] = [
  "mustRegexMatch `[` `a`",
  "mustRegexFind `[` `a`",
  "mustFromJson `{`",
  "mustToDate `2006-01-02` `x`",
  "mustDateModify `x` now",
  "mustChunk 2 `a`",
  "chunk 0 (list 1)",
  "chunk -1 (list 1)",
  "dig `x` `d` nil",
  "semverCompare `bad` `1.5.0`",
  "semverCompare `1.2` `bad`",
  "randInt 5 5",
  "genCAWithKey `ca` 1 `x`",
  "genCAWithKey `ca` 1 (genCA `a` 1).Cert",
  "genSelfSignedCertWithKey `c` nil nil 1 `x`",
  "genSignedCertWithKey `c` nil nil 1 (genCA `ca` 1) `x`",
  "genSelfSignedCertWithKey `c` (list `x`) nil 1 (genPrivateKey `ecdsa`)",
  "genSignedCert `c` nil nil 1 (buildCustomCert (b64enc (genCA `a` 1).Cert) (b64enc (genCA `b` 1).Key))",
  "genCAWithKey `ca` 1 (genPrivateKey `dsa`)",
  "buildCustomCert `YQ==` `YQ==`",
  "buildCustomCert (b64enc (genCA `a` 1).Cert) (b64enc `x`)",
];
