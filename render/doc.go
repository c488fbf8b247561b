// Package render turns a graph into what people look at: data-flow diagrams
// (DOT, SVG, PNG), a Markdown report and a summary for the terminal; and into what
// other tools read (SARIF and its like for code hosts, exchange.go and the formats
// beside it for threat modeling tools).
//
// It knows nothing of how the graph came about, and it decides nothing: trust
// levels, crossings and findings are read as package analyze left them. The same
// graph and options give the same bytes.
//
// A diagram comes about in four steps. A [view] selects what is drawn and how it
// is merged (view.go, pages.go); it is written as DOT (dot.go, with labels from
// label.go, sizes from font.go and hints for layout from hint.go); a layout program
// places it (layout.go); and the SVG that comes back gets its drawn signs and its
// labels moved to where they can be read (svg.go, sign.go, place.go). Start reading
// at [Pages].
package render
