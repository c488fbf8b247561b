// Package asset says what is worth stealing: how sensitive the data of a store is,
// by its classification in tags, its technology and its name.
//
// It looks at one component at a time and knows no flows; the rules and the search
// for attack paths rest on the same answers. Start at [Of].
package asset

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"drawbridge/graph"
)

// Level is how much the loss of a store's data hurts, in steps of impact.
type Level int

// The levels, from content that is meant for everybody to what hurts most.
const (
	Public    Level = -1
	Ordinary  Level = 0
	Files     Level = 1
	Records   Level = 2
	Sensitive Level = 3
)

// Asset is a store and why its data is worth taking.
type Asset struct {
	Store *graph.Component
	Level Level
	Why   string
}

// telling are the words in the names and tags of stores that say what they hold.
// A word is a run of letters and digits, camel case split, in lower case; where an
// entry has several words, all must be there.
var telling = []struct {
	holds string
	words []string
}{
	{"credentials", []string{"credential", "credentials", "secret", "secrets", "password", "passwords", "passwd", "keypair", "vault", "auth", "private key", "access key", "api key", "ssh key", "token", "tokens"}},
	{"payment data", []string{"payment", "payments", "billing", "invoice", "invoices", "payroll", "ledger", "transactions", "cardholder", "pci", "finance", "financial", "financials"}},
	{"personal data", []string{"pii", "gdpr", "personal", "customer", "customers", "user", "users", "patient", "patients", "employee", "employees", "member", "members", "profile", "profiles", "accounts"}},
	{"health data", []string{"phi", "hipaa", "medical", "clinical"}},
	{"infrastructure state", []string{"tfstate", "statefile", "terraform state", "tf state"}},
	{"backups", []string{"backup", "backups", "dump", "dumps"}},
}

// publicWords are the words in the names of file stores that say their content is meant for everybody.
var publicWords = []string{"static", "assets", "website", "webroot", "public", "cdn"}

// classificationTags are the keys of tags that hold a classification, without separators.
var classificationTags = []string{"classification", "dataclassification", "dataclass", "datasensitivity", "sensitivity", "confidentiality"}

// shortestTag is the length of the shortest of them: most keys are shorter.
const shortestTag = len("dataclass")

// classifications are the values of such tags that matter.
var classifications = map[string]Level{
	"confidential": Sensitive, "restricted": Sensitive, "secret": Sensitive, "sensitive": Sensitive,
	"high": Sensitive, "pii": Sensitive, "phi": Sensitive, "pci": Sensitive,
	"public": Public,
}

// Of rates the data in a store: by its classification in tags, by
// what it is, by its name, and by its technology, the first that says anything.
func Of(c *graph.Component) Asset {
	if a, ok := classified(c); ok {
		return a
	}
	switch c.Technology {
	case graph.TechSecret:
		return Asset{c, Sensitive, "it holds secrets"}
	case graph.TechKey:
		return Asset{c, Sensitive, "it holds keys that protect other data"}
	}
	words := append(splitWords(c.Name), splitWords(c.Tags["Name"])...)
	if t, ok := toldBy(words); ok {
		return Asset{c, Sensitive, fmt.Sprintf("its name (%q) says %s", t.words, t.holds)}
	}
	if c.Is(graph.PropSecretInConfig) == graph.Yes && (c.Technology == graph.TechObject || c.Technology == graph.TechFile || c.Technology == graph.TechConfig) {
		return Asset{c, Sensitive, "a credential lies in it"}
	}
	switch c.Technology {
	case graph.TechSnapshot:
		return Asset{c, Records, "it is a copy of a whole disk or database"}
	case graph.TechObject, graph.TechFile:
		for _, w := range words {
			if slices.Contains(publicWords, w) {
				return Asset{c, Public, fmt.Sprintf("its name (%q) says content that is meant for everybody", w)}
			}
		}
		return Asset{c, Files, "it holds files"}
	case graph.TechBlock:
		return Asset{c, Files, "it is a disk"}
	case graph.TechSource, graph.TechRegistry:
		return Asset{c, Files, "it holds code that others run"}
	case graph.TechCache:
		return Asset{c, Files, "it holds copies of records"}
	}
	if c.Technology.IsDatabase() {
		return Asset{c, Records, "it is a database"}
	}
	return Asset{c, Ordinary, ""}
}

// StatedClass begins what a statement says that classifies a component's data; the class
// follows.
const StatedClass = "its data is classified as "

func classified(c *graph.Component) (Asset, bool) {
	for _, e := range c.Stated { // what people say beats what tags do
		class, ok := strings.CutPrefix(e.Why, StatedClass)
		if !ok {
			continue
		}
		for _, w := range splitWords(class) {
			if level, ok := classifications[w]; ok {
				return Asset{c, level, e.Why}, true
			}
		}
	}
	var keys []string
	for key := range c.Tags {
		if len(key) >= shortestTag && slices.Contains(classificationTags, strings.Join(splitWords(key), "")) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	for _, key := range keys {
		for _, w := range splitWords(c.Tags[key]) {
			if level, ok := classifications[w]; ok {
				return Asset{c, level, fmt.Sprintf("its tag %s says %s", key, c.Tags[key])}, true
			}
		}
	}
	return Asset{}, false
}

// tale is one entry of telling, in its place in the order.
type tale struct {
	holds, words string
	all          []string // the words, each on its own
	place        int
}

// tales are the entries of telling by their first words, for a model has many stores.
var tales = func() map[string][]tale {
	out, place := map[string][]tale{}, 0
	for _, t := range telling {
		for _, w := range t.words {
			all := strings.Fields(w)
			out[all[0]] = append(out[all[0]], tale{t.holds, w, all, place})
			place++
		}
	}
	return out
}()

// toldBy returns the first entry of telling whose words are all there.
func toldBy(words []string) (first tale, ok bool) {
	for _, w := range words {
		for _, t := range tales[w] {
			if (!ok || t.place < first.place) && containsAll(words, t.all) {
				first, ok = t, true
			}
		}
	}
	return first, ok
}

func containsAll(words, wanted []string) bool {
	for _, w := range wanted {
		if !slices.Contains(words, w) {
			return false
		}
	}
	return true
}

// splitWords splits at everything that is no letter or digit, and where a capital follows a small letter.
func splitWords(s string) []string {
	var words []string
	start := -1
	var last rune
	for i, r := range s {
		switch {
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			if start >= 0 {
				words = append(words, strings.ToLower(s[start:i]))
			}
			start = -1
		case start < 0:
			start = i
		case unicode.IsUpper(r) && unicode.IsLower(last):
			words = append(words, strings.ToLower(s[start:i]))
			start = i
		}
		last = r
	}
	if start >= 0 {
		words = append(words, strings.ToLower(s[start:]))
	}
	return words
}
