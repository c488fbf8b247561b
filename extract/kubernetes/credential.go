package kubernetes

import (
	"regexp"
	"slices"
	"strings"

	"drawbridge/graph"
)

// sensitive stands in a component's attributes for what is not printed.
const sensitive = "(sensitive)"

var credentialWords = []string{"password", "passwd", "passphrase", "pwd", "pass", "secret", "token", "credential", "credentials", "apikey", "secretkey", "accesskey", "privatekey", "authkey"}

// switchWords stand in the names of switches ("ALLOW_EMPTY_PASSWORD").
var switchWords = []string{"allow", "enable", "enabled", "disable", "disabled", "require", "required", "use"}

// isCredential tells by a variable's name whether its value is a credential:
// its last word is one. PASSWORD_FILE and TOKEN_URL only lead to one.
func isCredential(name string) bool {
	w := splitName(name)
	if len(w) == 0 {
		return false
	}
	if slices.ContainsFunc(w, func(s string) bool { return slices.Contains(switchWords, s) }) {
		return false
	}
	last := w[len(w)-1]
	if slices.Contains(credentialWords, last) {
		return true
	}
	if last == "key" && len(w) > 1 {
		return slices.Contains([]string{"api", "access", "secret", "private", "encryption", "signing", "auth", "account", "storage", "master", "session"}, w[len(w)-2])
	}
	return strings.HasSuffix(last, "password") || strings.HasSuffix(last, "passwd")
}

var (
	userinfo     = regexp.MustCompile(`(://[^:@/\s]*:)([^@/\s]+)@`)
	passwordPair = regexp.MustCompile(`(?i)((?:password|pwd|accountkey|secret)\s*=\s*)([^;&\s"']+)`)
)

// literalSecret tells whether a variable's value is itself a credential, and no
// reference to one kept elsewhere.
func literalSecret(name, value string) bool {
	if m := userinfo.FindStringSubmatch(value); m != nil && isLiteral(m[2]) {
		return true
	}
	if m := passwordPair.FindStringSubmatch(value); m != nil && isLiteral(m[2]) {
		return true
	}
	return isCredential(name) && isLiteral(value)
}

func isLiteral(v string) bool {
	v = strings.TrimSpace(v)
	switch strings.ToLower(v) {
	case "", "true", "false", "none", "null", "yes", "no":
		return false
	}
	if strings.Trim(strings.ToLower(v), "x*.-") == "" {
		return false // a blank to fill in
	}
	return !strings.ContainsAny(v, "$<{") && !strings.HasPrefix(v, "/") && !strings.HasPrefix(v, "file:") && !strings.HasPrefix(v, "vault:")
}

func masked(name, value string) string {
	if isCredential(name) || strings.Contains(value, "PRIVATE KEY-----") {
		return sensitive
	}
	value = userinfo.ReplaceAllString(value, "${1}"+sensitive+"@")
	return passwordPair.ReplaceAllString(value, "${1}"+sensitive)
}

// findSecrets marks a workload whose plain configuration holds a credential.
// Values out of a Secret are where they belong.
func (c *cluster) findSecrets(w *workload, texts []text) {
	for _, t := range texts {
		if t.secret || t.name == "" || !literalSecret(t.name, t.value) {
			continue
		}
		w.component.Set(graph.PropSecretInConfig, graph.Yes, graph.EvidenceAt(t.source, address(t.object), t.what+" holds a credential"))
		return
	}
}

var setting = regexp.MustCompile(`^\s*["']?([A-Za-z][A-Za-z0-9_.-]*)["']?\s*[:=]\s*["']?([^"'\s,]+)`)

// credentialLine finds a password in a file that is no Secret, and gives its
// line from 0, or -1. Secrets and tokens do not count: in files these words mostly name one.
func credentialLine(t text) int {
	if t.secret {
		return -1
	}
	for i, line := range strings.Split(t.value, "\n") {
		m := setting.FindStringSubmatch(line)
		if m == nil || isComment(line) || !isCredential(m[1]) || !isLiteral(m[2]) {
			continue
		}
		if words := splitName(m[1]); !slices.Contains([]string{"secret", "token"}, words[len(words)-1]) {
			return i
		}
	}
	return -1
}

// findSecretInFile marks a workload that mounts a file with a credential in it.
func (c *cluster) findSecretInFile(w *workload, f *file) {
	if f.secret < 0 || w.component.Is(graph.PropSecretInConfig) == graph.Yes {
		return
	}
	source := f.text.source
	source.Line += f.secret
	w.component.Set(graph.PropSecretInConfig, graph.Yes, graph.EvidenceAt(source, address(f.text.object), f.text.what+" holds a credential"))
}
