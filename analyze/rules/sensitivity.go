package rules

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"drawbridge/graph"
)

// sensitivityLevel is how much the loss of a store's data hurts, in steps of impact.
type sensitivityLevel int

const (
	publicContent sensitivityLevel = -1
	ordinary      sensitivityLevel = 0
	files         sensitivityLevel = 1
	records       sensitivityLevel = 2
	sensitive     sensitivityLevel = 3
)

// asset is a store and why its data is worth taking.
type asset struct {
	Store *graph.Component
	Level sensitivityLevel
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

// classifications are the values of such tags that matter.
var classifications = map[string]sensitivityLevel{
	"confidential": sensitive, "restricted": sensitive, "secret": sensitive, "sensitive": sensitive,
	"high": sensitive, "pii": sensitive, "phi": sensitive, "pci": sensitive,
	"public": publicContent,
}

// sensitivity rates the data in a store: by its classification in tags, by
// what it is, by its name, and by its technology, the first that says anything.
func sensitivity(c *graph.Component) asset {
	if a, ok := classified(c); ok {
		return a
	}
	switch c.Technology {
	case graph.TechSecret:
		return asset{c, sensitive, "it holds secrets"}
	case graph.TechKey:
		return asset{c, sensitive, "it holds keys that protect other data"}
	}
	words := append(splitWords(c.Name), splitWords(c.Tags["Name"])...)
	for _, t := range telling {
		for _, w := range t.words {
			if containsAll(words, strings.Fields(w)) {
				return asset{c, sensitive, fmt.Sprintf("its name (%q) says %s", w, t.holds)}
			}
		}
	}
	switch c.Technology {
	case graph.TechSnapshot:
		return asset{c, records, "it is a copy of a whole disk or database"}
	case graph.TechObject, graph.TechFile:
		for _, w := range words {
			if slices.Contains(publicWords, w) {
				return asset{c, publicContent, fmt.Sprintf("its name (%q) says content that is meant for everybody", w)}
			}
		}
		return asset{c, files, "it holds files"}
	case graph.TechBlock:
		return asset{c, files, "it is a disk"}
	case graph.TechSource, graph.TechRegistry:
		return asset{c, files, "it holds code that others run"}
	case graph.TechCache:
		return asset{c, files, "it holds copies of records"}
	}
	if c.Technology.IsDatabase() {
		return asset{c, records, "it is a database"}
	}
	return asset{c, ordinary, ""}
}

func classified(c *graph.Component) (asset, bool) {
	for _, key := range slices.Sorted(maps.Keys(c.Tags)) {
		if !slices.Contains(classificationTags, strings.Join(splitWords(key), "")) {
			continue
		}
		for _, w := range splitWords(c.Tags[key]) {
			if level, ok := classifications[w]; ok {
				return asset{c, level, fmt.Sprintf("its tag %s says %s", key, c.Tags[key])}, true
			}
		}
	}
	return asset{}, false
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
