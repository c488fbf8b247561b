package kubernetes

import (
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"drawbridge/graph"
)

// What the software of a store asks of its callers, as far as its container's
// environment and arguments tell. The variables are those that the images document:
// hub.docker.com/_/postgres, _/mysql, _/mariadb, _/mongo, _/redis, _/memcached and Bitnami's.

// storeAccess is a row by what the software speaks.
type storeAccess struct {
	// open are variables that switch authentication off, with the values that do; none
	// means any that is not a no.
	open map[string][]string
	// password are variables that hold a password, of which one has to be there.
	password []string
	// asks and refuses are arguments, or lines of a mounted file, that switch it on or off.
	asks, refuses *regexp.Regexp
	// without is what holds where nothing is set at all.
	without graph.Truth
	// encrypts are arguments or lines by which it takes TLS connections only, and
	// offers those by which it takes them too. plain is true where it does not without these.
	encrypts, offers *regexp.Regexp
	plain            bool
}

var storeAccesses = sync.OnceValue(func() map[string]storeAccess {
	return map[string]storeAccess{
		"postgres": {
			open:     map[string][]string{"POSTGRES_HOST_AUTH_METHOD": {"trust"}, "ALLOW_EMPTY_PASSWORD": nil},
			password: []string{"POSTGRES_PASSWORD", "POSTGRES_PASSWORD_FILE", "POSTGRESQL_PASSWORD", "POSTGRESQL_PASSWORD_FILE", "POSTGRESQL_POSTGRES_PASSWORD"},
			encrypts: regexp.MustCompile(`(?m)^\s*hostssl\s+all`), offers: regexp.MustCompile(`\bssl\s*=\s*'?(on|true|yes)`), plain: true,
		},
		"mysql": {
			open:     map[string][]string{"MYSQL_ALLOW_EMPTY_PASSWORD": nil, "MARIADB_ALLOW_EMPTY_ROOT_PASSWORD": nil, "ALLOW_EMPTY_PASSWORD": nil},
			password: []string{"MYSQL_ROOT_PASSWORD", "MYSQL_ROOT_PASSWORD_FILE", "MARIADB_ROOT_PASSWORD", "MARIADB_ROOT_PASSWORD_FILE", "MYSQL_RANDOM_ROOT_PASSWORD", "MARIADB_RANDOM_ROOT_PASSWORD"},
			refuses:  regexp.MustCompile(`skip[-_]grant[-_]tables`), encrypts: regexp.MustCompile(`require[-_]secure[-_]transport\s*=\s*(?i:on|true|1)`),
		},
		"mongodb": {
			open:     map[string][]string{"ALLOW_EMPTY_PASSWORD": nil},
			password: []string{"MONGO_INITDB_ROOT_PASSWORD", "MONGO_INITDB_ROOT_PASSWORD_FILE", "MONGODB_ROOT_PASSWORD", "MONGODB_ROOT_PASSWORD_FILE"},
			asks:     regexp.MustCompile(`--auth\b|--keyFile\b|authorization:\s*"?enabled`), refuses: regexp.MustCompile(`--noauth\b`), without: graph.No,
			encrypts: regexp.MustCompile(`--tlsMode[= ]requireTLS|--sslMode[= ]requireSSL|mode:\s*requireTLS`), offers: regexp.MustCompile(`(?i)(--(tls|ssl)Mode[= ]|mode:\s*)(allow|prefer)(TLS|SSL)`), plain: true,
		},
		"redis": {
			open:     map[string][]string{"ALLOW_EMPTY_PASSWORD": nil},
			password: []string{"REDIS_PASSWORD", "REDIS_PASSWORD_FILE", "VALKEY_PASSWORD"},
			asks:     regexp.MustCompile(`(--|(?m:^\s*))requirepass\s+\S+|--aclfile\b`), without: graph.No,
			encrypts: regexp.MustCompile(`(--|(?m:^\s*))port\s+0\b`), offers: regexp.MustCompile(`(--|(?m:^\s*))tls-port\s+[1-9]`), plain: true,
		},
		"memcached": {
			asks: regexp.MustCompile(`(^|\s)(-S|--enable-sasl)(\s|$)`), without: graph.No,
			encrypts: regexp.MustCompile(`(^|\s)(-Z|--enable-ssl)(\s|$)`), plain: true,
		},
	}
})

// tlsWord finds a mention of TLS in configuration.
var tlsWord = regexp.MustCompile(`(?i)\b(tls|ssl)`)

// judgeStores records what stores ask of their callers.
func (c *cluster) judgeStores() {
	table := storeAccesses()
	plain := map[string]graph.Evidence{}
	for _, w := range c.workloads {
		row, ok := table[w.protocol()]
		if !ok || w.component.Kind != graph.Store {
			continue
		}
		k := w.mainContainer()
		told := c.toldToStore(w, k)
		value, because := told.authentication(row, w, k)
		if value != graph.Unknown {
			w.component.Set(graph.PropAuthenticated, value, because)
		}
		value, because = told.encryption(row, w, k)
		if value != graph.Unknown {
			w.component.Set(graph.PropEncryptedTransit, value, because)
		}
		if value == graph.No && !row.offered(told) {
			plain[w.component.ID] = because
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		if e, ok := plain[f.To]; ok && f.Encrypted == graph.Unknown && !(c.meshed(f.From) && c.meshed(f.To)) {
			f.Encrypted = graph.No
			f.Evidence = append(f.Evidence, e)
		}
	}
}

// storeSettings is what a store's container is given.
type storeSettings struct {
	values  map[string]string // of its variables; those from elsewhere are there and empty
	unread  map[string]bool   // variables whose value is not in the input
	line    string            // its command
	files   string            // what it mounts of the input's configuration
	unknown bool              // it mounts, or takes, what the input does not hold
}

func (c *cluster) toldToStore(w *workload, k container) storeSettings {
	env := c.environment(w, k)
	s := storeSettings{values: env.values, unread: map[string]bool{}, line: strings.Join(slices.Concat(k.Command, k.Args), " ")}
	for _, e := range k.Env {
		if _, ok := s.values[e.Name]; !ok {
			s.unread[e.Name] = true
		}
	}
	for _, from := range k.EnvFrom {
		s.unknown = s.unknown || from.ConfigMapRef != nil && c.configs[key{w.namespace, from.ConfigMapRef.Name}] == nil ||
			from.SecretRef != nil && c.secrets[key{w.namespace, from.SecretRef.Name}] == nil
	}
	var files strings.Builder
	for _, v := range w.pod.Spec.Volumes {
		var m *config
		switch {
		case v.ConfigMap != nil:
			m = c.configs[key{w.namespace, v.ConfigMap.Name}]
		case v.Secret != nil:
			m = c.secrets[key{w.namespace, v.Secret.SecretName}]
		case v.Projected != nil || v.HostPath != nil || v.CSI != nil:
		default:
			continue // a volume for data
		}
		if m == nil {
			s.unknown = true
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(m.entries)) {
			files.WriteString(m.entries[name].value + "\n")
		}
	}
	s.files = files.String()
	return s
}

func (s storeSettings) match(r *regexp.Regexp) bool {
	return r != nil && (r.MatchString(s.line) || r.MatchString(s.files))
}

func (s storeSettings) authentication(row storeAccess, w *workload, k container) (graph.Truth, graph.Evidence) {
	for _, name := range slices.Sorted(maps.Keys(row.open)) {
		value, set := s.values[name]
		values := row.open[name]
		if set && (len(values) == 0 && !isNo(value) || slices.Contains(values, strings.ToLower(value))) {
			return graph.No, w.because("variable "+name+" lets callers in without a password", append(k.path, "env")...)
		}
	}
	if s.match(row.refuses) {
		return graph.No, w.because("its arguments or configuration let callers in without a password", append(k.path, "args")...)
	}
	for _, name := range row.password {
		if s.values[name] != "" || s.unread[name] {
			return graph.Yes, w.because("variable "+name+" sets a password", append(k.path, "env")...)
		}
	}
	switch {
	case s.match(row.asks):
		return graph.Yes, w.because("its arguments or configuration ask for a password", append(k.path, "args")...)
	case !k.image().isOfficial(), s.unknown, s.files != "", strings.Contains(s.line, ".conf"), strings.Contains(s.line, "$"):
		return graph.Unknown, graph.Evidence{} // what it reads there may tell
	case row.without == graph.No:
		return graph.No, w.because("nothing sets a password, and without one it asks for none", append(k.path, "image")...)
	}
	return graph.Unknown, graph.Evidence{}
}

func (row storeAccess) offered(s storeSettings) bool { return s.match(row.offers) }

func (s storeSettings) encryption(row storeAccess, w *workload, k container) (graph.Truth, graph.Evidence) {
	switch {
	case s.match(row.encrypts):
		return graph.Yes, w.because("its arguments or configuration take encrypted connections only", append(k.path, "args")...)
	case s.unknown, s.match(tlsWord) && !s.match(row.offers), slices.ContainsFunc(slices.Collect(maps.Keys(s.values)), isTLSName):
		return graph.Unknown, graph.Evidence{}
	case s.match(row.offers):
		return graph.No, w.because("it takes connections without TLS too", append(k.path, "args")...)
	case row.plain && s.files == "" && (k.image().isOfficial() || k.image().isBitnami()):
		return graph.No, w.because("nothing switches TLS on, and without that it speaks in the clear", append(k.path, "image")...)
	}
	return graph.Unknown, graph.Evidence{}
}

func isTLSName(name string) bool {
	w := splitName(name)
	return slices.Contains(w, "tls") || slices.Contains(w, "ssl")
}

// What an image does where nothing is set is known of the official ones only: others of
// the same name may have been built with a configuration of their own.

func (i image) isOfficial() bool {
	name := strings.TrimPrefix(strings.TrimPrefix(i.repository, "docker.io/"), "library/")
	return !strings.Contains(name, "/") || strings.Contains(i.repository, "/library/") && strings.HasSuffix(i.repository, "library/"+i.tail(1))
}

func (i image) isBitnami() bool {
	return slices.Contains([]string{"bitnami", "bitnamilegacy", "bitnamisecure"}, strings.Split(i.tail(2), "/")[0])
}

func (k container) image() image { return parseImage(k.Image) }

// isNo tells the values by which a switch is left off.
func isNo(v string) bool {
	return slices.Contains([]string{"", "no", "false", "0", "off"}, strings.ToLower(v))
}
