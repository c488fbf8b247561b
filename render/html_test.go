package render

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"drawbridge/graph"

	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	cdppage "github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
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

// unpacked is what only scripts show of a page.
func unpacked(t *testing.T, page string) packed {
	t.Helper()
	var out packed
	text := base64.NewDecoder(base64.StdEncoding, strings.NewReader(between(page, `<template id="packed">`, "</template>")))
	if err := json.NewDecoder(flate.NewReader(text)).Decode(&out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Each place leads to its line of code, and values that may be credentials are left out,
// with scripts and without.
func TestHTMLShowsLines(t *testing.T) {
	g := withEvidence(shop())
	page := htmlOf(t, g, Options{ReadFile: files}, noLayout())
	scripted := unpacked(t, page)
	about := g.Findings[slices.IndexFunc(g.Findings, func(f *graph.Finding) bool { return f.Subject == "db" })]
	finding := between(scripted.Lists["findings"], `id="`+findingEntry(about)+`"`, "</details>")
	var file, line int
	if _, err := fmt.Sscanf(between(finding, `<a class=at href="#`, `"`), "L%d-%d", &file, &line); err != nil {
		t.Fatalf("the finding leads to no line: %v\n%s", err, finding)
	}
	code := scripted.Code[file]
	text := strings.Split(code.Ranges[0].Text, "\n")[line-code.Ranges[0].First]
	if code.Name != "rds.tf" || !slices.Contains(code.Cited, line) || text != `resource "a_database" "orders" {` {
		t.Errorf("%s:%d is shown as %q, cited are %v", code.Name, line, text, code.Cited)
	}
	if !strings.Contains(between(page, `<section id="findings"`, "</section>"), "<code>resource &#34;a_database&#34; &#34;orders&#34; {</code>") {
		t.Error("without scripts the line does not stand beside the finding")
	}
	if strings.Contains(page+fmt.Sprint(scripted), "hunter2") {
		t.Error("a password is shown")
	}
	if n := len(unpacked(t, htmlOf(t, g, Options{}, noLayout())).Code); n > 0 {
		t.Errorf("lines of %d files are shown though none can be read", n)
	}
}

func TestMaskedLine(t *testing.T) {
	for in, want := range map[string]string{
		`  password = "a\"b" # 'x'`: `  password = "…" # '…'`,
		`    value: hunter2`:        `    value: …`,
		`    - name: "x"`:           `    - name: "…"`,
		`export TOKEN=abc`:          `export TOKEN=…`,
		`  password = var.password`: `  password = var.password`,
		`resource "a_b" "c" {`:      `resource "a_b" "c" {`,
		`secret = {`:                `secret = {`,
		`no value`:                  `no value`,
	} {
		if got := maskedLine(in); got != want {
			t.Errorf("maskedLine(%q) = %q, want %q", in, got, want)
		}
	}
}

// A report of 100 components, each with a finding, a flow, places and properties, stays
// small enough to send around.
func TestHTMLIsSmall(t *testing.T) {
	g := manyParts(100)
	for _, c := range g.Components {
		c.Properties = map[graph.Property]graph.Fact{}
		for i, p := range graph.Properties[:16] {
			c.Properties[p] = graph.Fact{Value: graph.No, Evidence: graph.Evidence{File: c.Source.File, Line: c.Source.Line + i%5, Why: string(p) + " is not set for " + c.Name}}
		}
	}
	var lines []byte
	for i := range 800 {
		lines = fmt.Appendf(lines, "  setting_%d = module.network.ids[%d]\n", i*7919%800, i)
	}
	page := htmlOf(t, g, Options{ReadFile: func(string) ([]byte, error) { return lines, nil }}, dotLayout(t))
	if len(page) > 400_000 {
		t.Errorf("%d bytes for 100 components, more than 400,000", len(page))
	}
}

// browser starts Chromium on a page, and collects what it complains of and what it
// asks any network for.
func browser(t *testing.T, page string) (do func(...chromedp.Action), complaints func() []string) {
	t.Helper()
	return browserReady(t, page, "html[data-ready]")
}

// browserReady does so with actions before the page is loaded, and waits for an element.
func browserReady(t *testing.T, page, ready string, before ...chromedp.Action) (do func(...chromedp.Action), complaints func() []string) {
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
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(path), chromedp.NoSandbox, chromedp.WindowSize(1300, 900), chromedp.WSURLReadTimeout(3*time.Minute))
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
		ctx, cancel := context.WithTimeout(ctx, 3*time.Minute)
		defer cancel()
		if err := chromedp.Run(ctx, actions...); err != nil {
			t.Fatal(err)
		}
	}
	do(network.Enable(), cdplog.Enable())
	do(before...)
	do(chromedp.Navigate(server.URL+"/"), chromedp.WaitReady(ready, chromedp.ByQuery))
	return do, func() []string { return said }
}

// In a browser the report is searched and filtered, leads from a finding to its lines
// and to the picture and back, takes deep links, and turns dark, all of it without a
// complaint or a request.
func TestHTMLInBrowser(t *testing.T) {
	g := withEvidence(shop())
	do, complaints := browser(t, htmlOf(t, g, Options{Title: "shop", ReadFile: files}, dotLayout(t)))
	const visible = "#findings .item"
	var all, found, severe, dimmed, linked int
	do(
		goTo("findings"), count(visible, &all),
		typed("orders-db"), count(visible, &found), typed(""),
		chromedp.Evaluate(`{const s=document.querySelector('#findings select[data-by=severity]');s.value='high';s.dispatchEvent(new Event('change'))}`, nil), count(visible, &severe),
		goTo("picture"), count("svg g.node.off", &dimmed),
		goTo("findings?severity=medium"), count(visible, &linked),
	)
	if all != len(g.Findings) || found == 0 || found >= all || severe == 0 || severe >= all {
		t.Errorf("%d findings of %d, %d after a search, %d of high severity", all, len(g.Findings), found, severe)
	}
	medium := 0
	for _, f := range g.Findings {
		if f.Severity == graph.Medium {
			medium++
		}
	}
	if dimmed == 0 || linked != medium {
		t.Errorf("a filter dims %d boxes; a link to %d medium findings shows %d", dimmed, medium, linked)
	}

	about := ""
	for _, f := range g.Findings {
		if f.Subject == "db" {
			about = findingEntry(f)
		}
	}
	var lines, hit, boxes int
	var heading, box, theme, before, after string
	do(
		chromedp.Click("#findings .filters button"), // clears
		chromedp.Click("#"+about+" summary"), settled(),
		chromedp.Evaluate(`location.hash.slice(1)`, &box), count("#detail pre.lines mark", &lines),
		chromedp.Evaluate(`document.querySelector('#detail h2').textContent`, &heading),
		chromedp.Click("#detail .reveal"), settled(), count("svg g.node.hit", &hit),
	)
	if box != about || lines != 1 || hit != 1 {
		t.Errorf("a click on %s opened %q (%s) with %d marked lines and %d boxes on the picture", about, box, heading, lines, hit)
	}
	do(
		chromedp.Evaluate(`document.querySelector('svg g.node.hit').dispatchEvent(new MouseEvent('click', {bubbles: true}))`, nil), settled(),
		chromedp.Evaluate(`location.hash.slice(1)`, &box), count("#picture.shown", &boxes),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &before),
		chromedp.Click("#theme"),
		chromedp.Evaluate(`document.documentElement.dataset.theme`, &theme),
		chromedp.Evaluate(`getComputedStyle(document.body).backgroundColor`, &after),
	)
	if box != elementID("c-", "db") || boxes != 1 {
		t.Errorf("the box on the picture led to %q, and the picture is away", box)
	}
	if theme != "dark" || before == after {
		t.Errorf("the theme is %q, the background went from %s to %s", theme, before, after)
	}
	var lit string
	do(chromedp.Evaluate(`document.querySelector('svg g.node[data-of="c-db"]').dispatchEvent(new PointerEvent('pointerover', {bubbles: true}))`, nil),
		chromedp.Evaluate(`Array.from(document.querySelectorAll('svg g.node.lit')).map(g=>g.dataset.of).sort().join(' ')`, &lit))
	if want := "c-api c-bastion c-db c-worker"; lit != want {
		t.Errorf("beside the database %q are lit, want %q", lit, want)
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

// Keys walk through the report: a search, the entries of a list, the boxes of the picture.
func TestHTMLByKeys(t *testing.T) {
	g := withEvidence(shop())
	do, complaints := browser(t, htmlOf(t, g, Options{Title: "shop"}, dotLayout(t)))
	var first, second, focused, opened, none string
	hash := func(into *string) chromedp.Action { return chromedp.Evaluate(`location.hash.slice(1)`, into) }
	do(
		goTo("findings"), chromedp.KeyEvent("j"), settled(), hash(&first), chromedp.KeyEvent("j"), settled(), hash(&second),
		chromedp.KeyEvent(kb.Escape), settled(), hash(&none),
		goTo("picture"), chromedp.Evaluate(`document.querySelector('svg g.node[data-of="c-db"]').focus()`, nil),
		chromedp.KeyEvent(kb.Enter), settled(), hash(&opened),
		chromedp.KeyEvent("/"), chromedp.Evaluate(`document.activeElement.id`, &focused),
	)
	list := bySeverity(g.Findings)
	if first != findingEntry(list[0]) || second != findingEntry(list[1]) || none != "findings" {
		t.Errorf("the keys lead to %q, %q and %q", first, second, none)
	}
	if opened != "c-db" || focused != "search" {
		t.Errorf("Enter opens %q, / goes to %q", opened, focused)
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

// With scripts off everything stands in the page, one section after the other.
func TestHTMLReadsWithoutScripts(t *testing.T) {
	g := withEvidence(shop())
	page := htmlOf(t, g, Options{Title: "shop", ReadFile: files}, noLayout())
	_, body, _ := strings.Cut(page, "<body>")
	var missing []string
	for _, f := range g.Findings {
		for _, s := range append([]string{f.Title, f.Threat, f.Address}, f.Mitigations...) {
			if !strings.Contains(body, html.EscapeString(s)) {
				missing = append(missing, s)
			}
		}
	}
	for _, c := range g.Components {
		if !strings.Contains(body, html.EscapeString(c.Address)) {
			missing = append(missing, c.Address)
		}
	}
	if len(missing) > 0 {
		t.Errorf("the page lacks %q", missing)
	}
}

func count(query string, into *int) chromedp.Action {
	return chromedp.Evaluate(`document.querySelectorAll(`+fmt.Sprintf("%q", query)+`).length`, into)
}

// settled waits for what an event of the page set off: by the page's own clock, which
// stands still while the page has not come to run.
func settled() chromedp.Action {
	return chromedp.Evaluate(`new Promise((done) => { setTimeout(() => setTimeout(done, 50), 50); })`, nil, func(p *runtime.EvaluateParams) *runtime.EvaluateParams {
		return p.WithAwaitPromise(true)
	})
}

func goTo(hash string) chromedp.Action {
	return chromedp.Tasks{chromedp.Evaluate(`location.hash = `+fmt.Sprintf("%q", hash), nil), settled()}
}

// typed puts words into the search.
func typed(words string) chromedp.Action {
	return chromedp.Tasks{
		chromedp.Evaluate(`{const s=document.getElementById('search');s.value=`+fmt.Sprintf("%q", words)+`;s.dispatchEvent(new Event('input'))}`, nil),
		chromedp.WaitReady(fmt.Sprintf(`html[data-asked=%q]`, words)),
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
		f.Title, f.Rule, f.Threat, f.Mitigations, f.StatusWhy, f.References, f.Address, f.Verify, f.FalseIf = evil, evil, evil, []string{evil}, evil, []string{evil}, evil, evil, evil
	}
	g.Notes = []graph.Note{{Code: evil, Message: evil, Next: evil, Source: graph.Source{File: evil, Line: 3}}}
	g.Questions = []*graph.Question{{ID: evil, Rule: evil, Subject: "db", Address: evil, Text: evil, Why: evil, Severity: graph.High}}
	g.Paths = []*graph.Path{{ID: evil, From: "internet", To: "db", Why: evil, Worth: 3, Steps: []graph.Step{{From: "internet", To: "db", How: evil, By: evil, Evidence: graph.Evidence{File: evil, Line: 1, Why: evil}}}}}
	h := graph.NewHistory()
	h.Add(evil, evil, evil, g)
	page := htmlOf(t, g, Options{Title: evil, Subtitle: evil, History: h, Since: graph.Diff(&graph.Graph{}, g), ReadFile: func(string) ([]byte, error) { return []byte(evil + "\n"), nil }}, dotLayout(t))
	scripted := unpacked(t, page)
	for _, part := range slices.Concat([]string{page}, slices.Collect(maps.Values(scripted.Lists)), slices.Collect(maps.Values(scripted.Pages))) {
		if strings.Contains(part, "<img") || strings.Contains(part, `href="javascript:`) {
			t.Error("a name became markup")
		}
	}
	if n := strings.Count(page, "<script"); n != 1 {
		t.Errorf("%d script elements, want 1", n)
	}
	do, complaints := browser(t, page)
	var images, scripts int
	do(goTo("c-db"), goTo("findings"), goTo("history"), goTo("code"), chromedp.Evaluate(`document.images.length`, &images), chromedp.Evaluate(`document.scripts.length`, &scripts))
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

// A browser that can't unpack what only scripts show has the page as it reads without.
func TestHTMLWithoutDecompression(t *testing.T) {
	g := withEvidence(shop())
	do, complaints := browserReady(t, htmlOf(t, g, Options{Title: "shop", ReadFile: files}, noLayout()), "#findings .entry",
		chromedp.ActionFunc(func(ctx context.Context) error {
			_, err := cdppage.AddScriptToEvaluateOnNewDocument("delete globalThis.DecompressionStream").Do(ctx)
			return err
		}))
	var has, scripted bool
	var text string
	var left int
	do(chromedp.Evaluate(`'DecompressionStream' in globalThis`, &has), chromedp.Evaluate(`document.documentElement.classList.contains('js')`, &scripted),
		chromedp.Evaluate(`document.body.innerText`, &text), count("noscript", &left))
	if has || scripted || left > 0 {
		t.Errorf("the browser can unpack: %v; the page is one for scripts: %v; %d parts wait for none", has, scripted, left)
	}
	for _, f := range g.Findings {
		if !strings.Contains(text, f.Title) {
			t.Errorf("the page lacks %q", f.Title)
		}
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}

// The picture is moved, enlarged and fitted; its map leads about; filters of each kind, what
// changed, what is stated and what is decided all lead to their entries; links open a
// fresh page where they lead; paper holds everything.
func TestHTMLByPointer(t *testing.T) {
	before, g := shop(), withEvidence(shop())
	before.Components = before.Components[:len(before.Components)-1]
	db := graph.NewIndex(g).Component["db"]
	db.Stated = []graph.Evidence{{File: ".drawbridge.yaml", Line: 3, Why: "holds personal data"}}
	db.Tags = map[string]string{"team": "orders"}
	settledFinding := bySeverity(g.Findings)[0]
	settledFinding.Status, settledFinding.StatusWhy, settledFinding.STRIDE = graph.Accepted, "until spring", []graph.STRIDE{graph.Tampering}
	g.Paths = []*graph.Path{{ID: "p", From: "internet", To: "db", Why: "it holds orders", Worth: 4, Steps: []graph.Step{{From: "internet", To: "api", How: "calls"}, {From: "api", To: "db", How: "reads"}}}}
	do, complaints := browser(t, htmlOf(t, g, Options{Title: "shop", ReadFile: files, Since: graph.Diff(before, g)}, dotLayout(t)))
	viewBox := func(into *[]float64) chromedp.Action {
		return chromedp.Evaluate(`document.querySelector('.page.shown > svg').getAttribute('viewBox').split(' ').map(Number)`, into)
	}
	var first, larger, moved, led, fitted, small []float64
	do(
		goTo("picture"), chromedp.Click(`button[aria-label="Show all"]`), viewBox(&first),
		chromedp.Evaluate(`document.querySelector('.page.shown > svg').dispatchEvent(new WheelEvent('wheel', {deltaY: -100, clientX: 300, clientY: 400, bubbles: true, cancelable: true}))`, nil), viewBox(&larger),
		chromedp.Click(`button[aria-label="Enlarge"]`), chromedp.Click(`button[aria-label="Enlarge"]`), viewBox(&small),
		chromedp.Evaluate(`{const s=document.querySelector('.page.shown > svg');const at=(type,x,y)=>s.dispatchEvent(new PointerEvent(type,{pointerId:1,clientX:x,clientY:y,buttons:1,bubbles:true}));at('pointerdown',400,400);at('pointermove',340,370);at('pointerup',340,370)}`, nil), viewBox(&moved),
		chromedp.Evaluate(`{const m=document.querySelector('svg.map'),r=m.getBoundingClientRect();m.dispatchEvent(new PointerEvent('pointermove',{pointerId:1,clientX:r.left+2,clientY:r.top+2,buttons:1,bubbles:true}))}`, nil), viewBox(&led),
		chromedp.KeyEvent("0"), viewBox(&fitted),
	)
	if larger[2] >= first[2] || small[2] >= larger[2] || moved[0] <= small[0] || moved[1] <= small[1] || led[0] >= moved[0] || !slices.Equal(fitted, first) {
		t.Errorf("the picture shows %v, enlarged %v and %v, moved %v, led %v, fitted %v", first, larger, small, moved, led, fitted)
	}

	for _, filter := range []struct{ section, by, value, holds string }{
		{"components", "team", "orders", "orders-db"},
		{"findings", "status", "accepted", settledFinding.Title},
		{"findings", "stride", "T", settledFinding.Title},
		{"flows", "encrypted", "encrypted: no", "→"},
		{"components", "boundary", graph.NewIndex(g).Ancestors(db.Boundary)[0].Name, "orders-db"},
	} {
		var shown, other int
		var text string
		do(goTo(filter.section+"?"+filter.by+"="+strings.ReplaceAll(filter.value, " ", "+")), count("#"+filter.section+" .item", &shown),
			chromedp.Evaluate(`document.querySelector('#`+filter.section+` .rows').textContent`, &text),
			goTo(filter.section+"?q="), count("#"+filter.section+" .item", &other))
		if shown == 0 || shown >= other || !strings.Contains(text, filter.holds) {
			t.Errorf("%s with %s %q: %d of %d: %.200s", filter.section, filter.by, filter.value, shown, other, text)
		}
	}

	var stated, since, decided, lit, printed, plain int
	var now string
	do(
		goTo("stated"), chromedp.Click("#stated td a"), settled(), chromedp.Evaluate(`document.querySelector('#detail').textContent`, &now), count("#stated td", &stated),
		goTo("since"), count("#since .item", &since), goTo("decisions"), count("#decisions tbody tr", &decided),
		goTo("picture"), goTo(elementID("path-", "p")), count("svg g.node.lit", &lit), goTo("picture"),
		chromedp.Evaluate(`dispatchEvent(new Event('beforeprint'))`, nil), count("#findings .entry p[id]", &printed),
		chromedp.Evaluate(`dispatchEvent(new Event('afterprint'))`, nil), goTo("findings"), count("#findings .item", &plain),
	)
	if stated != 3 || !strings.Contains(now, "Holds personal data") || since == 0 || decided != 1 {
		t.Errorf("%d cells of what is stated, leading to %q; %d changes; %d decisions", stated, now, since, decided)
	}
	if lit != 3 || printed != len(g.Findings) || plain != len(g.Findings) {
		t.Errorf("%d boxes of the path are lit; of %d findings %d are printed, and %d in the list after", lit, len(g.Findings), printed, plain)
	}

	var heading, tab string
	do(chromedp.Evaluate(`location.hash = 'findings?severity=high'; location.reload()`, nil), chromedp.Sleep(200*time.Millisecond), chromedp.WaitReady("html[data-ready]", chromedp.ByQuery), chromedp.Evaluate(`document.documentElement.dataset.tab`, &tab),
		goTo("c-db"), chromedp.Evaluate(`location.reload()`, nil), chromedp.Sleep(200*time.Millisecond), chromedp.WaitReady("html[data-ready] #detail h2", chromedp.ByQuery), chromedp.Evaluate(`document.querySelector('#detail h2').textContent`, &heading))
	if tab != "findings" || !strings.Contains(heading, "orders-db") {
		t.Errorf("links opened the section %q and the entry %q", tab, heading)
	}
	if said := complaints(); len(said) > 0 {
		t.Errorf("the browser says %q", said)
	}
}
