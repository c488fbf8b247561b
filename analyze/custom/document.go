package custom

import (
	"fmt"
	"io"

	"cel.dev/cel-go/cel"
)

// Document writes what README.md tells of the vocabulary.
func Document(w io.Writer) {
	fmt.Fprint(w, documentHead)
	for _, n := range vocabulary {
		fmt.Fprintf(w, "\n## %s\n\n%s\n\n| name | type | |\n|---|---|---|\n", n.name, n.text)
		properties := 0
		for _, f := range n.fields {
			if f.property != "" {
				properties++
				continue
			}
			text := f.text
			if len(f.words) > 0 {
				text += ": " + listed(f.words)
			}
			fmt.Fprintf(w, "| `%s` | %s | %s |\n", f.name, cel.FormatCELType(f.typ), text)
		}
		if properties > 0 {
			fmt.Fprint(w, "| each of the facts below | bool | |\n")
		}
	}
	fmt.Fprint(w, "\n## Facts\n\nOf components and boundaries. Each is true, false or not known.\n\n")
	for i, f := range nounNamed("component").fields {
		if f.property != "" {
			if i > 0 {
				fmt.Fprintf(w, "- `%s`\n", f.name)
			}
		}
	}
}

const documentHead = "# Rules and queries of your own\n\nMade from the vocabulary by `go test -update`; do not edit.\n\n" +
	"Expressions are in [CEL](https://cel.dev). In `drawbridge query --of NOUN EXPRESSION` and in a rule `of` a noun, the names of its table\n" +
	"stand bare: `kind == \"store\"`; those of another element follow a dot: `flow.to.kind`, `flows_in.exists(f, !f.encrypted)`.\n\n" +
	"**What is not known** is neither true nor false. It goes through `!`, `==`, `!=`, `&&`, `||` and the rest: `!encrypted_at_rest` and\n" +
	"`encrypted_at_rest != true` find a store that is established to be unencrypted, never one of which nothing is known. A rule can't find\n" +
	"anything by it; a query tells how many elements it could not decide on. `known(NAME)` asks whether something is known. A tag or\n" +
	"attribute that is not there is not known, either; `has(tags.owner)` asks for it.\n\n" +
	"A name that does not exist, a word that can't be (`kind == \"stor\"`) and a comparison of different types are refused before anything is\n" +
	"read, with line and column. An evaluation that takes too many steps is broken off and noted.\n\n" +
	"A rule in `.drawbridge.yaml`, under `custom-rules`, or in a file that `rule-files` names (with `custom-rules` alone in it):\n\n" +
	"```yaml\n" +
	`custom-rules:
- id: versionless-bucket
  of: component                  # component, flow, boundary or grant
  when: kind == "store" && technology == "object-storage" && !versioned
  title: Bucket {name} keeps no old versions   # expressions stand in braces
  threat: Whoever may write to {name} may destroy what is in it.
  severity: medium               # or likelihood and impact, 1 to 5 each
  stride: [tampering]
  cwe: [404]
  mitigations: [Keep old versions of it.]
  verify: Overwrite an object in a test copy, and try to bring the old one back.
  false-if: Its objects are copies of what is kept elsewhere.
  references: [house rule 7]
  bad:                           # it finds something in each of these
  - components:
    - {id: files, kind: store, technology: object-storage, properties: {versioned: false}}
  good:                          # and nothing in these
  - components:
    - {id: files, kind: store, technology: object-storage, properties: {versioned: true}}
  - components:
    - {id: files, kind: store, technology: object-storage}
` + "```\n\n" +
	"`drawbridge rules test [FILE]` runs the examples. An example's components, boundaries, flows and grants are written with the names of the\n" +
	"tables, facts under `properties`; `internet` is there without being named. Exposure and crossings follow from them as they do in a scan.\n"
