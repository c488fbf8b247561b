package render

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"
	"testing/fstest"
)

// dotPNG is a PNG of one transparent pixel.
const dotPNG = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="

func TestIconsAreEmbedded(t *testing.T) {
	pixel, err := base64.StdEncoding.DecodeString(dotPNG)
	if err != nil {
		t.Fatal(err)
	}
	icons, err := ReadIcons(fstest.MapFS{
		"sql.svg":             {Data: []byte(`<svg xmlns="http://www.w3.org/2000/svg"><path d="M0,0L9,9"/></svg>`)},
		"function.png":        {Data: pixel},
		"README.md":           {Data: []byte("not an icon")},
		"nothing-like-it.svg": {Data: []byte("<script/>")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(icons) != 2 {
		t.Errorf("%d icons were read, want 2", len(icons))
	}
	g := shop()
	g.Components[0].Technology = "sql"
	for _, c := range g.Components {
		if c.ID == "db" {
			c.Technology = "sql"
		}
		if c.ID == "worker" {
			c.Technology = "function"
		}
	}
	dot, err := DOT(g, Options{Icons: icons})
	if err != nil {
		t.Fatal(err)
	}
	svg, err := EmbedIcons(draw(t, graphviz(t), dot), icons)
	if err != nil {
		t.Fatal(err)
	}
	if err := wellFormed(svg); err != nil {
		t.Error(err)
	}
	for uri, want := range map[string]int{"data:image/svg+xml;base64,": 2, "data:image/png;base64,": 1} {
		if n := bytes.Count(svg, []byte(uri)); n != want {
			t.Errorf("%d icons as %s, want %d", n, uri, want)
		}
	}
	if bytes.Contains(svg, []byte("■")) {
		t.Error("a square is left in the place of an icon")
	}
	checkOverlaps(t, svg)
}

func TestIconsThatCouldDoMoreAreRefused(t *testing.T) {
	for content, want := range map[string]string{
		`<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>`: "<script>",
		`<svg onload="x()"/>`:                                 "onload",
		`<svg><a href="https://example.com/"/></svg>`:         "leads elsewhere",
		`<svg><use xlink:href="other.svg#x"/></svg>`:          "leads elsewhere",
		`<svg><rect fill="url(https://example.com/)"/></svg>`: "leads elsewhere",
		`<svg><style>@import "x"</style></svg>`:               "<style>",
		`<!DOCTYPE svg [<!ENTITY a "b">]><svg/>`:              "document type",
		`<html/>`:                                             "no SVG",
		``:                                                    "no SVG",
		`<svg>`:                                               "syntax error",
		`<svg>` + strings.Repeat(" ", largestIcon) + `</svg>`: "more than",
	} {
		_, err := ReadIcons(fstest.MapFS{"sql.svg": {Data: []byte(content)}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: error %v, want %q", content, err, want)
		}
	}
	for name, content := range map[string]string{"sql.png": "GIF89a", "postgres.svg": "<svg/>"} {
		if _, err := ReadIcons(fstest.MapFS{name: {Data: []byte(content)}}); err == nil {
			t.Errorf("%s was taken for an icon", name)
		}
	}
}
