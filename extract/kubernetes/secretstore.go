package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// Operators that fetch secrets and certificates from elsewhere.

// secretStore is where the External Secrets operator takes secrets from:
// https://external-secrets.io/latest/api/secretstore/.
type secretStore struct {
	object   *manifest.Object
	provider map[string]map[string]any // of one, as a rule
	linked   bool
	hosts    map[string]*graph.Component // by provider, of those outside
}

func readSecretStore(c *cluster, o *manifest.Object) {
	s := &secretStore{object: o, hosts: map[string]*graph.Component{}}
	c.decode(&s.provider, o, "spec", "provider")
	k := key{o.Namespace, o.Name}
	if o.Kind == "ClusterSecretStore" {
		k.namespace = ""
	}
	c.secretStores[k] = s
	c.later(func() { c.linkSecretStore(s) })
}

func (c *cluster) linkSecretStore(s *secretStore) {
	if s.linked {
		return
	}
	s.linked = true
	o := s.object
	for _, name := range slices.Sorted(maps.Keys(s.provider)) {
		p, ok := secretProviders[name]
		if !ok {
			p = secretProvider{host: name} // a service that is only called by its name
		}
		host := p.in(s.provider[name])
		if host == "" {
			continue
		}
		use := call{protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared, evidence: []graph.Evidence{
			because(fmt.Sprintf("%s %s takes secrets from %s", o.Kind, o.Name, host), o, "spec", "provider", name),
		}}
		operator := c.secretsOperator(o)
		outside := c.fetch(operator, o, host, use, graph.TechSecret)
		s.hosts[name] = outside
		if vault, ok := azureVault(host); ok && outside != nil {
			c.nameThing(operator, carried.Named{Vendor: "azurerm", Technology: graph.TechSecret, Name: vault, Instead: outside.ID}, use)
		}
	}
}

func (c *cluster) secretsOperator(o *manifest.Object) *graph.Component {
	return c.operator("external-secrets", "external-secrets", at(o))
}

// azureVault returns the name of the vault that a host is.
func azureVault(host string) (string, bool) {
	host = strings.TrimSuffix(strings.TrimPrefix(host, "https://"), "/")
	name, _, ok := strings.Cut(host, ".vault.")
	return name, ok && name != ""
}

// readExternalSecret reads which secrets the operator takes or, of a PushSecret, brings.
func readExternalSecret(c *cluster, o *manifest.Object) {
	type storeRef struct {
		Name string `json:"name"`
		Kind string `json:"kind"`
	}
	type source struct {
		StoreRef storeRef `json:"storeRef"`
	}
	var spec struct {
		Store storeRef `json:"secretStoreRef"`
		Data  []struct {
			Remote struct {
				Key string `json:"key"`
			} `json:"remoteRef"`
			Source source `json:"sourceRef"`
			Match  struct {
				Remote struct {
					Key string `json:"remoteKey"`
				} `json:"remoteRef"`
			} `json:"match"`
		} `json:"data"`
		DataFrom []struct {
			Extract struct {
				Key string `json:"key"`
			} `json:"extract"`
			Source source `json:"sourceRef"`
		} `json:"dataFrom"`
		Stores []storeRef `json:"secretStoreRefs"`
	}
	path := []any{"spec"}
	if o.Kind == "ClusterExternalSecret" {
		path = append(path, "externalSecretSpec")
	}
	c.decode(&spec, o, path...)
	verb := "takes"
	if o.Kind == "PushSecret" {
		verb = "brings"
	}
	c.later(func() {
		take := func(own storeRef, name string, at ...any) {
			refs := append(slices.Clone(spec.Stores), spec.Store)
			if own.Name != "" {
				refs = []storeRef{own}
			}
			for _, ref := range refs {
				k := key{o.Namespace, ref.Name}
				if ref.Kind == "ClusterSecretStore" {
					k.namespace = ""
				}
				if s := c.secretStores[k]; s != nil {
					c.nameSecret(s, name, because(fmt.Sprintf("%s %s %s the secret %s", o.Kind, o.Name, verb, cmp.Or(name, "of a pattern")), o, slices.Concat(path, at)...))
				}
			}
		}
		for i, d := range spec.Data {
			take(d.Source.StoreRef, cmp.Or(d.Remote.Key, d.Match.Remote.Key), "data", i)
		}
		for i, d := range spec.DataFrom {
			take(d.Source.StoreRef, d.Extract.Key, "dataFrom", i)
		}
	})
}

// nameSecret leaves word of a secret behind a store.
func (c *cluster) nameSecret(s *secretStore, name string, evidence graph.Evidence) {
	c.linkSecretStore(s)
	for _, provider := range slices.Sorted(maps.Keys(s.provider)) {
		outside := s.hosts[provider]
		if outside == nil {
			continue
		}
		var n carried.Named
		config := s.provider[provider]
		switch provider {
		case "aws":
			n = awsSecret(name, config["service"] == "ParameterStore")
		case "gcpsm":
			project, _ := config["projectID"].(string)
			n = googleSecret(name, project)
		default:
			continue
		}
		n.Instead = outside.ID
		c.nameThing(c.secretsOperator(s.object), n, call{protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared, evidence: []graph.Evidence{evidence}})
	}
}

// awsSecret is a secret or parameter by its name or ARN. The ARN of a secret ends in six
// letters that are no part of the name.
func awsSecret(name string, parameter bool) carried.Named {
	n := carried.Named{Vendor: "aws", Technology: graph.TechSecret, Name: name}
	if parts := strings.SplitN(name, ":", 7); len(parts) > 5 && parts[0] == "arn" {
		n.Account, n.Name = parts[4], strings.TrimPrefix(parts[5], "parameter")
		parameter = parts[2] == "ssm"
		if len(parts) == 7 {
			n.Name = secretSuffix.ReplaceAllString(parts[6], "")
		}
	}
	if parameter {
		n.Technology = graph.TechConfig
	}
	return n
}

var secretSuffix = regexp.MustCompile(`-[A-Za-z0-9]{6}$`)

// googleSecret is a secret by its name, alone or with its project and version.
func googleSecret(name, project string) carried.Named {
	if parts := strings.Split(name, "/"); len(parts) >= 4 && parts[0] == "projects" && parts[2] == "secrets" {
		project, name = parts[1], parts[3]
	}
	return carried.Named{Vendor: "google", Technology: graph.TechSecret, Name: name, Account: project}
}

// fetch draws a flow from an operator to a Service of the cluster or a host outside, which
// it returns; nil for a Service.
func (c *cluster) fetch(operator *graph.Component, o *manifest.Object, host string, use call, technology graph.Technology) *graph.Component {
	operator.Parts = append(operator.Parts, address(o))
	found := located(host)
	if len(found) > 0 {
		host, use.port, use.encrypted = found[0].host, cmp.Or(found[0].port, use.port), found[0].encrypted
		use.protocol = cmp.Or(found[0].protocol, use.protocol)
	}
	if s := c.find(host, o.Namespace); s != nil {
		c.connect(operator, s, use)
		return nil
	}
	external := c.external(host, use.evidence[0].Source())
	if external.Technology == graph.TechSaaS {
		external.Technology = technology
	}
	c.drawFlow(operator, external, use, protocol{}, "")
	return external
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
