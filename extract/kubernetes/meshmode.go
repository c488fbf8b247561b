package kubernetes

import (
	"maps"
	"slices"

	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// How a mesh encrypts: what the called takes, by PeerAuthentication, and what the
// caller's proxy sends, by DestinationRule.
// https://istio.io/latest/docs/reference/config/security/peer_authentication/

// meshRoot is the namespace whose policies hold for the whole mesh, unless
// its operator chose another.
const meshRoot = "istio-system"

// peerAuthentication says what the pods that it selects take from other pods.
type peerAuthentication struct {
	object   *manifest.Object
	selector labels.Selector
	mode     string
}

func readPeerAuthentication(c *cluster, o *manifest.Object) {
	var p meshPolicy
	c.decode(&p, o, "spec")
	c.peerAuthentications = append(c.peerAuthentications, peerAuthentication{o, labels.SelectorFromSet(p.Selector.MatchLabels), p.MTLS.Mode})
}

// rank orders what may hold for a workload: its own before that of its namespace, and
// that before the mesh's; 0 for what does not hold.
func (p peerAuthentication) rank(w *workload) int {
	switch own := p.object.Namespace == w.namespace; {
	case p.mode == "" || p.mode == "UNSET":
		return 0
	case own && !p.selector.Empty() && p.selector.Matches(w.labels()):
		return 3
	case own && p.selector.Empty():
		return 2
	case p.object.Namespace == meshRoot && p.selector.Empty():
		return 1
	}
	return 0
}

// takes is what holds for a workload, nil where nothing does.
func (c *cluster) takes(w *workload) *peerAuthentication {
	var best *peerAuthentication
	for i, p := range c.peerAuthentications {
		if r := p.rank(w); r > 0 && (best == nil || r > best.rank(w)) {
			best = &c.peerAuthentications[i]
		}
	}
	return best
}

// encryptMesh settles which calls between workloads a mesh encrypts. What the caller is
// told to send counts over what the called would take.
func (c *cluster) encryptMesh() {
	defer c.byIdentity()
	if len(c.peerAuthentications) == 0 && len(c.destinations) == 0 {
		return
	}
	callers := maps.Clone(c.meshGates)
	taken := map[string]*peerAuthentication{} // by component ID
	for _, w := range c.workloads {
		callers[w.component.ID], taken[w.component.ID] = true, c.takes(w)
	}
	sent := c.sendingRules()
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		if !callers[f.From] {
			continue
		}
		if rule := sent[f.To]; rule != nil {
			rule.settle(f)
		} else if p := taken[f.To]; p != nil {
			p.settle(f)
		}
	}
}

// byIdentity settles the calls for which a mesh asks for the caller's identity without further
// configuration: those that a policy lets in by it, and those between pods that both have
// Linkerd's proxy. https://linkerd.io/2/features/automatic-mtls/
func (c *cluster) byIdentity() {
	admitted := map[identified]bool{}
	for _, i := range c.identified {
		admitted[i] = true
	}
	proxied := map[string]*workload{}
	for _, w := range c.workloads {
		if c.hasProxy(w) {
			proxied[w.component.ID] = w
		}
	}
	if len(admitted)+len(proxied) == 0 {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(c.flows)) {
		f := c.flows[id]
		if admitted[identified{f.From, f.To}] {
			f.Encrypted, f.Authenticated = graph.Yes, graph.Yes
		}
		to := proxied[f.To]
		if proxied[f.From] == nil || to == nil || f.From == f.To || f.Protocol == "udp" || f.Protocol == "dns" {
			continue
		}
		f.Encrypted, f.Authenticated = graph.Yes, graph.Yes
		f.Evidence = append(f.Evidence, because("Linkerd's proxies on both sides use mutual TLS", to.object))
	}
}

// hasProxy reports whether Linkerd's proxy is put into the pods of a workload and takes all that they send and get.
func (c *cluster) hasProxy(w *workload) bool {
	for _, around := range []string{"config.linkerd.io/skip-inbound-ports", "config.linkerd.io/skip-outbound-ports"} {
		if w.pod.Annotations[around] != "" {
			return false
		}
	}
	switch w.pod.Annotations["linkerd.io/inject"] {
	case "enabled", "ingress":
		return true
	case "":
		return c.proxied[w.namespace]
	}
	return false
}

// settle takes a flow's encryption from what the called takes.
func (p *peerAuthentication) settle(f *graph.Flow) {
	switch {
	case p.mode == "STRICT" && f.Encrypted != graph.Yes:
		f.Encrypted, f.Authenticated = graph.Yes, graph.Yes
		f.Evidence = append(f.Evidence, because("PeerAuthentication "+p.object.Name+" takes mutual TLS only", p.object, "spec", "mtls", "mode"))
	case p.mode == "DISABLE" && f.Encrypted == graph.Unknown && protocols[f.Protocol].encrypted == graph.No:
		f.Encrypted = graph.No
		f.Evidence = append(f.Evidence, because("PeerAuthentication "+p.object.Name+" takes no TLS of the mesh", p.object, "spec", "mtls", "mode"))
	}
}

// sendingRules are the rules that tell the callers' proxies how to call, by the component
// that is called: behind a Service, or a host outside.
func (c *cluster) sendingRules() map[string]*destinationRule {
	out := map[string]*destinationRule{}
	for i := range c.destinations {
		r := &c.destinations[i]
		if r.TrafficPolicy.TLS.Mode == "" {
			continue
		}
		s := c.find(r.Host, r.object.Namespace)
		if s == nil {
			if outside := c.components[hostOf(r.Host)]; outside != nil && outside.Kind == graph.External {
				out[outside.ID] = r
			}
			continue
		}
		for _, w := range s.targets {
			if out[w.component.ID] == nil {
				out[w.component.ID] = r
			}
		}
	}
	return out
}

// settle takes a flow's encryption from the rule for its caller.
func (r *destinationRule) settle(f *graph.Flow) {
	why := "DestinationRule " + r.object.Name + " has it called "
	switch r.TrafficPolicy.TLS.Mode {
	case "ISTIO_MUTUAL", "MUTUAL":
		f.Encrypted, f.Authenticated, why = graph.Yes, graph.Yes, why+"with mutual TLS"
	case "SIMPLE":
		f.Encrypted, why = graph.Yes, why+"with TLS"
	case "DISABLE":
		if protocols[f.Protocol].encrypted == graph.Yes {
			return // the program encrypts by itself
		}
		f.Encrypted, why = graph.No, why+"without TLS"
	default:
		return
	}
	f.Evidence = append(f.Evidence, because(why, r.object, "spec", "trafficPolicy", "tls", "mode"))
}
