package render

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"image/png"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"drawbridge/graph"
)

// Icons are pictures by technology, as data URIs. They are drawn in SVG only: DOT has a
// small square in their place, and PNG and PDF with it.
type Icons map[graph.Technology]string

// largestIcon bounds the file of an icon: it stands in every picture, once a component.
const largestIcon = 32 << 10

// ReadIcons reads the icons of a folder: PNG and SVG files named by the technology that
// they stand for ("sql.svg"). Other files are left alone. An SVG icon that could run or
// load anything is refused.
func ReadIcons(folder fs.FS) (Icons, error) {
	out := Icons{}
	entries, err := fs.ReadDir(folder, ".")
	if err != nil {
		return nil, err
	}
	for _, e := range entries { // PNG before SVG, which wins
		name := e.Name()
		ext := strings.ToLower(path.Ext(name))
		technology := graph.Technology(strings.TrimSuffix(name, path.Ext(name)))
		if ext != ".png" && ext != ".svg" || technology == "" || !slices.Contains(graph.Technologies, technology) {
			continue
		}
		if info, err := fs.Stat(folder, name); err != nil {
			return nil, err
		} else if info.Size() > largestIcon {
			return nil, fmt.Errorf("icon %s has %d bytes, more than %d", name, info.Size(), largestIcon)
		}
		content, err := fs.ReadFile(folder, name)
		if err != nil {
			return nil, err
		}
		kind := "image/png"
		if ext == ".svg" {
			kind, err = "image/svg+xml", harmless(content)
		} else {
			_, err = png.DecodeConfig(bytes.NewReader(content))
		}
		if err != nil {
			return nil, fmt.Errorf("icon %s: %w", name, err)
		}
		out[technology] = "data:" + kind + ";base64," + base64.StdEncoding.EncodeToString(content)
	}
	if len(out) == 0 {
		return nil, errors.New("no file in it is named by a technology, as sql.svg or queue.png are")
	}
	return out, nil
}

// harmless tells whether an SVG holds nothing but a drawing.
func harmless(svg []byte) error {
	d := xml.NewDecoder(bytes.NewReader(svg))
	root := true
	for {
		t, err := d.Token()
		if err == io.EOF {
			if root {
				return errors.New("it is no SVG")
			}
			return nil
		}
		if err != nil {
			return err
		}
		switch t := t.(type) {
		case xml.Directive:
			return errors.New("it declares a document type or entities")
		case xml.StartElement:
			name := strings.ToLower(t.Name.Local)
			if root && name != "svg" {
				return errors.New("it is no SVG")
			}
			root = false
			switch name {
			case "script", "foreignobject", "iframe", "image", "style", "animate", "set", "handler", "listener":
				return fmt.Errorf("it holds <%s>", name)
			}
			for _, a := range t.Attr {
				name, value := strings.ToLower(a.Name.Local), strings.ToLower(a.Value)
				switch {
				case a.Name.Space == "xmlns" || name == "xmlns":
				case strings.HasPrefix(name, "on"):
					return fmt.Errorf("it holds the attribute %s", name)
				case name == "href" && !strings.HasPrefix(value, "#"),
					strings.Contains(value, "url(") && !strings.Contains(value, "url(#"), strings.Contains(value, "javascript:"):
					return fmt.Errorf("its attribute %s leads elsewhere", name)
				}
			}
		}
	}
}

// iconSize is the side of an icon, in points.
const iconSize = 14.0

const signIcon = "icon-"

// iconCell keeps the place of an icon.
func iconCell(technology string, p *palette) string {
	return signCell(signIcon+technology, "■", technology, textStyle{iconSize - 2, p.muted, false, false})
}

// EmbedIcons puts icons into a picture of SVG, where drawing it kept places for them.
func EmbedIcons(svg []byte, icons Icons) ([]byte, error) {
	root, err := parseSVG(svg)
	if err != nil {
		return nil, err
	}
	root.eachIcon(func(e *element, technology string) {
		uri, known := icons[graph.Technology(technology)]
		place := e.children[0]
		if !known {
			return
		}
		e.children = []*element{newElement("image", "x", place.attr("x"), "y", place.attr("y"),
			"width", format(iconSize), "height", format(iconSize), "href", uri)}
	})
	var b bytes.Buffer
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	root.write(&b)
	return b.Bytes(), nil
}

// iconPlace is what stands for an icon until it is embedded.
func iconPlace(technology string, x, y float64) *element {
	g := newElement("g", "class", "icon", "data-technology", technology)
	g.children = []*element{newElement("rect", "x", format(x), "y", format(y-iconSize+3),
		"width", format(iconSize), "height", format(iconSize), "fill", "none")}
	return g
}

func (e *element) eachIcon(f func(*element, string)) {
	if e.attr("class") == "icon" && len(e.children) == 1 {
		f(e, e.attr("data-technology"))
		return
	}
	for _, c := range e.children {
		c.eachIcon(f)
	}
}
