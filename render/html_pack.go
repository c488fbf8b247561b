package render

import (
	"bytes"
	"compress/flate"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
)

// packed is what only scripts show: entries with all that is known of them, pictures
// after the first, and lines of code. It repeats itself much, and compressed it is an
// eighth as long. JSON is its form, its parts are those of the page:
//
//	lists  by the ID of a section, its entries as markup
//	pages  by the ID of a page, its picture
//	code   files with the lines that are cited
type packed struct {
	Lists map[string]string `json:"lists"`
	Pages map[string]string `json:"pages"`
	Code  []packedFile      `json:"code"`
}

// packedFile is a file with ranges of its lines. The position among all files and a line
// make the anchor of a place: "L3-17".
type packedFile struct {
	Name   string        `json:"name"`
	Cited  []int         `json:"cited"`
	Ranges []packedRange `json:"ranges"`
}

type packedRange struct {
	First int    `json:"first"`
	Text  string `json:"text"` // as it is shown, lines ended by newlines
}

func newPacked() packed {
	return packed{Lists: map[string]string{}, Pages: map[string]string{}, Code: []packedFile{}}
}

func (p *packed) list(section, entries string) {
	p.Lists[section] = entries
}

func (p *packed) page(id, picture string) {
	p.Pages[id] = picture
}

// element is what the page carries it in: nothing of a template is shown or run.
func (p *packed) element() string {
	var b bytes.Buffer
	to := base64.NewEncoder(base64.StdEncoding, &b)
	z, err := flate.NewWriter(to, flate.BestCompression)
	if err == nil {
		e := json.NewEncoder(z)
		e.SetEscapeHTML(false) // it is never read as HTML
		err = e.Encode(p)
	}
	if err == nil {
		err = z.Close()
	}
	if err != nil {
		panic(fmt.Sprintf("strings that don't encode: %v", err)) // neither encoder fails on them, nor does a buffer
	}
	to.Close()
	return `<template id="packed">` + b.String() + "</template>\n"
}

// compact drops from a style or a script what a browser does not need: indentation and
// lines of comment. Neither may hold a string of several lines.
func compact(source string) string {
	var b strings.Builder
	for line := range strings.Lines(source) {
		if line = strings.TrimLeft(line, " "); line != "\n" && !strings.HasPrefix(line, "//") {
			b.WriteString(line)
		}
	}
	return b.String()
}
