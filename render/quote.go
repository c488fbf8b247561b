package render

import (
	"bytes"
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"github.com/awalterschulze/gographviz/ast"
)

// quote writes a text as a quoted DOT string. It always quotes: the library's own
// escaping leaves keywords, ports and brackets bare. Backslashes are doubled
// because Graphviz expands \N, \G and the like in most attributes; an ampersand
// becomes an entity because Graphviz takes "&b;" for one and passes it on.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch r {
		case '\\', '"':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '&':
			b.WriteString("&amp;")
		case '\n':
			b.WriteString(`\n`)
		default:
			b.WriteRune(printableRune(r))
		}
	}
	b.WriteByte('"')
	return b.String()
}

// escapeHTML writes a text for an HTML-like label. What is not ASCII becomes a
// numeric entity: the DOT grammar of gographviz knows Latin-1 only in there.
func escapeHTML(s string) string {
	var b strings.Builder
	for _, r := range printable(s) {
		switch {
		case r == '&':
			b.WriteString("&amp;")
		case r == '<':
			b.WriteString("&lt;")
		case r == '>':
			b.WriteString("&gt;")
		case r == '"':
			b.WriteString("&quot;")
		case r < 0x7f:
			b.WriteRune(r)
		default:
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

// elementID makes an identifier for SVG and HTML out of a graph identifier: the
// prefix, then letters, digits, '.', '_' and '-', stable and, by a hash where
// characters were replaced, unique.
func elementID(prefix, id string) string {
	const longest = 80
	short := strings.Map(func(r rune) rune {
		if r < 0x80 && (r == '.' || r == '_' || r == '-' || isAlphanumeric(byte(r))) {
			return r
		}
		return '-'
	}, id)
	if short == id && len(id) <= longest && id != "" {
		return prefix + id
	}
	h := fnv.New32a()
	h.Write([]byte(id))
	return fmt.Sprintf("%s%s-%08x", prefix, short[:min(len(short), longest)], h.Sum32())
}

func isAlphanumeric(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}

// printDOT writes gographviz's syntax tree. Its own String method takes time that
// grows with the square of the graph; and here flows come last, after what they
// join, as a reader expects.
//
// Graphviz stacks what is written later on top of what comes first: last names the
// components that belong to the lower edge of their boundary.
func printDOT(g *ast.Graph, low map[string]bool) ([]byte, error) {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s {\n", g.Type, g.ID)
	if err := printStatements(&b, g.StmtList, low, "  "); err != nil {
		return nil, err
	}
	b.WriteString("}\n")
	return b.Bytes(), nil
}

func printStatements(b *bytes.Buffer, list ast.StmtList, low map[string]bool, indent string) error {
	place := func(s ast.Stmt) int {
		n, isNode := s.(*ast.NodeStmt)
		_, isAttr := s.(*ast.Attr)
		switch {
		case isAttr:
			return 0
		case isNode && low[n.NodeID.String()]:
			return 3
		case isNode:
			return 1
		}
		return 2
	}
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b ast.Stmt) int { return place(a) - place(b) })
	var edges []*ast.EdgeStmt
	for _, s := range list {
		switch s := s.(type) {
		case *ast.Attr:
			fmt.Fprintf(b, "%s%s=%s;\n", indent, s.Field, s.Value)
		case *ast.NodeStmt:
			fmt.Fprintf(b, "%s%s [", indent, s.NodeID)
			printAttrs(b, s.Attrs)
			b.WriteString("];\n")
		case *ast.SubGraph:
			fmt.Fprintf(b, "%ssubgraph %s {\n", indent, s.ID)
			if err := printStatements(b, s.StmtList, low, indent+"  "); err != nil {
				return err
			}
			fmt.Fprintf(b, "%s}\n", indent)
		case *ast.EdgeStmt:
			edges = append(edges, s)
		default:
			return fmt.Errorf("writing DOT: no form for %T", s)
		}
	}
	for _, e := range edges {
		from, ok := e.Source.(*ast.NodeID)
		if !ok || len(e.EdgeRHS) != 1 {
			return fmt.Errorf("writing DOT: a flow does not join two components: %v", e)
		}
		fmt.Fprintf(b, "%s%s -> %s [", indent, from, e.EdgeRHS[0].Destination)
		printAttrs(b, e.Attrs)
		b.WriteString("];\n")
	}
	return nil
}

func printAttrs(b *bytes.Buffer, list ast.AttrList) {
	sep := ""
	for _, attrs := range list {
		for _, a := range attrs {
			fmt.Fprintf(b, "%s%s=%s", sep, a.Field, a.Value)
			sep = " "
		}
	}
}
