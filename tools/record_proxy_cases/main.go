// Records which proxy Go's net/http chooses, for testdata/proxy/cases.jsonl.
//
// Build and run it with Go 1.14, which Helm 2.17.0 was built with:
//
//	GO111MODULE=off go run main.go > ../../testdata/proxy/cases.jsonl
//
// Go reads the variables once in a process, so each case is a process of its
// own: this program, with the address as its argument.
package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"sort"
)

// Case is one line of the file.
type Case struct {
	Env   map[string]string `json:"env"`
	URL   string            `json:"url"`
	Proxy *Proxy            `json:"proxy"`
	Error string            `json:"error,omitempty"`
}

// Proxy is the proxy that was chosen; Password is absent when none was given.
type Proxy struct {
	Scheme   string  `json:"scheme"`
	Host     string  `json:"host"`
	Port     string  `json:"port"`
	User     string  `json:"user,omitempty"`
	Password *string `json:"password,omitempty"`
}

type env = map[string]string

const proxy = "http://proxy.corp:3128"

// Addresses that every list of NO_PROXY is asked about.
var addresses = []string{
	"https://example.com", "https://example.com:6443/api", "https://www.example.com", "https://EXAMPLE.com:443",
	"http://example.com", "http://example.com:8080", "https://notexample.com", "https://example.com.evil.org",
	"https://10.1.2.3:6443", "http://10.1.2.3", "https://11.1.2.3:6443", "https://[fd00::1]:6443", "https://[fd01::1]",
}

var noProxy = []string{
	"*", "example.com", ".example.com", "*.example.com", "example.com:6443", ".example.com:443", "*.example.com:443",
	"EXAMPLE.COM", " example.com , other.org", "example.com,", ",", "example", ".com", "com", "x,*", "*,x", "*x", "**",
	"10.1.2.3", "10.1.2.3:6443", "10.1.2.3:443", "10.0.0.0/8", "10.1.2.3/32", "10.0.0.0/8:6443", "10.0.0.0/33", "10.", "10.1",
	"010.001.002.003", "::ffff:10.1.2.3", "::ffff:10.0.0.0/104", "0.0.0.0/0", "::/0", "fd00::1", "[fd00::1]", "[fd00::1]:6443",
	"[fd00::1]:443", "fd00::/8", "fd00::/16", "FD00::1", "fd00:0:0::1", "[fd00::/8]", "example.com:", ":6443", "example.com:https",
	"https://example.com", "http://*.example.com", "example.com.", "www.example.com example.com", "example.com;other.org",
}

// Variables and their precedence, with the addresses to ask for.
var variables = []env{
	{},
	{"HTTPS_PROXY": proxy},
	{"https_proxy": proxy},
	{"HTTP_PROXY": proxy},
	{"http_proxy": proxy},
	{"ALL_PROXY": proxy},
	{"all_proxy": proxy},
	{"HTTPS_PROXY": proxy, "https_proxy": "http://small:1"},
	{"HTTPS_PROXY": "", "https_proxy": "http://small:1"},
	{"HTTP_PROXY": proxy, "http_proxy": "http://small:1"},
	{"HTTP_PROXY": "", "http_proxy": "http://small:1"},
	{"HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": "http://secure:2"},
	{"http_proxy": "http://plain:1", "HTTPS_PROXY": "http://secure:2"},
	{"HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": ""},
	{"HTTPS_PROXY": proxy, "NO_PROXY": "example.com", "no_proxy": "other.org"},
	{"HTTPS_PROXY": proxy, "NO_PROXY": "", "no_proxy": "example.com"},
	{"HTTPS_PROXY": proxy, "no_proxy": "example.com"},
	{"HTTP_PROXY": proxy, "REQUEST_METHOD": "GET"},
	{"http_proxy": proxy, "REQUEST_METHOD": "GET"},
	{"HTTP_PROXY": proxy, "REQUEST_METHOD": ""},
	{"HTTPS_PROXY": proxy, "REQUEST_METHOD": "GET"},
	{"HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": "http://secure:2", "REQUEST_METHOD": "GET"},
	{"HTTP_PROXY": proxy, "NO_PROXY": "*", "REQUEST_METHOD": "GET"},
	{"HTTP_PROXY": "http://[::1", "HTTPS_PROXY": "http://secure:2"},
	{"HTTP_PROXY": "http://plain:1", "HTTPS_PROXY": "http://[::1"},
	{"HTTPS_PROXY": "http://plain:1", "HTTP_PROXY": "http://plain:1", "REQUEST_METHOD": "GET"},
}

var plain = []string{"https://example.com:6443/api", "http://example.com/index.yaml"}

// This machine's own addresses, and names that only look like them.
var local = []string{
	"https://localhost", "https://localhost:6443", "http://localhost:8080", "https://127.0.0.1:6443", "http://127.0.0.1", "https://127.9.8.7",
	"https://[::1]:6443", "https://[::1]", "https://[::ffff:127.0.0.1]:6443", "https://localhost.", "https://localhost.example.com",
	"https://mylocalhost", "https://128.0.0.1", "https://0.0.0.0:6443", "https://[::]:6443", "https://[::2]", "https://127.0.0.1.example.com",
}

// Values of HTTPS_PROXY.
var values = []string{
	"proxy.corp", "proxy.corp:3128", "proxy.corp:", "10.0.0.1", "10.0.0.1:3128", "[fd00::2]:3128", "http://[fd00::2]", "http://[fd00::2]:3128",
	"http://proxy.corp", "http://proxy.corp/", "http://proxy.corp:3128/path?x=1#y", "HTTP://PROXY.corp:3128", "https://proxy.corp", "https://proxy.corp:8443",
	"socks5://proxy.corp", "socks5://proxy.corp:9050", "SOCKS5://proxy.corp", "socks4://proxy.corp", "socks://proxy.corp:1080", "ftp://proxy.corp:21",
	"http://user:pass@proxy.corp:3128", "http://user@proxy.corp:3128", "http://user:@proxy.corp", "http://:pass@proxy.corp", "user:pass@proxy.corp:3128",
	"http://us%40er:p%3Aa%2Fss@proxy.corp:3128", "http://user:p@ss@proxy.corp:3128", "http://user:p/ss@proxy.corp:3128", "http://user:p#ss@proxy.corp:3128",
	"http://user:p ss@proxy.corp:3128", "http://user:p%zz@proxy.corp:3128", "socks5://user:pass@proxy.corp:1080", "http://us%C3%A9r:p@proxy.corp",
	"http://", "http:", "http:proxy.corp:3128", "//proxy.corp:3128", "/proxy.corp", "proxy.corp/path", "?", "#", " ", " http://proxy.corp:3128", "http://proxy.corp:3128 ",
	"http://proxy.corp:port", "proxy.corp:port", "http://proxy corp", "http://[fd00::2", "http://proxy.corp:99999", "http://proxy.corp:031", "::1", "[::1]", "1:2:3",
	"http://prox%79.corp", "http://prox%C3%BC.corp", "http://pröxy.corp", "a+b.c://x", "1http://proxy.corp", "http//proxy.corp", "http:/proxy.corp", "http:///proxy.corp", "*",
}

func main() {
	if len(os.Args) == 2 {
		answer(os.Args[1])
		return
	}
	var cases []Case
	for _, variables := range variables {
		for _, address := range plain {
			cases = append(cases, Case{Env: variables, URL: address})
		}
	}
	for _, address := range local {
		cases = append(cases, Case{Env: env{"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy}, URL: address})
	}
	for _, value := range values {
		cases = append(cases, Case{Env: env{"HTTPS_PROXY": value}, URL: plain[0]})
	}
	for _, list := range noProxy {
		for _, address := range addresses {
			cases = append(cases, Case{Env: env{"HTTPS_PROXY": proxy, "HTTP_PROXY": proxy, "NO_PROXY": list}, URL: address})
		}
	}
	for _, address := range []string{"https://bücher.example:6443", "https://xn--bcher-kva.example:6443"} {
		for _, list := range []string{"bücher.example", "xn--bcher-kva.example", "example"} {
			cases = append(cases, Case{Env: env{"HTTPS_PROXY": proxy, "NO_PROXY": list}, URL: address})
		}
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for _, each := range cases {
		if err := out.Encode(record(each)); err != nil {
			panic(err)
		}
	}
}

// record asks a process of its own, with the case's variables and nothing else.
func record(given Case) Case {
	child := exec.Command(os.Args[0], given.URL)
	child.Env = []string{}
	for name, value := range given.Env {
		child.Env = append(child.Env, name+"="+value)
	}
	sort.Strings(child.Env)
	out, err := child.Output()
	if err != nil {
		panic(fmt.Sprint(given, err))
	}
	if err := json.Unmarshal(out, &given); err != nil {
		panic(err)
	}
	return given
}

// answer prints what Go chooses for one address.
func answer(address string) {
	request, err := http.NewRequest("GET", address, nil)
	if err != nil {
		panic(err)
	}
	var result struct {
		Proxy *Proxy `json:"proxy"`
		Error string `json:"error,omitempty"`
	}
	chosen, err := http.ProxyFromEnvironment(request)
	if err != nil {
		result.Error = err.Error()
	} else if chosen != nil {
		result.Proxy = describe(chosen)
	}
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	if err := out.Encode(result); err != nil {
		panic(err)
	}
}

func describe(chosen *url.URL) *Proxy {
	proxy := &Proxy{Scheme: chosen.Scheme, Host: chosen.Hostname(), Port: chosen.Port()}
	if chosen.User != nil {
		proxy.User = chosen.User.Username()
		if password, given := chosen.User.Password(); given {
			proxy.Password = &password
		}
	}
	return proxy
}
