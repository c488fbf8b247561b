package render

import (
	"cmp"
	"context"
	"io"
	"slices"
	"strings"

	"drawbridge/graph"

	"sigs.k8s.io/yaml"
)

// Threagile writes a model as the YAML that Threagile 1.0 reads, with the findings as
// risks of its own categories: https://github.com/Threagile/threagile. What infrastructure
// code does not tell and the format insists on (how critical something is, who owns
// it) stands in the middle of its scale, and the justification says so.
func Threagile(_ context.Context, w io.Writer, g *graph.Graph, opt Options, _ Layouter) error {
	x := wholeExchanged(g, opt)
	doc := threagileModel{
		Version: "1.0.0", Title: x.title(), Criticality: "important", Author: threagileAuthor{Name: "drawbridge"},
		Tags: []string{}, DataAssets: map[string]threagileData{}, Assets: map[string]threagileAsset{},
		Boundaries: map[string]threagileBoundary{}, Runtimes: map[string]struct{}{}, Risks: map[string]threagileCategory{},
		Questions: map[string]string{},
	}
	doc.Overview.Description = x.described()
	names := map[string]string{}
	for _, c := range x.components {
		names[c.ID] = x.componentName(c.ID)
	}
	name := uniqueTitles(names)
	for _, c := range x.components {
		doc.Assets[name[c.ID]] = x.threagileAsset(c, name)
		if c.Kind == graph.Store {
			data := threagileData{ID: threagileDataID(c), Description: "What " + names[c.ID] + " holds", Usage: threagileUsage(c), Quantity: "many"}
			data.Confidentiality, data.Integrity, data.Availability, data.Why = x.threagileRating(c)
			doc.DataAssets["Data in "+name[c.ID]] = data
		}
	}
	x.threagileBoundaries(doc.Boundaries)
	x.threagileRisks(doc.Risks)
	for _, q := range g.Questions {
		doc.Questions[printable(q.Text)] = ""
	}
	out, err := yaml.Marshal(doc)
	if err != nil {
		return err
	}
	_, err = w.Write(out)
	return err
}

// The parts of the format that are written. Field names are the tool's.
type (
	threagileModel struct {
		Version     string                       `json:"threagile_version"`
		Title       string                       `json:"title"`
		Author      threagileAuthor              `json:"author"`
		Criticality string                       `json:"business_criticality"`
		Overview    threagileText                `json:"technical_overview"`
		Questions   map[string]string            `json:"questions"`
		Tags        []string                     `json:"tags_available"`
		DataAssets  map[string]threagileData     `json:"data_assets"`
		Assets      map[string]threagileAsset    `json:"technical_assets"`
		Boundaries  map[string]threagileBoundary `json:"trust_boundaries"`
		Runtimes    map[string]struct{}          `json:"shared_runtimes"`
		Risks       map[string]threagileCategory `json:"individual_risk_categories"`
	}
	threagileAuthor struct {
		Name string `json:"name"`
	}
	threagileText struct {
		Description string `json:"description"`
	}
	threagileData struct {
		ID              string `json:"id"`
		Description     string `json:"description"`
		Usage           string `json:"usage"`
		Quantity        string `json:"quantity"`
		Confidentiality string `json:"confidentiality"`
		Integrity       string `json:"integrity"`
		Availability    string `json:"availability"`
		Why             string `json:"justification_cia_rating"`
	}
	threagileAsset struct {
		ID              string                   `json:"id"`
		Description     string                   `json:"description"`
		Type            string                   `json:"type"`
		Usage           string                   `json:"usage"`
		Human           bool                     `json:"used_as_client_by_human"`
		OutOfScope      bool                     `json:"out_of_scope"`
		OutOfScopeWhy   string                   `json:"justification_out_of_scope,omitempty"`
		Size            string                   `json:"size"`
		Technology      string                   `json:"technology"`
		Internet        bool                     `json:"internet"`
		Machine         string                   `json:"machine"`
		Encryption      string                   `json:"encryption"`
		Owner           string                   `json:"owner"`
		Confidentiality string                   `json:"confidentiality"`
		Integrity       string                   `json:"integrity"`
		Availability    string                   `json:"availability"`
		Why             string                   `json:"justification_cia_rating"`
		MultiTenant     bool                     `json:"multi_tenant"`
		Redundant       bool                     `json:"redundant"`
		Custom          bool                     `json:"custom_developed_parts"`
		Processed       []string                 `json:"data_assets_processed"`
		Stored          []string                 `json:"data_assets_stored"`
		Formats         []string                 `json:"data_formats_accepted"`
		Links           map[string]threagileLink `json:"communication_links"`
	}
	threagileLink struct {
		Target         string `json:"target"`
		Description    string `json:"description"`
		Protocol       string `json:"protocol"`
		Authentication string `json:"authentication"`
		Authorization  string `json:"authorization"`
		VPN            bool   `json:"vpn"`
		Filtered       bool   `json:"ip_filtered"`
		ReadOnly       bool   `json:"readonly"`
		Usage          string `json:"usage"`
	}
	threagileBoundary struct {
		ID          string   `json:"id"`
		Description string   `json:"description"`
		Type        string   `json:"type"`
		Inside      []string `json:"technical_assets_inside"`
		Nested      []string `json:"trust_boundaries_nested"`
	}
	threagileCategory struct {
		ID             string                   `json:"id"`
		Description    string                   `json:"description"`
		Impact         string                   `json:"impact"`
		ASVS           string                   `json:"asvs"`
		CheatSheet     string                   `json:"cheat_sheet"`
		Action         string                   `json:"action"`
		Mitigation     string                   `json:"mitigation"`
		Check          string                   `json:"check"`
		Function       string                   `json:"function"`
		STRIDE         string                   `json:"stride"`
		Detection      string                   `json:"detection_logic"`
		Assessment     string                   `json:"risk_assessment"`
		FalsePositives string                   `json:"false_positives"`
		ModelFailure   bool                     `json:"model_failure_possible_reason"`
		CWE            int                      `json:"cwe"`
		Identified     map[string]threagileRisk `json:"risks_identified"`
	}
	threagileRisk struct {
		Severity    string   `json:"severity"`
		Likelihood  string   `json:"exploitation_likelihood"`
		Impact      string   `json:"exploitation_impact"`
		Probability string   `json:"data_breach_probability"`
		Assets      []string `json:"data_breach_technical_assets"`
		Asset       string   `json:"most_relevant_technical_asset,omitempty"`
		Boundary    string   `json:"most_relevant_trust_boundary,omitempty"`
	}
)

func threagileDataID(c *graph.Component) string { return "data-" + slug(c.ID) }

func (x *exchanged) threagileAsset(c *graph.Component, name titles) threagileAsset {
	a := threagileAsset{
		ID: slug(c.ID), Description: x.about(c), Type: threagileType(c), Usage: threagileUsage(c), Size: "component",
		Technology: threagileTechnology(c.Technology), Internet: c.ID == graph.InternetID, Machine: threagileMachine(c), Encryption: "none",
		Redundant: c.Is(graph.PropMultiZone) == graph.Yes || c.Replicas > 1, Custom: c.Technology == graph.TechContainer || c.Technology == graph.TechFunction,
		Processed: []string{}, Stored: []string{}, Formats: []string{}, Links: map[string]threagileLink{},
	}
	a.Confidentiality, a.Integrity, a.Availability, a.Why = x.threagileRating(c)
	if c.Is(graph.PropEncryptedAtRest) == graph.Yes {
		a.Encryption = "transparent"
	}
	if c.Kind == graph.External {
		a.OutOfScope, a.OutOfScopeWhy = true, "It is not part of the infrastructure code."
	}
	if c.Kind == graph.Store {
		a.Stored = append(a.Stored, threagileDataID(c))
	}
	for _, f := range x.flows {
		if f.From != c.ID {
			continue
		}
		title := strings.TrimSpace(endpoint(f) + " to " + name[f.To])
		if _, taken := a.Links[title]; taken {
			title += " (" + printable(f.ID) + ")"
		}
		a.Links[title] = threagileLink{
			Target: slug(f.To), Description: x.reason(f), Protocol: threagileProtocol(f), Authentication: threagileAuthentication(f),
			Authorization: "none", Filtered: len(f.Peers) > 0 && !slices.Contains(f.Peers, "0.0.0.0/0"), Usage: a.Usage,
		}
		if to := x.index.Component[f.To]; to.Kind == graph.Store && !slices.Contains(a.Processed, threagileDataID(to)) {
			a.Processed = append(a.Processed, threagileDataID(to))
		}
	}
	return a
}

// threagileRating says how much depends on a component. Only a way of attack that ends
// there tells; otherwise somebody has to.
func (x *exchanged) threagileRating(c *graph.Component) (confidentiality, integrity, availability, why string) {
	worth, why := x.worth(c.ID)
	switch {
	case worth >= 5:
		return "strictly-confidential", "critical", "operational", printable(why)
	case worth == 4:
		return "confidential", "important", "operational", printable(why)
	case worth == 3:
		return "restricted", "important", "operational", printable(why)
	}
	return "internal", "operational", "operational", "Infrastructure code does not tell: rate it."
}

func threagileType(c *graph.Component) string {
	switch c.Kind {
	case graph.Store:
		return "datastore"
	case graph.External, graph.Identity:
		return "external-entity"
	}
	return "process"
}

func threagileUsage(c *graph.Component) string {
	switch c.Technology {
	case graph.TechPipeline, graph.TechMonitoring, graph.TechLog, graph.TechRegistry, graph.TechSource:
		return "devops"
	}
	return "business"
}

func threagileMachine(c *graph.Component) string {
	switch c.Technology {
	case graph.TechFunction:
		return "serverless"
	case graph.TechContainer, graph.TechJob, graph.TechIngress:
		return "container"
	}
	return "virtual"
}

// threagileTechnologies are the tool's words for ours; others are unknown to it.
var threagileTechnologies = map[graph.Technology]string{
	graph.TechServer: "application-server", graph.TechContainer: "application-server", graph.TechFunction: "function", graph.TechJob: "batch-processing",
	graph.TechWebApp: "web-application", graph.TechLoadBalancer: "load-balancer", graph.TechGateway: "gateway", graph.TechIngress: "reverse-proxy",
	graph.TechCDN: "reverse-proxy", graph.TechFirewall: "waf", graph.TechNAT: "gateway", graph.TechVPN: "gateway", graph.TechWorkflow: "scheduler",
	graph.TechScheduler: "scheduler", graph.TechCluster: "container-platform", graph.TechPipeline: "build-pipeline", graph.TechMonitoring: "monitoring",
	graph.TechIdentity: "identity-provider", graph.TechML: "ai", graph.TechETL: "batch-processing",
	graph.TechSQL: "database", graph.TechNoSQL: "database", graph.TechGraphDB: "database", graph.TechCache: "database", graph.TechSearch: "search-engine",
	graph.TechWarehouse: "data-lake", graph.TechObject: "file-server", graph.TechFile: "file-server", graph.TechBlock: "block-storage", graph.TechSnapshot: "block-storage",
	graph.TechQueue: "message-queue", graph.TechTopic: "message-queue", graph.TechStream: "stream-processing", graph.TechEventBus: "message-queue",
	graph.TechBroker: "message-queue", graph.TechSecret: "vault", graph.TechKey: "hsm", graph.TechLog: "monitoring", graph.TechRegistry: "artifact-registry",
	graph.TechSource: "sourcecode-repository", graph.TechInternet: "browser", graph.TechUser: "client-system", graph.TechNetwork: "client-system",
}

func threagileTechnology(t graph.Technology) string {
	return cmp.Or(threagileTechnologies[t], "unknown-technology")
}

// threagileProtocols are the tool's words for a protocol in clear and encrypted.
var threagileProtocols = map[string][2]string{
	"http": {"http", "https"}, "https": {"http", "https"}, "grpc": {"http", "https"}, "ws": {"ws", "wss"}, "wss": {"ws", "wss"},
	"postgres": {"sql-access-protocol", "sql-access-protocol-encrypted"}, "mysql": {"sql-access-protocol", "sql-access-protocol-encrypted"},
	"sqlserver": {"sql-access-protocol", "sql-access-protocol-encrypted"}, "mssql": {"sql-access-protocol", "sql-access-protocol-encrypted"},
	"oracle":  {"sql-access-protocol", "sql-access-protocol-encrypted"},
	"mongodb": {"nosql-access-protocol", "nosql-access-protocol-encrypted"}, "redis": {"nosql-access-protocol", "nosql-access-protocol-encrypted"},
	"cassandra": {"nosql-access-protocol", "nosql-access-protocol-encrypted"}, "memcached": {"nosql-access-protocol", "nosql-access-protocol-encrypted"},
	"mqtt": {"mqtt", "mqtt"}, "ssh": {"ssh", "ssh"}, "sftp": {"sftp", "sftp"}, "ftp": {"ftp", "ftps"}, "smtp": {"smtp", "smtp-encrypted"},
	"ldap": {"ldap", "ldaps"}, "ldaps": {"ldap", "ldaps"}, "nfs": {"nfs", "nfs"}, "smb": {"smb", "smb-encrypted"},
	"amqp": {"binary", "binary-encrypted"}, "amqps": {"binary", "binary-encrypted"}, "kafka": {"binary", "binary-encrypted"},
	"tcp": {"binary", "binary-encrypted"}, "tls": {"binary", "binary-encrypted"},
}

func threagileProtocol(f *graph.Flow) string {
	words, known := threagileProtocols[f.Protocol]
	switch {
	case !known:
		return "unknown-protocol"
	case f.Encrypted == graph.Yes || f.Encrypted == graph.Unknown && strings.HasSuffix(f.Protocol, "s") && f.Protocol != "nfs":
		return words[1]
	}
	return words[0]
}

// threagileAuthentication is "none" only where that is known.
func threagileAuthentication(f *graph.Flow) string {
	if f.Authenticated == graph.No {
		return "none"
	}
	return "externalized"
}

func (x *exchanged) threagileBoundaries(out map[string]threagileBoundary) {
	drawn := x.boundariesDown()
	names := map[string]string{}
	for _, b := range drawn {
		names[b.ID] = printable(b.Name)
	}
	name := uniqueTitles(names)
	for _, b := range drawn {
		t := threagileBoundary{
			ID: "boundary-" + slug(b.ID), Description: capital(boundaryWord(b)), Type: threagileBoundaryType(b), Inside: []string{}, Nested: []string{},
		}
		if b.TrustWhy != "" {
			t.Description += ": " + printable(b.TrustWhy)
		}
		for _, c := range x.components {
			if c.Boundary == b.ID {
				t.Inside = append(t.Inside, slug(c.ID))
			}
		}
		for _, inner := range drawn {
			if inner.Parent == b.ID {
				t.Nested = append(t.Nested, "boundary-"+slug(inner.ID))
			}
		}
		out[name[b.ID]] = t
	}
}

func threagileBoundaryType(b *graph.Boundary) string {
	switch b.Kind {
	case graph.BoundaryCluster, graph.BoundaryHost, graph.BoundaryGroup:
		return "execution-environment"
	case graph.BoundaryNamespace:
		if b.Is(graph.PropPolicyPresent) == graph.Yes {
			return "network-policy-namespace-isolation"
		}
		return "execution-environment"
	}
	return "network-cloud-provider"
}

// threagileRisks writes the findings that are still open, a category for each rule.
func (x *exchanged) threagileRisks(out map[string]threagileCategory) {
	for _, f := range bySeverity(x.g.Findings) {
		if f.Settled() {
			continue
		}
		title := capital(strings.ReplaceAll(f.Rule, "-", " "))
		c, ok := out[title]
		if !ok {
			c = threagileCategory{
				ID: slug(f.Rule), Description: printable(f.Threat), Impact: printable(f.Threat), Action: title, Mitigation: mitigation(f),
				Check: "Look at the places that the risks name.", Function: "operations", STRIDE: "tampering",
				Detection: "Found in infrastructure code by drawbridge.", Assessment: "Likelihood times impact, from the factors that drawbridge prints.",
				FalsePositives: "What another control makes good that the code does not show.", Identified: map[string]threagileRisk{},
			}
			if len(f.STRIDE) > 0 {
				c.STRIDE = string(f.STRIDE[0])
			}
			if len(f.CWE) > 0 {
				c.CWE = f.CWE[0]
			}
		}
		r := threagileRisk{
			Severity: threagileSeverity(f.Severity), Likelihood: scale(f.Likelihood, "unlikely", "likely", "very-likely", "frequent"),
			Impact: scale(f.Impact, "low", "medium", "high", "very-high"), Probability: scale(f.Impact, "improbable", "possible", "probable"), Assets: []string{},
		}
		if b := x.index.Boundary[f.Subject]; b != nil {
			r.Boundary = "boundary-" + slug(b.ID)
		}
		for _, c := range x.components {
			if about(f, x.aboutComponent[c.ID]) {
				r.Asset = cmp.Or(r.Asset, slug(c.ID))
				r.Assets = append(r.Assets, slug(c.ID))
			}
		}
		for _, flow := range x.flows {
			if about(f, x.aboutFlow[flow.ID]) {
				r.Asset = slug(flow.To)
				r.Assets = append(r.Assets, r.Asset)
			}
		}
		risk := printable(f.Title)
		if _, taken := c.Identified[risk]; taken {
			risk += " (" + printable(f.ID) + ")"
		}
		c.Identified[risk] = r
		out[title] = c
	}
}

func about(f *graph.Finding, findings []*graph.Finding) bool { return slices.Contains(findings, f) }

func threagileSeverity(s graph.Severity) string {
	switch s {
	case graph.Critical, graph.High, graph.Medium:
		return map[graph.Severity]string{graph.Critical: "critical", graph.High: "high", graph.Medium: "elevated"}[s]
	}
	return "low"
}

// scale maps 1 to 5 on fewer words, the least first.
func scale(n int, words ...string) string {
	i := (max(1, min(n, 5)) - 1) * len(words) / 5
	return words[i]
}
