package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Limits bound what one file may cost. The zero value of a field means its default.
type Limits struct {
	Documents int // documents in a file, 10,000
	Depth     int // nesting of one document, 100
	Nodes     int // values of one document after its aliases are expanded, 1,000,000
}

func (l Limits) withDefaults() Limits {
	for _, d := range []struct {
		field *int
		value int
	}{{&l.Documents, 10_000}, {&l.Depth, 100}, {&l.Nodes, 1_000_000}} {
		if *d.field <= 0 {
			*d.field = d.value
		}
	}
	return l
}

// Problem is why a document, or what follows it, was not read.
type Problem struct {
	Line    int    // 0 where the parser told none
	Message string // the parser's own words where it was the parser
	// Limit is true where the document may be sound and is only too large.
	Limit bool
}

// Decode reads all documents of a file. A document that does not parse, or that
// is beyond a limit, costs that document only. Documents that are not
// Kubernetes objects (no apiVersion or no kind) are left out without a word.
// Items of List kinds are returned one by one, in place of the list.
func Decode(file string, content []byte, limits Limits) ([]*Object, []Problem) {
	limits = limits.withDefaults()
	content = bytes.TrimPrefix(content, []byte("\xef\xbb\xbf"))
	if strings.HasSuffix(file, ".json") {
		// A tab can only be white space in JSON, and YAML refuses it there.
		content = bytes.ReplaceAll(content, []byte("\t"), []byte(" "))
	}
	content = separated(content)
	docs, problems := documents(content, limits)
	var objects []*Object
	for _, doc := range docs {
		if err := measure(doc, limits); err != nil {
			problems = append(problems, Problem{Line: doc.Line, Message: err.Error(), Limit: true})
			continue
		}
		objects = appendObjects(objects, file, doc, 0, schema.GroupVersionKind{})
	}
	return objects, problems
}

// separated puts the white space behind document markers that YAML asks for before a
// comment: Helm and kubectl do without, and templates leave none.
func separated(content []byte) []byte {
	if !bytes.Contains(content, []byte("---#")) {
		return content
	}
	return tightMarker.ReplaceAll(content, []byte("--- #"))
}

var tightMarker = regexp.MustCompile(`(?m)^---#`)

// documents parses a file as one stream, which is right for everything that
// YAML allows; only where that fails it is cut at the markers, so that the
// documents around the broken one are kept.
func documents(content []byte, limits Limits) ([]*yaml.Node, []Problem) {
	docs, err := parse(content, limits.Documents)
	if err == nil {
		return docs, nil
	}
	if errors.Is(err, errDocuments) {
		return docs, []Problem{{Message: fmt.Sprintf("more than %d documents in one file", limits.Documents), Limit: true}}
	}
	var problems []Problem
	docs = nil
	for _, p := range split(content) {
		if len(docs) >= limits.Documents {
			return docs, append(problems, Problem{Line: p.line, Message: fmt.Sprintf("more than %d documents in one file", limits.Documents), Limit: true})
		}
		part, err := parse(p.content, limits.Documents)
		if err != nil {
			problems = append(problems, problem(err, p.line-1))
		}
		for _, n := range part {
			shift(n, p.line-1)
		}
		docs = append(docs, part...)
	}
	return docs, problems
}

var errDocuments = errors.New("too many documents")

// parse returns the documents before an error together with it.
func parse(content []byte, limit int) (docs []*yaml.Node, err error) {
	defer func() {
		// The parser reports what it did not foresee by panicking.
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	dec := yaml.NewDecoder(bytes.NewReader(content))
	for {
		var n yaml.Node
		err := dec.Decode(&n)
		if errors.Is(err, io.EOF) {
			return docs, nil
		}
		if err != nil {
			return docs, err
		}
		if len(docs) == limit {
			return docs, errDocuments
		}
		docs = append(docs, &n)
	}
}

var lineInMessage = regexp.MustCompile(`line (\d+): `)

// problem takes the line out of a parser's message and counts it from the top of the file.
func problem(err error, offset int) Problem {
	msg := strings.TrimPrefix(err.Error(), "yaml: ")
	m := lineInMessage.FindStringSubmatchIndex(msg)
	if m == nil {
		return Problem{Line: offset + 1, Message: msg}
	}
	line, _ := strconv.Atoi(msg[m[2]:m[3]])
	return Problem{Line: offset + line, Message: msg[:m[0]] + msg[m[1]:]}
}

type part struct {
	line    int // of its first line, from 1
	content []byte
}

// split cuts a stream before each document marker: three dashes at the start of
// a line, followed by white space. "----" and an indented "---" are content.
func split(content []byte) []part {
	var parts []part
	start, startLine, line := 0, 1, 0
	for pos := 0; pos < len(content); {
		line++
		end := bytes.IndexByte(content[pos:], '\n')
		if end < 0 {
			end = len(content) - pos - 1
		}
		text := content[pos : pos+end+1]
		if pos > start && bytes.HasPrefix(text, []byte("---")) && (len(text) == 3 || strings.IndexByte(" \t\r\n", text[3]) >= 0) {
			parts = append(parts, part{startLine, content[start:pos]})
			start, startLine = pos, line
		}
		pos += end + 1
	}
	return append(parts, part{startLine, content[start:]})
}

func shift(n *yaml.Node, lines int) {
	n.Line += lines
	for _, c := range n.Content {
		shift(c, lines)
	}
}

// measure walks a document as its conversion would, aliases expanded, and
// stops at the first limit: a few hundred bytes of aliases can stand for
// billions of values.
func measure(doc *yaml.Node, limits Limits) error {
	left := limits.Nodes
	var walk func(n *yaml.Node, depth int) error
	walk = func(n *yaml.Node, depth int) error {
		left--
		switch {
		case depth > limits.Depth:
			return fmt.Errorf("nested more than %d deep", limits.Depth)
		case left < 0:
			return fmt.Errorf("more than %d values after its aliases are expanded", limits.Nodes)
		case n.Kind == yaml.AliasNode:
			return walk(n.Alias, depth+1)
		}
		for _, c := range n.Content {
			if err := walk(c, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	return walk(doc, 0)
}
