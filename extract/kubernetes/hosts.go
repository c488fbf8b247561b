package kubernetes

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"drawbridge/graph"
)

// This file finds host names in text. A name counts only where it stands as a
// host can: in a URL or DSN, before a port, under a name that asks for a host, or
// as an argument of a program that takes one. A database, user or topic that is
// called like a Service is none of these.

const host = `[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)*`

var (
	wholeHost = regexp.MustCompile(`^(?:tcp:)?(` + host + `)(?:[:,](\d{1,5}))?(?:/\S*)?$`)
	url       = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+._-]*)://([^\s"'<>/?#;\\|()\[\]` + "`" + `]+)(\S*)`)
	urlList   = regexp.MustCompile(`,([A-Za-z][A-Za-z0-9+_-]*://)`)
	hostPort  = regexp.MustCompile(`(?:^|@//|[\s,;'"=(@\[{<>|&` + "`" + `])(` + host + `):(\d{2,5})`)
	clustered = regexp.MustCompile(`((?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.){2,}svc(?:\.[a-z0-9.-]*[a-z0-9])?)(?::(\d{2,5}))?`)
	pair      = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_.-]*)["']?\s*[:=]\s*["']?(?:tcp:)?(` + host + `)(?:[:,](\d{1,5}))?(?:["',;\s&)]|$)`)

	// What stands in host position without "://" before it: the DSN of Go's drivers, and
	// that of Oracle's.
	dialed = regexp.MustCompile(`@(?:tcp|tcp4|tcp6)\((` + host + `)(?::(\d{2,5}))?\)`)
	oracle = regexp.MustCompile(`jdbc:oracle:[a-z]+:[^@\s]*@(?://)?(` + host + `):(\d{2,5})`)

	// Programs that take a host as an argument.
	programs = []*regexp.Regexp{
		regexp.MustCompile(`(?:^|\s)(?:-h|-H|--host|--hostname|--server)[ =]+["']?(` + host + `)()`),
		regexp.MustCompile(`\b(?:nc|ncat|telnet)(?:\s+-\S+(?:\s+\d+)?)*\s+["']?(` + host + `)["']?\s+(\d{2,5})`),
		regexp.MustCompile(`\b(?:nslookup|ping(?:\s+-c\s*\d+)?|getent\s+hosts)\s+["']?(` + host + `)()`),
		regexp.MustCompile(`\b(?:curl|wget)(?:\s+-\S+)*\s+["']?(` + host + `)(?::(\d{2,5}))?(?:["'/\s]|$)`),
		regexp.MustCompile(`/dev/tcp/(` + host + `)/(\d{2,5})`),
	}

	// Options of such programs whose value, a file or a header, is no host.
	optionValues = []*regexp.Regexp{
		regexp.MustCompile(`(\bcurl\b[^|;&]*?)\s(?:-[sSfLkgivIGN]*[oHdXuTmAeFbcw]|--(?:connect-timeout|cookie|data(?:-\w+)?|form|header|max-time|output|request|retry|user|user-agent|write-out))(?:\s+|=)` + word),
		regexp.MustCompile(`(\bwget\b[^|;&]*?)\s(?:-[qcNSnvx]*[OoPTtUa]|--(?:directory-prefix|header|output-document|output-file|password|post-data|timeout|tries|user|user-agent))(?:\s+|=)` + word),
	}
)

// maxOptions bounds how many options of one program are looked through.
const maxOptions = 20

// word is one word of a shell's line, quoted or not.
const word = `(?:"[^"]*"|'[^']*'|\S+)`

// mentions lists the hosts that a text names. siblings are the ports
// among the values beside it.
func mentions(t text, siblings ports) []mention {
	if t.form == variable {
		return once(named(t.name, t.value, siblings))
	}
	var out []mention
	for i, line := range strings.Split(t.value, "\n") {
		if isComment(line) {
			continue
		}
		for _, m := range once(inLine(line, t.form)) {
			m.line = i
			out = append(out, m)
		}
	}
	return out
}

// once keeps the first of several mentions of one host, for the way in which it was
// found first tells most. That another one is beyond doubt holds for it, too.
func once(found []mention) []mention {
	type dial struct {
		host string
		port int
	}
	first := map[dial]int{}
	var out []mention
	for _, m := range found {
		i, again := first[dial{m.host, m.port}]
		if !again {
			i = len(out)
			out = append(out, m)
			first[dial{m.host, m.port}] = i
			if _, ok := first[dial{m.host, 0}]; !ok {
				first[dial{m.host, 0}] = i
			}
			continue
		}
		out[i].firm, out[i].keyed = out[i].firm || m.firm, out[i].keyed || m.keyed
	}
	return out
}

func isComment(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#") || strings.HasPrefix(line, "//") || strings.HasPrefix(line, ";") || strings.HasPrefix(line, "<!--")
}

// named reads the value of a variable or flag.
func named(name, value string, siblings ports) []mention {
	out := located(value)
	port, asks := siblings.beside(name), asksForHost(name)
	if !asks && port == 0 {
		return append(out, paired(value)...)
	}
	for _, item := range strings.FieldsFunc(value, func(r rune) bool { return unicode.IsSpace(r) || r == ';' }) {
		for _, item := range splitList(item) {
			m := wholeHost.FindStringSubmatch(strings.Trim(item, `"'[]`))
			if m == nil || isNumber(m[1]) {
				continue
			}
			h := mention{host: m[1], port: atoi(m[2]), firm: asks}
			if h.port == 0 {
				h.port = port
			}
			out = append(out, h)
		}
	}
	for i := range out {
		out[i].keyed = asks
	}
	if len(out) == 0 {
		out = paired(value)
	}
	return out
}

// splitList cuts a list at its commas; "host,1433" is one host with its port.
func splitList(s string) []string {
	if before, after, ok := strings.Cut(s, ","); ok && isNumber(after) && !strings.Contains(before, ",") {
		return []string{s}
	}
	return strings.Split(s, ",")
}

// inLine reads a line of a command or a file.
func inLine(line string, f form) []mention {
	switch f {
	case commandLine:
		return takenByPrograms(line)
	case script:
		return slices.Concat(located(line), takenByPrograms(line), paired(line))
	case content:
		return slices.Concat(locatedInFile(line), paired(line))
	}
	return slices.Concat(located(line), paired(line))
}

// takenByPrograms finds the hosts that known programs take as arguments.
func takenByPrograms(line string) []mention {
	for _, option := range optionValues {
		for range maxOptions {
			shorter := option.ReplaceAllString(line, "$1")
			if len(shorter) == len(line) {
				break
			}
			line = shorter
		}
	}
	var out []mention
	for _, p := range programs {
		for _, m := range p.FindAllStringSubmatch(line, -1) {
			if !isNumber(m[1]) {
				out = append(out, mention{host: m[1], port: atoi(m[2]), firm: true})
			}
		}
	}
	return out
}

// locatedInFile is located for a line of a file. There a name in the cluster's
// domain may be a label of a chart or a certificate's subject: it counts with a
// scheme, a port or a key that asks for a host.
func locatedInFile(line string) []mention {
	begins := asksForHost(strings.Trim(firstWord.FindString(line), `"'`))
	out := located(line)
	for i := range out {
		out[i].keyed = begins || asksForHost(keyBefore(line, out[i].host))
	}
	return slices.DeleteFunc(out, func(m mention) bool { return !m.keyed && m.bare })
}

// keyBefore returns the key of which a host in a line is the value, or the beginning of it.
func keyBefore(line, host string) string {
	i := strings.Index(line, host)
	if i < 0 {
		return ""
	}
	m := keyOfHost.FindStringSubmatch(line[:i])
	if m == nil {
		return ""
	}
	return m[1]
}

// keyOfHost ends with the key of what follows; a scheme and a user may stand between.
var keyOfHost = regexp.MustCompile(`([A-Za-z][A-Za-z0-9_.-]*)["']?\s*[:=]\s*["']?(?:[A-Za-z][A-Za-z0-9+.-]*://)?(?:[^\s"'@]*@)?$`)

var firstWord = regexp.MustCompile(`["']?[A-Za-z][A-Za-z0-9_.-]*["']?`)

// unreadPassword is a password in a URL that a variable of unknown value holds.
var unreadPassword = regexp.MustCompile(`:\$[({]?([A-Za-z_][A-Za-z0-9_.-]*)[)}]?@`)

// located finds what is a host by its form alone: URLs, and names in the cluster's domain.
func located(s string) []mention {
	var out []mention
	if strings.Contains(s, "://") {
		s = unreadPassword.ReplaceAllString(s, ":$1@")
		for _, m := range url.FindAllStringSubmatch(urlList.ReplaceAllString(s, " $1"), -1) {
			out = append(out, authority(strings.ToLower(m[1]), m[2], m[3])...)
		}
	}
	for _, m := range dialed.FindAllStringSubmatch(s, -1) {
		out = append(out, mention{host: m[1], port: atoi(m[2]), firm: true, encrypted: encryptedBy(s, graph.Unknown)})
	}
	for _, m := range oracle.FindAllStringSubmatch(s, -1) {
		out = append(out, mention{host: m[1], port: atoi(m[2]), protocol: "oracle", firm: true})
	}
	if strings.Contains(s, ".svc") {
		for _, m := range clustered.FindAllStringSubmatch(s, -1) {
			if !slices.ContainsFunc(out, func(o mention) bool { return o.host == m[1] }) {
				out = append(out, mention{host: m[1], port: atoi(m[2]), firm: true, bare: m[2] == ""})
			}
		}
	}
	return out
}

// notHosts are the schemes whose authority is something else.
var notHosts = []string{"file", "unix", "s3", "s3a", "gs", "abfs", "classpath", "jar", "docker", "containerd", "oci", "data", "arn", "env", "k8s", "secret", "vault", "dns", "urn", "package", "resource"}

// authority reads what stands between :// and the path of a URL: a user, hosts with ports.
func authority(scheme, hosts, rest string) []mention {
	if slices.Contains(notHosts, scheme) {
		return nil
	}
	authenticated := graph.Unknown
	if at := strings.LastIndexByte(hosts, '@'); at >= 0 {
		_, password, told := strings.Cut(hosts[:at], ":")
		if told {
			authenticated = graph.Of(password != "")
		}
		hosts = hosts[at+1:]
	}
	if strings.ContainsAny(hosts, "${}%*") {
		return nil
	}
	p := protocols[scheme]
	var out []mention
	for _, h := range strings.Split(hosts, ",") {
		m := wholeHost.FindStringSubmatch(strings.TrimSuffix(h, ":"))
		if m == nil {
			continue
		}
		out = append(out, mention{host: m[1], port: atoi(m[2]), protocol: p.name, encrypted: encryptedBy(rest, p.encrypted), authenticated: authenticated, firm: true})
		if last := &out[len(out)-1]; last.port == 0 && (scheme == "https" || strings.Contains(m[1], ".")) {
			last.port = p.port
		}
	}
	return out
}

// The parameters by which a DSN asks for an encrypted connection, or refuses one.
var (
	encryptedOn  = regexp.MustCompile(`(?i)\b(sslmode=(require|verify-ca|verify-full|required|verify_identity)|(tls|ssl|usessl|requiressl|encrypt)=(true|1|yes|strict|custom))\b`)
	encryptedOff = regexp.MustCompile(`(?i)\b(sslmode=(disable|disabled)|(tls|ssl|usessl|encrypt)=(false|0|no))\b`)
)

func encryptedBy(parameters string, otherwise graph.Truth) graph.Truth {
	switch {
	case encryptedOn.MatchString(parameters):
		return graph.Yes
	case encryptedOff.MatchString(parameters):
		return graph.No
	}
	return otherwise
}

// paired finds name:port, and names behind a word that asks for a host.
func paired(s string) []mention {
	var out []mention
	for _, m := range hostPort.FindAllStringSubmatchIndex(s, -1) {
		if end := m[5]; end < len(s) && (s[end] == ':' || s[end] == '.' && end+1 < len(s) && s[end+1] >= '0' && s[end+1] <= '9' || s[end] == '_' || s[end] == '-' || isAlnum(s[end])) {
			continue
		}
		h := mention{host: s[m[2]:m[3]], port: atoi(s[m[4]:m[5]])}
		if !isNumber(h.host) {
			h.encrypted = encryptedBy(s, graph.Unknown)
			out = append(out, h)
		}
	}
	s = strings.ReplaceAll(s, "Data Source", "Server")
	for _, m := range pair.FindAllStringSubmatch(s, -1) {
		if !asksForHost(m[1]) || isNumber(m[2]) || isWord(m[2]) {
			continue
		}
		out = append(out, mention{host: m[2], port: atoi(m[3]), encrypted: encryptedBy(s, graph.Unknown), firm: true, keyed: true})
	}
	return out
}

func isAlnum(b byte) bool {
	return b >= '0' && b <= '9' || b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z'
}

// isWord tells the values that stand for no host in any configuration.
func isWord(s string) bool {
	return slices.Contains([]string{"true", "false", "null", "none", "http", "https", "tcp", "auto", "default"}, strings.ToLower(s))
}

func isNumber(s string) bool {
	_, err := strconv.Atoi(s)
	return err == nil
}

// atoi reads a port, 0 for none.
func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil || n > 65535 {
		return 0
	}
	return n
}

// hostWords end the names of variables that hold hosts.
var hostWords = []string{
	"host", "hostname", "addr", "address", "url", "uri", "endpoint", "server", "broker", "bootstrap", "dsn", "upstream",
	"backend", "service", "svc", "connection", "conn", "node", "peer", "target", "proxy", "origin", "master", "remote",
}

// asksForHost tells by its name whether a variable holds a host: its last word,
// in any spelling (DB_HOST, dbHost, spring.datasource.url, KAFKA_BROKERS).
func asksForHost(name string) bool {
	w := splitName(name)
	if len(w) == 0 {
		return false
	}
	last := strings.TrimRight(w[len(w)-1], "0123456789")
	if last == "" && len(w) > 1 {
		last = w[len(w)-2]
	}
	if last != "address" && last != "dns" {
		last = strings.TrimSuffix(last, "s")
	}
	switch last {
	case "service", "svc", "node", "target", "master", "origin", "remote", "peer", "connection", "conn":
		return len(w) > 1 // alone they name other things
	case "addresse":
		return true
	}
	if slices.Contains(hostWords, last) {
		return true
	}
	for _, suffix := range []string{"host", "hostname", "addr", "url", "uri", "endpoint", "server"} {
		if strings.HasSuffix(last, suffix) {
			return true
		}
	}
	return false
}

// ports are the ports among named values, by the rest of their names: "db" for
// DB_PORT, "" for PORT.
type ports map[string]int

func portsAmong(values map[string]string) ports {
	out := ports{}
	for name, value := range values {
		base, ok := strings.CutSuffix(strings.Join(splitName(name), ""), "port")
		if n := atoi(value); ok && n > 0 && (out[base] == 0 || n < out[base]) {
			out[base] = n
		}
	}
	return out
}

// beside finds the port that stands beside a host: DB_PORT beside DB_HOST or DB.
func (p ports) beside(name string) int {
	w := splitName(name)
	if len(p) == 0 || len(w) == 0 {
		return 0
	}
	if n := p[strings.Join(w, "")]; n > 0 || !asksForHost(name) {
		return n
	}
	return p[strings.Join(w[:len(w)-1], "")]
}

// splitName cuts a name into its lower-case words: at separators, and at the
// humps of camel case.
func splitName(name string) []string {
	var words []string
	var word []rune
	flush := func() {
		if len(word) > 0 {
			words = append(words, strings.ToLower(string(word)))
			word = nil
		}
	}
	rs := []rune(name)
	for i, r := range rs {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			flush()
			continue
		}
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rs[i-1]) || i+1 < len(rs) && unicode.IsLower(rs[i+1]) && unicode.IsUpper(rs[i-1])) {
			flush()
		}
		word = append(word, r)
	}
	flush()
	return words
}
