package kubernetes

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// form tells how much the place of a text says about what stands in it.
type form int

const (
	variable    form = iota // a named value: environment variable, flag
	argument                // a word of a command line without a name
	commandLine             // all words of a command line, of which a program may take one as a host
	script                  // a command line within a word
	content                 // a file
)

// text is a piece of a workload's configuration in which hosts may be named.
type text struct {
	name   string // of the variable or flag, "" where it has none
	value  string
	form   form
	secret bool
	marks  []string         // words of what it derives from, see package carried
	object *manifest.Object // in which it stands
	source graph.Source     // of its first line
	what   string           // for evidence: "environment variable DB_HOST"
	whole  *config          // of which it is a key that no one asked for by name; nil otherwise
	// doubt is why the workload may ignore what it names, "" where nothing says so.
	doubt string
}

// basis is that of the flows to what a text names.
func (t text) basis() graph.Basis {
	if t.doubt != "" {
		return graph.Permitted
	}
	return graph.Referenced
}

// linkReferences draws what each workload is configured to reach.
func (c *cluster) linkReferences() {
	c.countReaders()
	for _, w := range c.workloads {
		var all []text
		for _, k := range w.containers() {
			env := c.environment(w, k)
			args := env.arguments(w, k)
			named := env.values
			for _, t := range args {
				if t.form == variable {
					if _, ok := named[t.name]; !ok {
						named[t.name] = t.value
					}
				}
			}
			beside := portsAmong(named)
			c.markBook(w, k, env, beside)
			texts := slices.Concat(env.texts, args, env.hooks(w, k))
			for _, t := range texts {
				c.follow(w, t, mentions(t, beside))
			}
			all = append(all, texts...)
		}
		c.findSecrets(w, all)
		c.linkMounted(w)
		c.linkHost(w)
		c.linkImages(w)
		c.linkVolumes(w)
		c.linkProviderClasses(w)
	}
}

// follow draws the flows to the hosts that a text names.
func (c *cluster) follow(w *workload, t text, found []mention) {
	found = c.followReferences(w, t, found)
	for _, m := range found {
		source := t.source
		if source.Line > 0 {
			source.Line += m.line
		}
		use := call{
			port: m.port, protocol: m.protocol, encrypted: m.encrypted, authenticated: m.authenticated, basis: t.basis(),
			evidence: []graph.Evidence{graph.EvidenceAt(source, address(t.object), t.what+" names "+m.String()+t.doubt)},
		}
		c.reach(w, t, m, use)
	}
}

// reach resolves a host name as the pod's resolver would: a Service of its own
// namespace, name.namespace, and the longer forms; else a host outside.
func (c *cluster) reach(w *workload, t text, m mention, use call) {
	host := strings.TrimSuffix(strings.ToLower(m.host), ".")
	if isLocal(host) {
		return
	}
	if isNodeAddress(host) {
		c.reachNode(w, m.port, use)
		return
	}
	parts := strings.Split(host, ".")
	inside := isInside(parts)
	if len(parts) > 1 && parts[0] == "kubernetes" && parts[1] == "default" {
		use.protocol, use.encrypted = "https", graph.Yes
		c.drawFlow(w.component, c.apiServer(), use, protocol{}, "")
		return
	}
	for _, k := range candidates(parts, w.namespace) {
		s := c.services[k]
		if s == nil || !m.firm && !s.serves(m.port) {
			continue
		}
		c.connect(w.component, s, use)
		return
	}
	if s := c.byNameAlone(parts, inside); s != nil {
		use.evidence[0].Why += ", matched by name alone: its namespace is not in the input"
		c.connect(w.component, s, use)
		return
	}
	switch {
	case !m.firm:
	case inside || len(parts) == 1:
		if t.form == variable && (inside || m.port != 0) {
			c.g.Notes = append(c.g.Notes, graph.Note{
				Code: "unresolved-host", Source: t.source, Address: address(w.object),
				Message: fmt.Sprintf("%s names %s, and the input has no such Service", t.what, host),
				Next:    "scan it together with what serves that name",
			})
		}
		if s, ok := storeAtPort[protocols[m.protocol].port]; ok && s.protocol == m.protocol {
			c.drawFlow(w.component, c.missingStore(candidates(parts, w.namespace)[0], s, t.source), use, protocol{}, "")
		}
	case isOutside(host) && (t.form != content || m.keyed):
		c.connectExternal(w.component, host, use)
	}
}

// isInside tells whether a name is one of the cluster's own domain.
func isInside(parts []string) bool {
	return len(parts) >= 3 && parts[2] == "svc" || len(parts) >= 4 && parts[3] == "svc"
}

// byNameAlone finds the Service that a full name means where the input does not
// say in which namespaces its objects are: manifests are often written without
// one and applied with it.
func (c *cluster) byNameAlone(parts []string, inside bool) *service {
	if !inside {
		return nil
	}
	full := candidates(parts, "")[0]
	if c.namespaces[full.namespace] != nil {
		return nil
	}
	s := c.services[key{"default", full.name}]
	if s == nil || s.object.Has("metadata", "namespace") && !s.object.Anywhere {
		return nil
	}
	return s
}

// missingStore stands for a store that a DSN names and that the input does not
// define: what it is is known, where it runs and how is not.
func (c *cluster) missingStore(k key, s software, source graph.Source) *graph.Component {
	address := k.namespace + "/Service/" + k.name
	return c.add(graph.Component{
		ID: c.prefix + address, Kind: graph.Store, Name: k.name, Label: "Service, not in the input", Address: address,
		Technology: s.technology, Boundary: c.namespace(k.namespace).ID, Source: source,
	})
}

// candidates lists the Services that a host name can mean, the likeliest first.
func candidates(parts []string, own string) []key {
	switch {
	case len(parts) == 1:
		return []key{{own, parts[0]}}
	case len(parts) == 2:
		// name.namespace, or a pod of a headless Service.
		return []key{{parts[1], parts[0]}, {own, parts[1]}}
	case parts[2] == "svc":
		return []key{{parts[1], parts[0]}}
	case len(parts) == 3, parts[3] == "svc":
		return []key{{parts[2], parts[1]}}
	}
	return nil
}

// isLocal tells whether a host is the pod itself, or is no host at all.
func isLocal(host string) bool {
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || host == "" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsUnspecified() || ip.IsMulticast())
}

// isOutside tells whether a name can be a host outside of the cluster: an
// address, or a name with a top-level domain.
func isOutside(host string) bool {
	if _, err := netip.ParseAddr(host); err == nil {
		return true
	}
	last := host[strings.LastIndexByte(host, '.')+1:]
	if len(last) < 2 || len(last) == len(host) || last == "svc" || strings.HasSuffix(host, "cluster.local") {
		return false
	}
	return strings.IndexFunc(last, func(r rune) bool { return r < 'a' || r > 'z' }) < 0
}

// connectExternal draws a flow to a host outside of the cluster. more is evidence of its own.
func (c *cluster) connectExternal(from *graph.Component, host string, use call, more ...graph.Evidence) {
	use.evidence = append(use.evidence, more...)
	c.drawFlow(from, c.external(host, use.evidence[0].Source()), use, protocol{}, "")
}

// external is a host outside of all clusters, named by its host name.
func (c *cluster) external(host string, source graph.Source) *graph.Component {
	host = strings.ToLower(host)
	e := graph.Component{ID: host, Kind: graph.External, Name: host, Address: host, Label: "external host", Technology: graph.TechSaaS, Source: source}
	if _, err := netip.ParseAddr(host); err == nil {
		e.Technology = graph.TechNetwork
	}
	for _, m := range managed {
		if strings.HasSuffix(host, m.suffix) {
			e.Technology, e.Label = m.technology, m.label
			break
		}
	}
	return c.add(e)
}

// managed tells by the end of its name what a managed service is.
var managed = []struct {
	suffix     string
	technology graph.Technology
	label      string
}{
	{".rds.amazonaws.com", graph.TechSQL, "managed database"},
	{".cache.amazonaws.com", graph.TechCache, "managed cache"},
	{".docdb.amazonaws.com", graph.TechNoSQL, "managed database"},
	{".es.amazonaws.com", graph.TechSearch, "managed search"},
	{".mq.amazonaws.com", graph.TechBroker, "managed broker"},
	{".redshift.amazonaws.com", graph.TechWarehouse, "managed warehouse"},
	{".database.windows.net", graph.TechSQL, "managed database"},
	{".postgres.database.azure.com", graph.TechSQL, "managed database"},
	{".mysql.database.azure.com", graph.TechSQL, "managed database"},
	{".documents.azure.com", graph.TechNoSQL, "managed database"},
	{".redis.cache.windows.net", graph.TechCache, "managed cache"},
	{".servicebus.windows.net", graph.TechBroker, "managed broker"},
	{".blob.core.windows.net", graph.TechObject, "object storage"},
	{".vault.azure.net", graph.TechSecret, "secret store"},
	{".mongodb.net", graph.TechNoSQL, "managed database"},
	{"storage.googleapis.com", graph.TechObject, "object storage"},
	{"s3.amazonaws.com", graph.TechObject, "object storage"},
}

// mention is a host that a text names.
type mention struct {
	host      string
	port      int
	protocol  string
	encrypted graph.Truth
	// authenticated tells whether the caller shows a password there, or an empty one.
	authenticated graph.Truth
	line          int // from the first of the text
	// firm is true where the host stands in host position beyond doubt: in a
	// URL, under a name that asks for a host, in a name of the cluster's own domain.
	// A name:number elsewhere counts only where a Service of that name has the port.
	firm bool
	// keyed is true where the name before it asks for a host.
	keyed bool
	// bare is true where only the domain of the cluster tells that it is a host.
	bare bool
}

func (m mention) String() string {
	s := m.host
	if m.port != 0 {
		s += ":" + strconv.Itoa(m.port)
	}
	return cmp.Or(s, "a host")
}
