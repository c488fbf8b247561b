package kubernetes

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// monitorSpec is what we use of ServiceMonitor and PodMonitor.
type monitorSpec struct {
	Selector          metav1.LabelSelector `json:"selector"`
	NamespaceSelector struct {
		Any        bool     `json:"any"`
		MatchNames []string `json:"matchNames"`
	} `json:"namespaceSelector"`
	Endpoints []monitorPort `json:"endpoints"`
	PodPorts  []monitorPort `json:"podMetricsEndpoints"`
}

type monitorPort struct {
	Port   string `json:"port"`
	Scheme string `json:"scheme"`
}

func (m monitorSpec) covers(own, namespace string) bool {
	if m.NamespaceSelector.Any {
		return true
	}
	for _, n := range m.NamespaceSelector.MatchNames {
		if n == namespace {
			return true
		}
	}
	return len(m.NamespaceSelector.MatchNames) == 0 && own == namespace
}

func readServiceMonitor(c *cluster, o *manifest.Object) {
	spec, selector := c.monitor(o)
	if selector == nil {
		return
	}
	c.later(func() {
		for _, k := range sortedKeys(c.services) {
			s := c.services[k]
			if !spec.covers(o.Namespace, s.namespace) || !selector.Matches(labels.Set(s.object.Labels)) {
				continue
			}
			use := call{basis: graph.Declared, protocol: "http", evidence: []graph.Evidence{because("ServiceMonitor "+o.Name+" selects Service "+s.name, o, "spec", "selector")}}
			if len(spec.Endpoints) > 0 {
				use.portName = spec.Endpoints[0].Port
				if spec.Endpoints[0].Scheme == "https" {
					use.protocol = "https"
				}
			}
			for _, p := range c.prometheuses() {
				c.connect(p.component, s, use)
			}
		}
	})
}

// readProbe reads what a Prometheus has a prober look at: it asks the prober.
func readProbe(c *cluster, o *manifest.Object) {
	var prober struct {
		URL    string `json:"url"`
		Scheme string `json:"scheme"`
	}
	c.decode(&prober, o, "spec", "prober")
	c.later(func() {
		host, port, _ := strings.Cut(prober.URL, ":")
		s := c.find(host, o.Namespace)
		if s == nil {
			return
		}
		use := call{basis: graph.Declared, port: atoi(port), protocol: cmp.Or(prober.Scheme, "http"), evidence: []graph.Evidence{because("Probe "+o.Name+" is made by Service "+s.name, o, "spec", "prober", "url")}}
		for _, p := range c.prometheuses() {
			c.connect(p.component, s, use)
		}
	})
}

func readPodMonitor(c *cluster, o *manifest.Object) {
	spec, selector := c.monitor(o)
	if selector == nil {
		return
	}
	c.later(func() {
		for _, w := range c.workloads {
			if spec.covers(o.Namespace, w.namespace) && selector.Matches(w.labels()) {
				c.scrape(w, 0, because("PodMonitor "+o.Name+" selects its pods", o, "spec", "selector"), graph.Declared)
			}
		}
	})
}

func (c *cluster) monitor(o *manifest.Object) (monitorSpec, labels.Selector) {
	var spec monitorSpec
	c.decode(&spec, o, "spec")
	selector, err := metav1.LabelSelectorAsSelector(&spec.Selector)
	if err != nil {
		c.note("invalid-field", o, fmt.Sprintf("selector does not select: %v", err), "", "spec", "selector")
		return spec, nil
	}
	return spec, selector
}

// prometheuses are the workloads that run Prometheus.
func (c *cluster) prometheuses() []*workload {
	var out []*workload
	for _, w := range slices.Concat(c.workloads, c.operated) {
		if parseImage(w.main().Image).tail(1) == "prometheus" {
			out = append(out, w)
		}
	}
	return out
}

func (c *cluster) scrape(w *workload, port int, why graph.Evidence, basis graph.Basis) {
	for _, p := range c.prometheuses() {
		c.flow(graph.Flow{From: p.component.ID, To: w.component.ID, Protocol: "http", Port: port, Basis: basis, Carries: "metrics", Evidence: []graph.Evidence{why}})
	}
}

const scrapeAnnotation, scrapePort = "prometheus.io/scrape", "prometheus.io/port"

// linkScrapes follows the annotations by which pods and Services ask a
// Prometheus of their cluster to collect their metrics.
func (c *cluster) linkScrapes() {
	if len(c.prometheuses()) == 0 {
		return
	}
	for _, w := range c.workloads {
		if w.pod.Annotations[scrapeAnnotation] == "true" {
			c.scrape(w, portOf(w.pod.Annotations), w.because("annotation "+scrapeAnnotation, w.field("metadata", "annotations", scrapeAnnotation)...), graph.Referenced)
		}
		for _, s := range w.services {
			if s.object.Annotations[scrapeAnnotation] == "true" {
				c.scrape(w, portOf(s.object.Annotations), because("annotation "+scrapeAnnotation, s.object, "metadata", "annotations", scrapeAnnotation), graph.Referenced)
			}
		}
	}
}

// portOf reads the port of the scrape annotations, 0 where none is a number.
func portOf(annotations map[string]string) int {
	n, _ := strconv.Atoi(annotations[scrapePort])
	return n
}
