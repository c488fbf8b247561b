package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"sigs.k8s.io/yaml"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// providerClass is a SecretProviderClass: what the Secrets Store CSI driver mounts into a
// pod, out of a store that it asks in the pod's name:
// https://secrets-store-csi-driver.sigs.k8s.io/concepts.html.
type providerClass struct {
	object     *manifest.Object
	provider   string
	parameters map[string]string
}

const secretsStoreDriver = "secrets-store.csi.k8s.io"

func readProviderClass(c *cluster, o *manifest.Object) {
	p := &providerClass{object: o}
	c.decode(&p.provider, o, "spec", "provider")
	c.decode(&p.parameters, o, "spec", "parameters")
	c.providerClasses[key{o.Namespace, o.Name}] = p
}

// linkProviderClasses draws from where the secrets come that a workload mounts.
func (c *cluster) linkProviderClasses(w *workload) {
	for i, v := range w.pod.Spec.Volumes {
		if v.CSI == nil || v.CSI.Driver != secretsStoreDriver {
			continue
		}
		name := v.CSI.VolumeAttributes["secretProviderClass"]
		p := c.providerClasses[key{w.namespace, name}]
		if p == nil {
			c.note("unresolved-reference", w.object, fmt.Sprintf("volume %s mounts secrets by SecretProviderClass %s, which the input does not have", v.Name, name),
				"scan it together with that", w.field("spec", "volumes", i)...)
			continue
		}
		evidence := w.because("volume "+v.Name+" mounts secrets by SecretProviderClass "+name, w.field("spec", "volumes", i)...)
		for _, from := range p.sources() {
			use := call{protocol: "https", port: 443, encrypted: graph.Yes, basis: graph.Declared, evidence: []graph.Evidence{
				because(fmt.Sprintf("SecretProviderClass %s takes them from %s", name, from.host), p.object, "spec", "parameters"), evidence,
			}}
			outside := c.fetch(w.component, p.object, from.host, use, graph.TechSecret)
			if outside == nil {
				continue
			}
			for _, n := range from.things {
				n.Instead = outside.ID
				c.nameThing(w.component, n, use)
			}
		}
	}
}

// secretSource is a host and what is taken from behind it.
type secretSource struct {
	host   string
	things []carried.Named
}

// sources tells the stores of the providers that the driver's documentation lists.
func (p *providerClass) sources() []secretSource {
	switch strings.ToLower(p.provider) {
	case "aws":
		return p.fromAWS()
	case "gcp":
		var secrets []struct {
			Name string `json:"resourceName"`
		}
		_ = yaml.Unmarshal([]byte(p.parameters["secrets"]), &secrets) // what does not parse names nothing
		from := secretSource{host: "secretmanager.googleapis.com"}
		for _, s := range secrets {
			from.things = append(from.things, googleSecret(s.Name, ""))
		}
		return []secretSource{from}
	case "azure":
		name := cmp.Or(p.parameters["keyvaultName"], p.parameters["keyVaultName"])
		if name == "" {
			return nil
		}
		return []secretSource{{name + ".vault.azure.net", []carried.Named{{Vendor: "azurerm", Technology: graph.TechSecret, Name: name}}}}
	case "vault":
		if server := p.parameters["vaultAddress"]; server != "" {
			return []secretSource{{host: server}}
		}
		return []secretSource{{host: "vault"}}
	}
	return nil
}

// fromAWS parts the objects by the service that holds them:
// https://github.com/aws/secrets-store-csi-driver-provider-aws.
func (p *providerClass) fromAWS() (out []secretSource) {
	var objects []struct {
		Name string `json:"objectName"`
		Type string `json:"objectType"`
	}
	_ = yaml.Unmarshal([]byte(p.parameters["objects"]), &objects)
	byHost := map[string][]carried.Named{}
	for _, o := range objects {
		n := awsSecret(o.Name, o.Type == "ssmparameter")
		host := "secretsmanager"
		if n.Technology == graph.TechConfig {
			host = "ssm"
		}
		if region := p.parameters["region"]; region != "" {
			host += "." + region
		}
		host += ".amazonaws.com"
		byHost[host] = append(byHost[host], n)
	}
	for _, host := range slices.Sorted(maps.Keys(byHost)) {
		out = append(out, secretSource{host, byHost[host]})
	}
	return out
}
