package render

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"drawbridge/graph"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

func htmlOf(t *testing.T, g *graph.Graph, opt Options, l Layouter) string {
	t.Helper()
	var b bytes.Buffer
	if err := HTML(t.Context(), &b, g, opt, l); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// files are the input that the sample's places lie in.
func files(name string) ([]byte, error) {
	switch name {
	case "rds.tf":
		return []byte("# the database\n\n\n\nresource \"a_database\" \"orders\" {\n  password = \"hunter2hunter2\"\n  encrypted = false\n}\n"), nil
	case "modules/service/ecs.tf":
		return []byte(strings.Repeat("#\n", 20) + "resource \"x\" \"api\" {\n  PASSWORD = \"hunter2hunter2\"\n}\n"), nil
	}
	return nil, fs.ErrNotExist
}

// withEvidence gives each finding of a sample the place of its subject.
func withEvidence(g *graph.Graph) *graph.Graph {
	x := graph.NewIndex(g)
	for _, f := range g.Findings {
		if c := x.Component[f.Subject]; c != nil {
			f.Evidence = append(f.Evidence, graph.EvidenceAt(c.Source, c.Address, "stands here"))
		}
	}
	return g
}

// The page forbids everything but its own style and script, by their hashes.
func TestHTMLForbidsWhatItDoesNotBring(t *testing.T) {
	page := htmlOf(t, shop(), Options{Title: "shop"}, noLayout())
	style := between(page, "<style>", "</style>")
	script := between(page, "<script>", "</script>")
	for _, want := range []string{"default-src 'none'", "style-src " + hashOf(style), "script-src " + hashOf(script), "base-uri 'none'", "form-action 'none'"} {
		if !strings.Contains(page, want) {
			t.Errorf("the policy lacks %s", want)
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d script elements, want 1", n)
	}
	if strings.Contains(page, " style=") {
		t.Error("a style attribute would be refused by the policy")
	}
	if !strings.Contains(page, "There is no picture: ") || !strings.Contains(page, "install Graphviz") {
		t.Error("without a layout program the page does not say why it has no picture")
	}
}

func between(s, from, to string) string {
	_, s, _ = strings.Cut(s, from)
	s, _, _ = strings.Cut(s, to)
	return s
}

// Lines of code stand beside evidence; where a finding is about a secret, values are left out.
func TestHTMLShowsLines(t *testing.T) {
	g := withEvidence(shop())
	for _, f := range g.Findings {
		if f.Rule == "secret-in-config" {
			f.CWE = []int{798}
		}
	}
	page := htmlOf(t, g, Options{ReadFile: files}, noLayout())
	if !strings.Contains(page, "<mark>resource &#34;a_database&#34; &#34;orders&#34; {</mark>") {
		t.Error("the line of the database is not shown")
	}
	finding := between(page, `data-rule="secret-in-config"`, "</details>")
	if !strings.Contains(finding, "<pre") || strings.Contains(finding, "hunter2") {
		t.Errorf("the finding about a secret shows it, or no line at all:\n%s", finding)
	}
	if strings.Contains(htmlOf(t, g, Options{}, noLayout()), "<pre") {
		t.Error("lines are shown though no file can be read")
	}
}

func TestMasked(t *testing.T) {
	for in, want := range map[string]string{
		`  password = "a\"b" # 'x'`: `  password = "…" # '…'`,
		`    value: hunter2`:        `    value: …`,
		`    - name: "x"`:           `    - name: "…"`,
		`no value`:                  `no value`,
	} {
		if got := masked(in); got != want {
			t.Errorf("masked(%q) = %q, want %q", in, got, want)
		}
	}
}

// A report of 100 components stays small enough to send around.
func TestHTMLIsSmall(t *testing.T) {
	s := &sample{}
	s.boundary("net|network|VPC|main||2")
	for i := range 100 {
		s.component(fmt.Sprintf("module.app.some_resource.component_%d|process|Container service|component-%d|net|modules/app/main.tf:%d|public=no", i, i, i*7+1))
		if i > 0 {
			f := s.flow(fmt.Sprintf("module.app.some_resource.component_%d|module.app.some_resource.component_%d|https|443|yes", i/3, i))
			f.Evidence = []graph.Evidence{{File: "modules/app/main.tf", Line: i*7 + 3, Why: "environment variable PEER names it"}}
		}
	}
	lines := bytes.Repeat([]byte("  subnet_ids = module.network.ids\n"), 800)
	page := htmlOf(t, &s.g, Options{ReadFile: func(string) ([]byte, error) { return lines, nil }}, dotLayout(t))
	if len(page) > 400_000 {
		t.Errorf("%d bytes for 100 components, more than 400,000", len(page))
	}
}

// browser starts Chromium on a page, and collects what it complains of and what it
// asks any network for.
func browser(t *testing.T, page string) (do func(...chromedp.Action), complaints func() []string) {
	t.Helper()
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if p, err := exec.LookPath(name); err == nil {
			path = p
			break
		}
	}
	if path == "" {
		if os.Getenv("DRAWBRIDGE_NO_SKIP") != "" {
			t.Fatal("chromium is not installed")
		}
		t.Skip("chromium is not installed")
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			http.NotFound(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(w, page)
	}))
	t.Cleanup(server.Close)
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1300, 900))
	ctx, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Run(ctx); err != nil { // starts it, for as long as the test lasts
		t.Fatal(err)
	}
	var said []string
	chromedp.ListenTarget(ctx, func(event any) {
		switch e := event.(type) {
		case *runtime.EventExceptionThrown:
			said = append(said, "exception: "+e.ExceptionDetails.Error())
		case *runtime.EventConsoleAPICalled:
			said = append(said, fmt.Sprintf("console: %s", e.Type))
		case *cdplog.EventEntryAdded:
			if !strings.HasSuffix(e.Entry.URL, "/favicon.ico") {
				said = append(said, "log: "+e.Entry.Text)
			}
		case *network.EventRequestWillBeSent:
			if u := e.Request.URL; u != server.URL+"/" && !strings.HasSuffix(u, "/favicon.ico") {
				said = append(said, "request: "+u)
			}
		}
	})
	do = func(actions ...chromedp.Action) {
		t.Helper()
		ctx, cancel := context.WithTimeout(ctx, 60*time.Second)
		defer cancel()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	do(network.Enable(), cdplog.Enable(), chromedp.Navigate(server.URL+"/"), chromedp.WaitReady("#search"))
	return do, func() []string { return said }
}

// In a browser the report is searched and filtered, leads from a finding to its lines
// and to the picture and back, takes deep links, and turns dark, all of it without a
// complaint or a request.
func TestHTMLInBrowser(t *testing.T) {
	g := withEvidence(shop())
	do, complaints := browser(t, htmlOf(t, g, Options{Title: "shop", ReadFile: files}, dotLayout(t)))
	var all, found, severe, lines, back int
	count := func(query string, into *int) chromedp.Action {
		return chromedp.Evaluate(`document.querySelectorAll(`+fmt.Sprintf("%q", query)+`).length`, into)
	}
	const visible = "#findings .item:not([hidden])"
	do(
		count(visible, &all),
		chromedp.SendKeys("#search", "orders-db"), chromedp.Sleep(400*time.Millisecond), count(visible, &found),
		chromedp.Evaluate(`{const s=document.getElementById('search');s.value='';s.dispatchEvent(new Event('input'))}`, nil), chromedp.Sleep(400*time.Millisecond),
		chromedp.SetValue(`#findings select[data-by=severity]`, "high"),
		chromedp.Evaluate(`document.querySelector('#findings select[data-by=severity]').dispatchEvent(new Event('change'))`, nil), count(visible, &severe),
	)
	if all != len(g.Findings) || found == 0 || found >= all || severe == 0 || severe >= all {
		t.Errorf("%d findings of %d, %d after a search, %d of high severity", all, len(g.Findings), found, severe)
	}

	var target, open, theme, before, after string
	about := ""
	for _, f := range g.Findings {
		if f.Subject == "db" {
			about = findingEntry(f)
		}
	}
	do(
		chromedp.Evaluate(`location.hash = `+fmt.Sprintf("%q", about), nil), chromedp.Sleep(300*time.Millisecond),
		chromedp.Evaluate(`document.querySelector('.item.target')?.id || ''`, &target),
		count(".item.target[open] pre.lines mark", &lines),
		chromedp.Click(".item.target .reveal"), chromedp.Sleep(200*time.Millisecond),
		count("svg g.node.hit", &back),
		chromedp.Evaluate(`document.querySelector('svg g.node.hit').dispatchEvent(new MouseEvent('click', {bubbles: true}))`, nil), chromedp.Sleep(300*time.Millisecond),
		chromedp.Evaluate(`document.querySelector('.item.target')?.id || ''`, &open),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &before),
		chromedp.Click("#theme"),
		chromedp.Evaluate(`document.documentElement.dataset.theme`, &theme),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &after),
	)
	if target != about || lines != 1 || back != 1 {
		t.Errorf("the link to %s opened %q with %d marked lines and %d boxes on the picture", about, target, lines, back)
	}
	if open != elementID("c-", "db") {
		t.Errorf("the box on the picture led to %q", open)
	}
	if theme != "dark" || before == after {
		t.Errorf("the theme is %q, the background went from %s to %s", theme, before, after)
	}
	var lit string
	do(chromedp.Evaluate(`{const g=document.querySelector('svg g.node[data-of="c-db"]');g.dispatchEvent(new PointerEvent('pointerenter'));}`, nil),
		chromedp.Evaluate(`Array.from(document.querySelectorAll('svg g.node.lit')).map(g=>g.dataset.of).sort().join(' ')`, &lit))
	if want := "c-api c-bastion c-db c-worker"; lit != want {
		t.Errorf("beside the database %q are lit, want %q", lit, want)
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

// Names out of code run nothing, whatever field they stand in.
func TestHTMLOfHostileNames(t *testing.T) {
	const evil = `"><img src=x onerror=alert(1)></svg></script><script>alert(2)</script><a href="javascript:alert(3)">'`
	g := shop()
	for _, b := range g.Boundaries {
		b.Name, b.Label, b.TrustWhy, b.Address = evil, evil, evil, evil
	}
	for _, c := range g.Components {
		c.Name, c.Label, c.Address, c.Source.File, c.Parts, c.Tags = evil, evil, evil, evil, []string{evil}, map[string]string{evil: evil}
	}
	for _, f := range g.Flows {
		f.Protocol, f.Carries, f.Peers = evil, evil, []string{evil}
		f.Evidence = []graph.Evidence{{File: evil, Line: 1, Address: evil, Why: evil}}
	}
	for _, f := range g.Findings {
		f.Title, f.Rule, f.Threat, f.Mitigations, f.StatusWhy, f.References = evil, evil, evil, []string{evil}, evil, []string{evil}
	}
	g.Notes = []graph.Note{{Code: evil, Message: evil, Next: evil, Source: graph.Source{File: evil, Line: 3}}}
	g.Questions = []*graph.Question{{ID: evil, Rule: evil, Subject: "db", Address: evil, Text: evil, Why: evil, Severity: graph.High}}
	page := htmlOf(t, g, Options{Title: evil, Subtitle: evil, ReadFile: func(string) ([]byte, error) { return []byte(evil + "\n"), nil }}, dotLayout(t))
	if strings.Contains(page, "<img") || strings.Count(page, "<script") != 1 || strings.Contains(page, `href="javascript:`) {
		t.Error("a name became markup")
	}
	do, complaints := browser(t, page)
	var images, scripts int
	do(chromedp.Evaluate(`document.images.length`, &images), chromedp.Evaluate(`document.scripts.length`, &scripts))
	if images != 0 || scripts != 1 {
		t.Errorf("%d images and %d scripts in the page, want 0 and 1", images, scripts)
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

func TestHTMLIsTheSameTwice(t *testing.T) {
	l := dotLayout(t)
	first, second := htmlOf(t, shop(), Options{}, l), htmlOf(t, shop(), Options{}, l)
	if first != second {
		t.Error("the same model gave other bytes")
	}
	var none bytes.Buffer
	if err := HTML(t.Context(), &none, &graph.Graph{}, Options{}, noLayout()); err != nil {
		t.Errorf("an empty model gave %v", err)
	}
}
