// Records what Helm 2.17.0's own engine makes of templates, for testdata/templates/engine-*.jsonl.
//
// Reads cases from standard input, one JSON object a line, and writes them with
// output or error in place of whatever answer they held, so a recorded file can
// be recorded again. Each case is rendered several times: one that answers
// differently from run to run (Go walks maps in any order) is left out.
// Addresses of pointers become 0xc000010000 (824633786368 in decimal).
//
// The fixture is that of testdata/templates/README.md. Build it with Go 1.14,
// which Helm 2.17.0 was built with, in a module that requires k8s.io/helm
// v2.17.0 with the versions of its lock file:
//
//	go build -o record . && ./record < requests.jsonl > engine-NAME.jsonl
package main

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/ioutil"
	"log"
	"os"
	"regexp"
	"runtime/debug"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/golang/protobuf/proto"
	"github.com/golang/protobuf/ptypes/timestamp"
	kversion "k8s.io/apimachinery/pkg/version"
	"k8s.io/helm/pkg/chartutil"
	"k8s.io/helm/pkg/engine"
	"k8s.io/helm/pkg/proto/hapi/chart"
	"k8s.io/helm/pkg/proto/hapi/version"
)

// Case is one line of the files.
type Case struct {
	ID        string            `json:"id"`
	Group     string            `json:"group"`
	Template  string            `json:"template"`
	Values    string            `json:"values_yaml,omitempty"`
	Files     map[string]string `json:"files,omitempty"`     // path in the chart to text; may hold subcharts
	FilesB64  map[string]string `json:"files_b64,omitempty"` // path in the chart to base64 of bytes
	Shows     string            `json:"shows,omitempty"`     // the template whose output counts when it is not the chart's main.yaml
	Wire      bool              `json:"wire,omitempty"`      // the chart went to Tiller and came out there
	Output    *string           `json:"output,omitempty"`
	Error     *string           `json:"error,omitempty"`
	OutputB64 *string           `json:"output_b64,omitempty"`
	ErrorB64  *string           `json:"error_b64,omitempty"`
	CrashesGo bool              `json:"crashes,omitempty"`
}

const chartYaml = `apiVersion: v1
name: conf
version: 1.2.3-beta.1+build.5
appVersion: 4.5.6
description: A conformance chart
keywords: [alpha, beta]
home: https://example.com/conf
sources: [https://example.com/src]
icon: https://example.com/icon.png
maintainers:
- {name: Ann, email: ann@example.com}
- {name: Bob, url: https://example.com/bob}
engine: gotpl
tillerVersion: ">=2.0.0"
kubeVersion: ">=1.9.0"
annotations: {k1: v1, k2: v2}
`

const runs = 4

var addresses = []struct {
	pattern *regexp.Regexp
	text    string
}{
	{regexp.MustCompile(`\bc0[0-9a-f]{8}\b|\b0xc0[0-9a-f]{8}\b`), ""},
	{regexp.MustCompile(`\bC0[0-9A-F]{8}\b|\b0XC0[0-9A-F]{8}\b`), ""},
	{regexp.MustCompile(`\b8246[3-4]\d{7}\b`), "824633786368"},
}

// masked makes addresses the same in all runs.
func masked(text string) string {
	text = addresses[0].pattern.ReplaceAllStringFunc(text, func(found string) string {
		return found[:len(found)-10] + "c000010000"
	})
	text = addresses[1].pattern.ReplaceAllStringFunc(text, func(found string) string {
		return found[:len(found)-10] + "C000010000"
	})
	return addresses[2].pattern.ReplaceAllString(text, addresses[2].text)
}

func load(c *Case) (*chart.Chart, error) {
	files := map[string][]byte{"Chart.yaml": []byte(chartYaml), "templates/main.yaml": []byte(c.Template)}
	for path, text := range c.Files {
		files[path] = []byte(text)
	}
	for path, text := range c.FilesB64 {
		data, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			log.Fatal(err)
		}
		files[path] = data
	}
	paths := []string{}
	for path := range files {
		paths = append(paths, path)
	}
	sort.Strings(paths)
	buffered := []*chartutil.BufferedFile{}
	for _, path := range paths {
		buffered = append(buffered, &chartutil.BufferedFile{Name: path, Data: files[path]})
	}
	loaded, err := chartutil.LoadFiles(buffered)
	if err != nil || !c.Wire {
		return loaded, err
	}
	wire, err := proto.Marshal(loaded)
	if err != nil {
		return nil, err
	}
	arrived := &chart.Chart{}
	return arrived, proto.Unmarshal(wire, arrived)
}

func capabilities() *chartutil.Capabilities {
	return &chartutil.Capabilities{
		APIVersions: chartutil.NewVersionSet("v1", "apps/v1", "apps/v1/Deployment", "batch/v1beta1", "networking.k8s.io/v1beta1"),
		KubeVersion: &kversion.Info{
			Major: "1", Minor: "14+", GitVersion: "v1.14.10-eks.1", GitCommit: "f0efb3cb883751c5ffdbe6d515f3cb4fbe7b7acd",
			GitTreeState: "clean", BuildDate: "2019-12-01T10:11:12Z", GoVersion: "go1.12.12", Compiler: "gc", Platform: "linux/amd64",
		},
		TillerVersion: &version.Version{SemVer: "v2.17.0", GitCommit: "a690bad98af45b015bd3da1a41f6218b1a451dbe", GitTreeState: "clean"},
	}
}

func render(c *Case) (output string, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
			c.CrashesGo = true
		}
	}()
	loaded, err := load(c)
	if err != nil {
		return "", err
	}
	release := chartutil.ReleaseOptions{
		Name: "myrel", Namespace: "myns", Revision: 7, IsUpgrade: true, Time: &timestamp.Timestamp{Seconds: 1580000000, Nanos: 5},
	}
	values, err := chartutil.ToRenderValuesCaps(loaded, &chart.Config{Raw: c.Values}, release, capabilities())
	if err != nil {
		return "", err
	}
	rendered, err := engine.New().Render(loaded, values)
	shows := c.Shows
	if shows == "" {
		shows = "conf/templates/main.yaml"
	}
	return rendered[shows], err
}

// field returns the text where it is UTF-8, else its base64.
func field(text string) (plain, b64 *string) {
	if utf8.ValidString(text) {
		return &text, nil
	}
	coded := base64.StdEncoding.EncodeToString([]byte(text))
	return nil, &coded
}

func record(c *Case) bool {
	c.Output, c.OutputB64, c.Error, c.ErrorB64, c.CrashesGo = nil, nil, nil, nil, false
	answers := map[string]bool{}
	for run := 0; run < runs; run++ {
		output, err := render(c)
		if err != nil {
			c.Error, c.ErrorB64 = field(masked(err.Error()))
			answers["E"+masked(err.Error())] = true
		} else {
			c.Output, c.OutputB64 = field(masked(output))
			answers["O"+masked(output)] = true
		}
	}
	return len(answers) == 1
}

func identity(c *Case) string {
	data, _ := json.Marshal([]interface{}{c.Template, c.Values, c.Files, c.FilesB64, c.Shows, c.Wire})
	return fmt.Sprintf("%s-%x", c.Group, sha256.Sum256(data))[:len(c.Group)+11]
}

func main() {
	log.SetOutput(ioutil.Discard)
	debug.SetMaxStack(1 << 26) // a map that holds itself ends the program soon
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	seen := map[string]bool{}
	all, kept := 0, 0
	for {
		line, err := in.ReadString('\n')
		if strings.TrimSpace(line) != "" {
			c := &Case{}
			if wrong := json.Unmarshal([]byte(line), c); wrong != nil {
				fmt.Fprintln(os.Stderr, wrong, line)
				os.Exit(1)
			}
			all++
			c.ID = identity(c)
			if !seen[c.ID] && record(c) {
				kept++
				out := &bytes.Buffer{}
				encoder := json.NewEncoder(out)
				encoder.SetEscapeHTML(false)
				if wrong := encoder.Encode(c); wrong != nil {
					fmt.Fprintln(os.Stderr, wrong)
					os.Exit(1)
				}
				os.Stdout.Write(out.Bytes())
			}
			seen[c.ID] = true
		}
		if err != nil {
			break
		}
	}
	fmt.Fprintf(os.Stderr, "%d of %d recorded\n", kept, all)
}
