package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Operators that fetch secrets and certificates from elsewhere.

// readSecretStore reads where the External Secrets operator takes secrets from:
// https://external-secrets.io/latest/api/secretstore/.
func readSecretStore(c *cluster, o *manifest.Object) {
	var provider map[string]map[string]any
	c.decode(&provider, o, "spec", "provider")
	c.later(func() {
		for _, name := range slices.Sorted(maps.Keys(provider)) {
			p, ok := secretProviders[name]
			if !ok {
				p = secretProvider{host: name} // a service that is only called by its name
			}
			host := p.in(provider[name])
			if host == "" {
				continue
			}
			use := call{protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared, evidence: []graph.Evidence{
				because(fmt.Sprintf("%s %s takes secrets from %s", o.Kind, o.Name, host), o, "spec", "provider", name),
			}}
			c.fetch(c.operator("external-secrets", "external-secrets", at(o)), o, host, use, graph.TechSecret)
		}
	})
}

// fetch draws a flow from an operator to a Service of the cluster or a host outside.
func (c *cluster) fetch(operator *graph.Component, o *manifest.Object, host string, use call, technology graph.Technology) {
	operator.Parts = append(operator.Parts, address(o))
	found := located(host)
	if len(found) > 0 {
		host, use.port, use.encrypted = found[0].host, cmp.Or(found[0].port, use.port), found[0].encrypted
		use.protocol = cmp.Or(found[0].protocol, use.protocol)
	}
	if s := c.find(host, o.Namespace); s != nil {
		c.connect(operator, s, use)
		return
	}
	external := c.external(host, use.evidence[0].Source())
	if external.Technology == graph.TechSaaS {
		external.Technology = technology
	}
	c.drawFlow(operator, external, use, protocol{}, "")
}

// secretProvider tells the host of a provider: a field that has it, else a fixed one.
type secretProvider struct {
	field, host string
	// regional is a host's form with a place for the region.
	regional string
}

func (p secretProvider) in(config map[string]any) string {
	if s, ok := config[p.field].(string); ok && s != "" {
		return s
	}
	region, _ := config["region"].(string)
	if config["service"] == "ParameterStore" {
		return fmt.Sprintf("ssm.%s.amazonaws.com", cmp.Or(region, "region"))
	}
	if p.regional != "" && region != "" {
		return fmt.Sprintf(p.regional, region)
	}
	return p.host
}

var secretProviders = map[string]secretProvider{
	"aws":         {regional: "secretsmanager.%s.amazonaws.com", host: "secretsmanager.amazonaws.com"},
	"gcpsm":       {host: "secretmanager.googleapis.com"},
	"azurekv":     {field: "vaultUrl", host: "vault.azure.net"},
	"vault":       {field: "server"},
	"gitlab":      {field: "url", host: "gitlab.com"},
	"onepassword": {field: "connectHost"},
	"doppler":     {host: "api.doppler.com"},
	"akeyless":    {field: "akeylessGWApiURL", host: "api.akeyless.io"},
	"conjur":      {field: "url"},
	"infisical":   {field: "hostAPI", host: "app.infisical.com"},
	"webhook":     {field: "url"},
	"oracle":      {regional: "secrets.vaults.%s.oci.oraclecloud.com"},
	"ibm":         {field: "serviceUrl"},
	"kubernetes":  {}, // another namespace or cluster: the API server's own
	"fake":        {},
}

// readIssuer reads who signs certificates for cert-manager, where it is somebody
// outside: https://cert-manager.io/docs/configuration/.
func readIssuer(c *cluster, o *manifest.Object) {
	var spec struct {
		ACME   struct{ Server string } `json:"acme"`
		Vault  struct{ Server string } `json:"vault"`
		Venafi struct {
			TPP struct{ URL string } `json:"tpp"`
		} `json:"venafi"`
	}
	c.decode(&spec, o, "spec")
	server, field := spec.ACME.Server, "acme"
	if server == "" {
		server, field = spec.Vault.Server, "vault"
	}
	if server == "" {
		server, field = spec.Venafi.TPP.URL, "venafi"
	}
	if server == "" {
		return // signs by itself, or with a key of the cluster
	}
	c.later(func() {
		use := call{protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared, evidence: []graph.Evidence{
			because(fmt.Sprintf("%s %s has certificates signed by %s", o.Kind, o.Name, server), o, "spec", field),
		}}
		c.fetch(c.operator("cert-manager-controller", "cert-manager", at(o)), o, server, use, graph.TechSaaS)
	})
}
