package rules_test

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"drawbridge/analyze/rules"

	"golang.org/x/tools/txtar"
)

// catalogue writes README.md: all rules with their bad case as example, and how
// severity is reckoned.
func catalogue(t *testing.T, w io.Writer) {
	t.Helper()
	fmt.Fprint(w, "# Rules\n\nMade from the rules and their cases by `go test -update`; do not edit.\n\n")
	fmt.Fprint(w, "| rule | finds | STRIDE |\n|---|---|---|\n")
	for _, r := range rules.All {
		fmt.Fprintf(w, "| [%s](#%s) | %s | %s |\n", r.ID, r.ID, r.Title, joined(r.STRIDE))
	}
	severity(w)
	for _, r := range rules.All {
		entry(t, w, r)
	}
}

func severity(w io.Writer) {
	fmt.Fprint(w, "\n## Severity\n\nLikelihood and impact are sums of factors, each kept within 1 to 5; their product gives the severity.\n\n")
	fmt.Fprint(w, "| product | severity |\n|---|---|\n")
	least := 26
	for product := 25; product >= 1; product-- {
		if product > 1 && rules.SeverityOf(1, product) == rules.SeverityOf(1, product-1) {
			continue
		}
		fmt.Fprintf(w, "| %d to %d | %s |\n", product, least-1, rules.SeverityOf(1, product))
		least = product
	}
	fmt.Fprint(w, "\n| factor | moves | by |\n|---|---|---|\n")
	for _, f := range rules.FactorNames {
		fmt.Fprintf(w, "| %s | %s | %s |\n", f.Name, f.Moves, f.Text)
	}
}

func entry(t *testing.T, w io.Writer, r *rules.Rule) {
	t.Helper()
	fmt.Fprintf(w, "\n## %s\n\n**%s.** %s\n\n%s\n\n", r.ID, r.Title, r.Looks, r.Why)
	for _, m := range r.Mitigations {
		fmt.Fprintf(w, "- %s\n", m)
	}
	fmt.Fprintf(w, "\nTo verify: %s\n\nNo weakness if: %s\n", r.Verify, r.FalseIf)
	var cwe []string
	for _, n := range r.CWE {
		cwe = append(cwe, fmt.Sprintf("CWE-%d", n))
	}
	fmt.Fprintf(w, "\nSTRIDE: %s. Weakness: %s. Likelihood begins at %d, impact at %d.", joined(r.STRIDE), strings.Join(cwe, ", "), r.Likelihood, r.Impact)
	if r.Inside {
		fmt.Fprint(w, " That nothing leads there from the internet makes it no less likely.")
	}
	if r.Unmoved {
		fmt.Fprint(w, " A way in from the internet makes it no likelier.")
	}
	if len(r.Stakes) > 0 {
		fmt.Fprintf(w, " At stake: %s.", joined(r.Stakes))
	}
	if len(r.Controls) > 0 {
		fmt.Fprintf(w, " Lessened by: %s.", joined(r.Controls))
	}
	fmt.Fprintf(w, "\nSources: %s.\n\n", strings.Join(r.References, "; "))
	archive, err := txtar.ParseFile(filepath.Join("testdata", r.ID+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range archive.Files {
		if f.Name == "bad" {
			fmt.Fprintf(w, "Example, as a graph:\n\n```\n%s```\n", f.Data)
		}
	}
}

func joined[T ~string](list []T) string {
	words := make([]string, len(list))
	for i, s := range list {
		words[i] = string(s)
	}
	return strings.Join(words, ", ")
}
