package cli

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// served starts serving a directory and returns where, and what it prints.
func served(t *testing.T, dir string) (url string, out *lockedBuffer) {
	t.Helper()
	out = &lockedBuffer{}
	p := Process{Stdout: out, Stderr: io.Discard, Env: os.Environ(), Dir: dir}
	f := scanFlags{format: "html", theme: "light"}
	s, err := f.parse(p, nil)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	here := newServer(p, s)
	here.interval = 50 * time.Millisecond
	go func() { done <- here.run(ctx, 0) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("it ended with %v", err)
		}
	})
	for range 600 {
		if m := regexp.MustCompile(`http://[0-9.:]+/`).FindString(out.String()); m != "" {
			return m, out
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal("it does not listen")
	return "", nil
}

// lockedBuffer is a buffer that is read while it is written.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// The server answers this machine's own names, to those who only look.
func TestServeAnswersThisMachineOnly(t *testing.T) {
	s := &server{page: []byte("the page"), changed: make(chan struct{})}
	h := s.handler(t.Context(), 7340)
	for _, test := range []struct {
		method, host, path, origin string
		status                     int
	}{
		{"GET", "127.0.0.1:7340", "/", "", http.StatusOK},
		{"HEAD", "localhost:7340", "/", "", http.StatusOK},
		{"GET", "127.0.0.1:7340", "/", "http://127.0.0.1:7340", http.StatusOK},
		{"GET", "evil.example", "/", "", http.StatusForbidden},
		{"GET", "evil.example:7340", "/events", "", http.StatusForbidden},
		{"GET", "127.0.0.1:80", "/", "", http.StatusForbidden},
		{"GET", "127.0.0.1:7340", "/", "https://evil.example", http.StatusForbidden},
		{"POST", "127.0.0.1:7340", "/", "", http.StatusMethodNotAllowed},
		{"PUT", "127.0.0.1:7340", "/main.tf", "", http.StatusMethodNotAllowed},
		{"DELETE", "127.0.0.1:7340", "/", "", http.StatusMethodNotAllowed},
		{"GET", "127.0.0.1:7340", "/main.tf", "", http.StatusNotFound},
		{"GET", "127.0.0.1:7340", "/../etc/passwd", "", http.StatusNotFound},
	} {
		r := httptest.NewRequest(test.method, "http://x/", nil)
		r.Host, r.URL.Path = test.host, test.path
		if test.origin != "" {
			r.Header.Set("Origin", test.origin)
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code != test.status {
			t.Errorf("%s %s of %s, origin %q: status %d, want %d", test.method, test.path, test.host, test.origin, w.Code, test.status)
		}
		if got := w.Body.String() == "the page"; got != (test.method == "GET" && test.status == http.StatusOK) {
			t.Errorf("%s %s of %s: the answer is %q", test.method, test.path, test.host, w.Body)
		}
		if w.Header().Get("Access-Control-Allow-Origin") != "" || w.Header().Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s %s: headers %v", test.method, test.path, w.Header())
		}
	}
}

// A change on disk reaches the page, which stays where it was; a file that can't be read
// leaves the model as it was and says so; once it is mended, that goes away.
func TestServeFollowsTheFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	path, err := exec.LookPath("chromium")
	if err != nil {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal(err)
		}
		t.Skip("chromium is not installed")
	}
	dir := t.TempDir()
	write := func(name, content string) { // as an editor does: beside it, then over it
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "new~"), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "new~"), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	const table = "resource \"aws_dynamodb_table\" \"orders\" {\n  name = \"orders\"\n}\n"
	write("main.tf", table)
	url, out := served(t, dir)

	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox)
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	defer cancel()
	ctx, cancel = chromedp.NewContext(ctx)
	defer cancel()
	ctx, cancel = context.WithTimeout(ctx, 4*time.Minute)
	defer cancel()
	do := func(actions ...chromedp.Action) {
		t.Helper()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	var names, hash, problem, theme string
	shown := chromedp.Evaluate(`Array.from(document.querySelectorAll('#components .name')).map(e=>e.firstChild.textContent.trim()).join()`, &names)
	do(chromedp.Navigate(url+"#components"), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery), shown)
	if names != "orders" {
		t.Fatalf("the page shows %q", names)
	}
	do(chromedp.Click("#theme", chromedp.ByQuery), chromedp.Evaluate(`document.documentElement.dataset.theme`, &theme),
		chromedp.Evaluate(`location.hash = 'c-aws_dynamodb_table.orders'`, nil), chromedp.WaitReady("#detail h2"))

	write("more.tf", "resource \"aws_sqs_queue\" \"jobs\" {\n  name = \"jobs\"\n}\n")
	do(chromedp.WaitReady(`#components .rows .item:nth-child(2)`, chromedp.ByQuery), shown, chromedp.WaitReady("#detail h2", chromedp.ByQuery),
		chromedp.Evaluate(`location.hash.slice(1) + ' ' + document.documentElement.dataset.theme`, &hash))
	if names != "orders,jobs" || hash != "c-aws_dynamodb_table.orders "+theme {
		t.Errorf("after a change the page shows %q at %q, want both at the same place in the same colours (%s)", names, hash, theme)
	}

	write("main.tf", table+"resource {{{\n")
	do(chromedp.WaitReady(".problem", chromedp.ByQuery), shown, chromedp.Evaluate(`document.querySelector(".problem").textContent`, &problem))
	if names != "orders,jobs" || !strings.Contains(problem, "main.tf:4") {
		t.Errorf("with a broken file the page shows %q and says %q", names, problem)
	}

	write("main.tf", strings.ReplaceAll(table, "orders", "sales"))
	do(chromedp.WaitNotPresent(".problem", chromedp.ByQuery), chromedp.WaitReady(`[id="c-aws_dynamodb_table.sales"]`, chromedp.ByQuery), shown)
	if names != "sales,jobs" && names != "jobs,sales" {
		t.Errorf("once it is mended the page shows %q", names)
	}
	if !strings.Contains(out.String(), "component") {
		t.Errorf("it says nothing of what changed:\n%s", out.String())
	}
}
