// Package kube: asks Helm 2.17.0's own wait for its verdict about sets of objects.
//
// This file is copied beside Helm's pkg/kube (see run.sh). It serves the live objects of each case over HTTP, calls
// waitForResources with the created ones, and writes the case with its verdict: ready, waiting or error.
package kube

import (
	"bufio"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/cli-runtime/pkg/resource"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

type waitCase struct {
	ID      string                   `json:"id"`
	Created []map[string]interface{} `json:"created"`
	Live    []map[string]interface{} `json:"live"`
	Verdict string                   `json:"verdict"`
	Error   string                   `json:"error,omitempty"`
}

type caseFactory struct {
	cmdutil.Factory
	server string
}

func (f caseFactory) KubernetesClientSet() (*kubernetes.Clientset, error) {
	return kubernetes.NewForConfig(&rest.Config{Host: f.server, QPS: 1000, Burst: 1000})
}

func serve(live []map[string]interface{}) *httptest.Server {
	return httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		parts := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
		at := 0
		for i, part := range parts {
			if part == "namespaces" {
				at = i
			}
		}
		plural, name := parts[at+2], ""
		if len(parts) > at+3 {
			name = parts[at+3]
		}
		selector, _ := labels.Parse(r.URL.Query().Get("labelSelector"))
		items := []interface{}{}
		for _, object := range live {
			u := unstructured.Unstructured{Object: object}
			if strings.ToLower(u.GetKind())+"s" != plural {
				continue
			}
			if name != "" && u.GetName() == name {
				json.NewEncoder(w).Encode(object)
				return
			}
			if selector.Matches(labels.Set(u.GetLabels())) {
				items = append(items, object)
			}
		}
		if name != "" {
			w.WriteHeader(404)
			fmt.Fprintf(w, `{"kind":"Status","apiVersion":"v1","status":"Failure","code":404,"reason":"NotFound","message":"%s \"%s\" not found"}`, plural, name)
			return
		}
		kind, version := "PodList", "v1"
		if plural == "replicasets" {
			kind, version = "ReplicaSetList", "apps/v1"
		}
		json.NewEncoder(w).Encode(map[string]interface{}{"kind": kind, "apiVersion": version, "metadata": map[string]string{}, "items": items})
	}))
}

func ask(c *waitCase) {
	server := serve(c.Live)
	defer server.Close()
	client := &Client{Factory: caseFactory{server: server.URL}, Log: nopLogger}
	created := Result{}
	for _, object := range c.Created {
		u := &unstructured.Unstructured{Object: object}
		mapping := &meta.RESTMapping{GroupVersionKind: u.GroupVersionKind()}
		created = append(created, &resource.Info{Object: u, Mapping: mapping, Name: u.GetName(), Namespace: u.GetNamespace()})
	}
	err := client.waitForResources(2500*time.Millisecond, created)
	switch {
	case err == nil:
		c.Verdict = "ready"
	case strings.Contains(err.Error(), "timed out waiting"):
		c.Verdict = "waiting"
	default:
		c.Verdict, c.Error = "error", err.Error()
	}
}

func TestRecord(t *testing.T) {
	in, err := os.Open(os.Getenv("WAIT_CASES"))
	if err != nil {
		t.Fatal(err)
	}
	var cases []*waitCase
	for lines := bufio.NewScanner(in); lines.Scan(); {
		c := &waitCase{}
		if err := json.Unmarshal(lines.Bytes(), c); err != nil {
			t.Fatal(err)
		}
		cases = append(cases, c)
	}
	var all sync.WaitGroup
	for _, c := range cases {
		all.Add(1)
		go func(c *waitCase) { defer all.Done(); ask(c) }(c)
	}
	all.Wait()
	out, _ := os.Create(os.Getenv("WAIT_VERDICTS"))
	for _, c := range cases {
		line, _ := json.Marshal(c)
		fmt.Fprintf(out, "%s\n", line)
	}
	out.Close()
}
