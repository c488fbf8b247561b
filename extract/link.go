package extract

import (
	"cmp"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes"
	"drawbridge/extract/terraform"
	"drawbridge/graph"
)

// withCarried joins the models of roots with those of what they put into clusters.
func withCarried(fsys fs.FS, opt kubernetes.Options, loose *carried.Loose, graphs ...*graph.Graph) reading {
	out := reading{spare: loose.Spare, accounts: loose.Accounts, made: loose.Made, dangling: loose.Dangling}
	for _, c := range loose.Clusters {
		g, things := kubernetes.ReadCarried(fsys, c, opt)
		graphs, out.things = append(graphs, g), append(out.things, things...)
	}
	out.Graph = graphs[0]
	if len(graphs) > 1 {
		out.Graph = Merge(graphs...)
	}
	return out
}

// manifestsJob names the job that reads manifests.
const manifestsJob = "the Kubernetes manifests"

// withoutRepeated takes out of what the manifests gave all that a root installs, as a
// chart or object by object: the root says with which values and where, and its model has them.
func withoutRepeated(fsys fs.FS, list []job, graphs []*graph.Graph) {
	last := len(list) - 1
	if last < 1 || list[last].name != manifestsJob {
		return
	}
	installed, same, parts := map[string]bool{}, map[string][]*graph.Component{}, map[string]bool{}
	for _, g := range graphs[:last] {
		for _, c := range g.Components {
			if strings.Count(c.Address, "/") == 2 && strings.HasSuffix(c.ID, "/"+c.Address) { // an object of a cluster
				same[c.Address] = append(same[c.Address], c)
				for _, part := range c.Parts {
					parts[part] = true
				}
			}
			if dir := chartOf(fsys, c.Source.File); dir != "" {
				installed[dir] = true
			}
		}
	}
	if len(installed)+len(same) == 0 {
		return
	}
	repeated := func(file string) bool {
		for dir := range installed {
			if strings.HasPrefix(file, dir+"/") {
				return true
			}
		}
		return false
	}
	g := graphs[last]
	gone, left, emptied := map[string]bool{}, map[string]bool{}, map[string]bool{} // by ID
	addresses := map[string]bool{}
	g.Components = slices.DeleteFunc(g.Components, func(c *graph.Component) bool {
		gone[c.ID] = repeated(c.Source.File) || parts[c.Address] || slices.ContainsFunc(same[c.Address], func(o *graph.Component) bool { return isSame(c, o) })
		if gone[c.ID] {
			emptied[c.Boundary], addresses[c.Address] = true, true
		}
		return gone[c.ID]
	})
	g.Flows = slices.DeleteFunc(g.Flows, func(f *graph.Flow) bool { return gone[f.From] || gone[f.To] })
	g.Grants = slices.DeleteFunc(g.Grants, func(r *graph.Grant) bool { return gone[r.From] || gone[r.To] })
	g.Notes = slices.DeleteFunc(g.Notes, func(n graph.Note) bool {
		return repeated(n.Source.File) || addresses[n.Address]
	})
	for _, c := range g.Components {
		left[c.Boundary] = true
	}
	for range 2 { // namespaces, then clusters
		g.Boundaries = slices.DeleteFunc(g.Boundaries, func(b *graph.Boundary) bool {
			without := !left[b.ID] && (emptied[b.ID] || repeated(b.Source.File))
			emptied[b.Parent] = emptied[b.Parent] || without
			return without
		})
		for _, b := range g.Boundaries {
			left[b.Parent] = true
		}
	}
}

// isSame tells whether two workloads of one address are one: nothing that people and rules
// read of them differs.
func isSame(a, b *graph.Component) bool {
	return a.Kind == b.Kind && a.Technology == b.Technology && a.Replicas == b.Replicas && maps.Equal(a.Attributes, b.Attributes)
}

// chartOf returns the outermost directory around a file that is a chart, "" where none is.
func chartOf(fsys fs.FS, file string) (chart string) {
	if !strings.Contains(file, "/templates/") {
		return ""
	}
	for dir := path.Dir(file); dir != "."; dir = path.Dir(dir) {
		if _, err := fs.Stat(fsys, path.Join(dir, "Chart.yaml")); err == nil {
			chart = dir
		}
	}
	return chart
}

// linker joins what the readers of Terraform and of Kubernetes each know one half of:
// which pods may become which identity of a cloud, and what that may do.
type linker struct {
	g          *graph.Graph
	components map[string]*graph.Component
	namespaces map[string]*graph.Boundary // by ID
	grants     map[string]*graph.Grant
	accounts   map[string]string // of boundaries
	boundaries map[string]*graph.Boundary
}

// link changes a merged graph. Exact references are resolved by the readers; what is left
// here goes by names, and only where one thing has the name: the evidence says so.
func link(g *graph.Graph, readings []reading) {
	l := &linker{
		g: g, components: map[string]*graph.Component{}, namespaces: map[string]*graph.Boundary{}, grants: map[string]*graph.Grant{},
		accounts: map[string]string{}, boundaries: map[string]*graph.Boundary{},
	}
	for _, c := range g.Components {
		l.components[c.ID] = c
	}
	for _, b := range g.Boundaries {
		l.boundaries[b.ID] = b
		if b.Kind == graph.BoundaryNamespace {
			l.namespaces[b.ID] = b
		}
	}
	for _, r := range g.Grants {
		l.grants[r.ID] = r
	}
	var spare []*graph.Component
	var things []carried.Named
	for _, r := range readings {
		maps.Copy(l.accounts, r.accounts)
		spare, things = append(spare, r.spare...), append(things, r.things...)
	}
	l.made(readings)
	if l.named(things, spare) {
		g.Sort()
	}
	accounts := l.serviceAccounts()
	roles := l.namedRoles()
	if !accounts && !roles && !slices.ContainsFunc(g.Flows, l.ofIdentity) {
		return
	}
	l.hand()
	g.Sort()
}

// made takes back that a name leads to what nobody made where another root makes it, or one
// of the kind whose name is not known.
func (l *linker) made(readings []reading) {
	made := map[carried.Made]bool{}
	for _, r := range readings {
		for _, m := range r.made {
			made[m] = true
		}
	}
	for _, r := range readings {
		for _, d := range r.dangling {
			b := l.boundaries[d.Boundary]
			if b == nil || !made[d.Made] && !made[carried.Made{Kind: d.Kind}] {
				continue
			}
			left := slices.DeleteFunc(slices.Clone(b.Properties[graph.PropDanglingName].Evidences()), func(e graph.Evidence) bool {
				return e.Address == d.Evidence.Address && e.Why == d.Evidence.Why && e.Source() == d.Evidence.Source()
			})
			delete(b.Properties, graph.PropDanglingName)
			for _, e := range left {
				b.Add(graph.PropDanglingName, graph.Yes, e)
			}
		}
	}
}

// ofIdentity tells the flows that whoever becomes an identity has.
func (l *linker) ofIdentity(f *graph.Flow) bool {
	for _, id := range []string{f.From, f.To} {
		if c := l.components[id]; c != nil && c.Kind == graph.Identity {
			return true
		}
	}
	return false
}

// serviceAccounts puts the pods of a service account in the place of the account that a
// trust policy or an association names.
func (l *linker) serviceAccounts() (found bool) {
	for _, r := range slices.Clone(l.g.Grants) {
		namespace, name, ok := terraform.ServiceAccountOf(r.From)
		if !ok {
			continue
		}
		found = true
		byCluster := map[string][]*graph.Component{}
		for _, c := range l.g.Components {
			ns := l.namespaces[c.Boundary]
			if ns == nil || ns.Name != namespace || c.Attributes["serviceAccount"] != name {
				continue
			}
			byCluster[ns.Parent] = append(byCluster[ns.Parent], c)
		}
		cluster := l.nearest(r.To, byCluster)
		pods := byCluster[cluster]
		if own := l.accountIn(cluster, namespace, name); own != nil && len(pods) > 0 {
			evidence := append(slices.Clone(r.Evidence), graph.EvidenceAt(own.Source, own.Address, "the service account of that name, matched by name"))
			l.grant(&graph.Grant{From: own.ID, To: r.To, How: "assume", Does: graph.AbilityAssume, Evidence: evidence})
			l.drop(r.From)
			continue
		}
		for _, pod := range pods {
			evidence := slices.Clone(r.Evidence)
			evidence = append(evidence, graph.EvidenceAt(pod.Source, pod.Address, "it runs as the service account "+namespace+"/"+name+", matched by name"))
			l.grant(&graph.Grant{From: pod.ID, To: r.To, How: "assume", Does: graph.AbilityAssume, Evidence: evidence})
		}
		if len(pods) > 0 {
			l.drop(r.From)
		}
	}
	return found
}

// accountIn returns the identity of a service account in a cluster, nil where it has
// none of its own.
func (l *linker) accountIn(cluster, namespace, name string) *graph.Component {
	for _, c := range l.g.Components {
		if ns := l.namespaces[c.Boundary]; c.Kind == graph.Identity && c.Name == name && ns != nil && ns.Name == namespace && ns.Parent == cluster {
			return c
		}
	}
	return nil
}

// nearest returns the only cluster of several, or the one of the same root as an
// identity; "" where neither can be told.
func (l *linker) nearest(id string, clusters map[string][]*graph.Component) string {
	var all, own []string
	for cluster := range clusters {
		all = append(all, cluster)
		if rootOf(cluster) == rootOf(id) && l.isCarried(cluster) {
			own = append(own, cluster)
		}
	}
	switch {
	case len(own) == 1:
		return own[0]
	case len(all) == 1:
		return all[0]
	}
	return ""
}

// rootOf returns the directory that leads an identifier.
func rootOf(id string) string {
	dir, _, ok := strings.Cut(id, ":")
	if !ok || strings.ContainsAny(dir, "[\"") {
		return ""
	}
	return dir
}

// isCarried tells the clusters that Terraform fills from those of manifests.
func (l *linker) isCarried(cluster string) bool { return strings.HasSuffix(cluster, "/cluster") }

func (l *linker) grant(r *graph.Grant) {
	r.ID = graph.GrantID(r.From, r.To, r.How)
	if have := l.grants[r.ID]; have != nil {
		have.Join(r)
		return
	}
	l.grants[r.ID] = r
	l.g.Grants = append(l.g.Grants, r)
}

// drop removes a component with its grants.
func (l *linker) drop(id string) {
	delete(l.components, id)
	l.g.Components = slices.DeleteFunc(l.g.Components, func(c *graph.Component) bool { return c.ID == id })
	l.g.Grants = slices.DeleteFunc(l.g.Grants, func(r *graph.Grant) bool { return r.From == id || r.To == id })
}

// namedRoles puts an identity that Terraform makes in the place of one that a manifest
// names by its ARN or address.
func (l *linker) namedRoles() (found bool) {
	made := map[string][]*graph.Component{} // by name
	for _, c := range l.g.Components {
		if c.Kind == graph.Identity && c.Address != c.ID {
			made[c.Name] = append(made[c.Name], c)
		} else if c.Kind == graph.Identity && !strings.Contains(c.ID, "/ServiceAccount/") && rootOf(c.ID) == "" {
			made[c.Name] = append(made[c.Name], c)
		}
	}
	for _, c := range slices.Clone(l.g.Components) {
		name := identityName(c)
		if name == "" {
			continue
		}
		account := roleAccount(c.ID)
		same := slices.DeleteFunc(slices.Clone(made[name]), func(m *graph.Component) bool {
			return m.ID == c.ID || identityName(m) != "" || l.isElsewhere(m, account)
		})
		if len(same) != 1 {
			continue
		}
		found = true
		for _, r := range slices.Clone(l.g.Grants) {
			if r.To == c.ID {
				how := "the identity of that name, matched by name"
				if account != "" && l.accountOf(same[0]) == account {
					how = "the identity of that name, matched by account and name"
				}
				evidence := slices.Clone(r.Evidence)
				evidence = append(evidence, graph.EvidenceAt(same[0].Source, same[0].Address, how))
				l.grant(&graph.Grant{From: r.From, To: same[0].ID, How: r.How, Does: r.Does, Condition: r.Condition, Evidence: evidence})
			}
		}
		l.drop(c.ID)
	}
	return found
}

// roleAccount returns the account, or Google's project, of an identity that is called by its
// ARN or address; "" for anything else.
func roleAccount(id string) string {
	if parts := strings.SplitN(id, ":", 6); len(parts) == 6 && parts[0] == "arn" {
		return parts[4]
	}
	if _, domain, ok := strings.Cut(id, "@"); ok {
		project, _, _ := strings.Cut(domain, ".iam.gserviceaccount.com")
		return project
	}
	return ""
}

// identityName returns the name in what a manifest calls an identity by: an ARN of a
// role, or the address of a service account; "" for anything else.
func identityName(c *graph.Component) string {
	if c.Kind != graph.Identity || c.ID != c.Address {
		return ""
	}
	if _, role, ok := strings.Cut(c.ID, ":role/"); ok && strings.HasPrefix(c.ID, "arn:") {
		return role[strings.LastIndexByte(role, '/')+1:]
	}
	if name, domain, ok := strings.Cut(c.ID, "@"); ok && strings.HasSuffix(domain, ".iam.gserviceaccount.com") {
		return name
	}
	return ""
}

// hand gives what an identity reaches to the pods that become it, and takes the flows of
// identities away: they were there for this. Where several may become one, it is
// evidence for those that name the other end, and only a permission for the rest.
func (l *linker) hand() {
	holders := map[string][]*graph.Component{}
	for _, r := range l.g.Grants {
		from, to := l.components[r.From], l.components[r.To]
		if from == nil || to == nil || to.Kind != graph.Identity || r.Does != graph.AbilityAssume || from.Kind == graph.Identity {
			continue
		}
		holders[to.ID] = append(holders[to.ID], from)
		for _, next := range l.g.Grants { // the service account in between
			if next.From == to.ID && next.Does == graph.AbilityAssume {
				holders[next.To] = append(holders[next.To], from)
			}
		}
	}
	flows := map[string]*graph.Flow{}
	reaches := map[[2]string]*graph.Flow{}
	var of []*graph.Flow
	l.g.Flows = slices.DeleteFunc(l.g.Flows, func(f *graph.Flow) bool {
		if l.ofIdentity(f) {
			of = append(of, f)
			return true
		}
		flows[f.ID] = f
		if f.Basis != graph.Permitted {
			reaches[[2]string{f.From, f.To}] = f
		}
		return false
	})
	for _, f := range of {
		identity := f.From
		if c := l.components[f.To]; c != nil && c.Kind == graph.Identity {
			identity = f.To
		}
		pods := holders[identity]
		slices.SortFunc(pods, func(a, b *graph.Component) int { return strings.Compare(a.ID, b.ID) })
		pods = slices.CompactFunc(pods, func(a, b *graph.Component) bool { return a.ID == b.ID })
		pods = slices.DeleteFunc(pods, func(c *graph.Component) bool { return c.Kind == graph.External })
		for _, pod := range pods {
			own := *f
			own.Evidence = append(slices.Clone(f.Evidence), graph.EvidenceAt(pod.Source, pod.Address, "it may become "+cmp.Or(l.components[identity].Name, identity)))
			if f.From == identity {
				own.From = pod.ID
			} else {
				own.To = pod.ID
			}
			if have := reaches[[2]string{own.From, own.To}]; have != nil {
				have.Evidence = append(have.Evidence, own.Evidence...)
				if have.Authenticated == graph.Unknown {
					have.Authenticated = own.Authenticated
				}
				continue
			}
			own.Basis = graph.Referenced
			if len(pods) > 1 {
				own.Basis = graph.Permitted
			}
			own.ID = graph.FlowID(own.From, own.To, own.Protocol, own.Port, own.Basis)
			if flows[own.ID] == nil {
				flows[own.ID] = &own
				l.g.Flows = append(l.g.Flows, &own)
			}
		}
	}
}
