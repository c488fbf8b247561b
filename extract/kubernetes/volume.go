package kubernetes

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"drawbridge/extract/carried"
	"drawbridge/extract/kubernetes/manifest"
	"drawbridge/graph"
)

// A disk is a part of the workload that mounts it. A file system or bucket that others
// reach over the network, too, is a store of its own.

// volume is a PersistentVolume.
type volume struct {
	object *manifest.Object
	spec   corev1.PersistentVolumeSpec
}

// claim is a PersistentVolumeClaim.
type claim struct {
	object *manifest.Object
	spec   corev1.PersistentVolumeClaimSpec
}

func readVolume(c *cluster, o *manifest.Object) {
	v := &volume{object: o}
	c.decode(&v.spec, o, "spec")
	c.volumes[o.Name] = v
	if ref := v.spec.ClaimRef; ref != nil {
		c.claimed[key{cmp.Or(ref.Namespace, "default"), ref.Name}] = v
	}
}

func readClaim(c *cluster, o *manifest.Object) {
	p := &claim{object: o}
	c.decode(&p.spec, o, "spec")
	c.claims[key{o.Namespace, o.Name}] = p
}

func readStorageClass(c *cluster, o *manifest.Object) { c.storageClasses[o.Name] = o }

// sharedDriver is a CSI driver of what is reached over the network.
type sharedDriver struct {
	vendor     string
	technology graph.Technology
	label      string
	protocol   string
	port       int
	encrypted  graph.Truth
	// name tells it by the handle of a volume and its attributes, "" where they do not.
	name func(handle string, attributes map[string]string) string
	// parameter is that of a StorageClass which names it, "" where the driver makes new ones.
	parameter string
}

func handleUpTo(separator string) func(string, map[string]string) string {
	return func(handle string, _ map[string]string) string {
		name, _, _ := strings.Cut(handle, separator)
		return name
	}
}

// attribute finds an attribute without regard to case, as the drivers do.
func attribute(attributes map[string]string, name string) string {
	for k, v := range attributes {
		if strings.EqualFold(k, name) {
			return v
		}
	}
	return ""
}

func bucketName(handle string, attributes map[string]string) string {
	return cmp.Or(attribute(attributes, "bucketName"), handle)
}

// azureAccount finds the account in the attributes, or in group#account#share.
func azureAccount(handle string, attributes map[string]string) string {
	if name := attribute(attributes, "storageAccount"); name != "" {
		return name
	}
	if parts := strings.Split(handle, "#"); len(parts) >= 3 {
		return parts[1]
	}
	return ""
}

// sharedDrivers are documented at
// https://github.com/kubernetes-sigs/aws-efs-csi-driver, https://github.com/kubernetes-sigs/aws-fsx-csi-driver,
// https://github.com/awslabs/mountpoint-s3-csi-driver, https://github.com/kubernetes-sigs/gcp-filestore-csi-driver,
// https://cloud.google.com/kubernetes-engine/docs/how-to/cloud-storage-fuse-csi-driver-pv,
// https://github.com/kubernetes-sigs/azurefile-csi-driver and https://github.com/kubernetes-sigs/blob-csi-driver.
var sharedDrivers = map[string]sharedDriver{
	"efs.csi.aws.com": {"aws", graph.TechFile, "EFS file system", "nfs", 2049, graph.Unknown, handleUpTo(":"), "fileSystemId"},
	"fsx.csi.aws.com": {"aws", graph.TechFile, "FSx file system", "lustre", 988, graph.Unknown, handleUpTo(":"), ""},
	"s3.csi.aws.com":  {"aws", graph.TechObject, "bucket", "https", 443, graph.Yes, bucketName, ""},
	"filestore.csi.storage.gke.io": {"google", graph.TechFile, "Filestore", "nfs", 2049, graph.Unknown, func(handle string, _ map[string]string) string {
		if parts := strings.Split(handle, "/"); len(parts) >= 3 { // modeInstance/zone/instance/share
			return parts[2]
		}
		return ""
	}, ""},
	"gcsfuse.csi.storage.gke.io": {"google", graph.TechObject, "bucket", "https", 443, graph.Yes, bucketName, ""},
	"file.csi.azure.com":         {"azurerm", graph.TechObject, "storage account", "smb", 445, graph.Unknown, azureAccount, "storageAccount"},
	"blob.csi.azure.com":         {"azurerm", graph.TechObject, "storage account", "https", 443, graph.Yes, azureAccount, "storageAccount"},
}

// linkVolumes draws the flows to the file systems and buckets that a workload mounts.
func (c *cluster) linkVolumes(w *workload) {
	for i, v := range w.pod.Spec.Volumes {
		path := w.field("spec", "volumes", i)
		evidence := w.because("it mounts volume "+v.Name, path...)
		switch {
		case v.NFS != nil:
			c.mountServer(w, v.NFS.Server, evidence)
		case v.CSI != nil:
			c.mount(w, w.object, v.CSI.Driver, "", v.CSI.VolumeAttributes, evidence, append(path, "csi")...)
		case v.PersistentVolumeClaim != nil:
			if p := c.claims[key{w.namespace, v.PersistentVolumeClaim.ClaimName}]; p != nil {
				w.component.Parts = append(w.component.Parts, address(p.object))
				c.mountClaim(w, p.object, p.spec, evidence)
			}
		case v.Ephemeral != nil && v.Ephemeral.VolumeClaimTemplate != nil:
			c.mountClaim(w, nil, v.Ephemeral.VolumeClaimTemplate.Spec, evidence)
		}
	}
	var templates []corev1.PersistentVolumeClaim
	// What has the wrong type names nothing.
	_ = w.object.Decode(&templates, "spec", "volumeClaimTemplates")
	for i, t := range templates {
		c.mountClaim(w, nil, t.Spec, w.because("it claims volume "+t.Name, "spec", "volumeClaimTemplates", i))
	}
}

// mountClaim follows a claim to its volume, else to its class. claimed is nil for a template.
func (c *cluster) mountClaim(w *workload, claimed *manifest.Object, spec corev1.PersistentVolumeClaimSpec, evidence graph.Evidence) {
	v := c.volumes[spec.VolumeName]
	if v == nil && claimed != nil {
		v = c.claimed[key{claimed.Namespace, claimed.Name}]
	}
	if v != nil {
		w.component.Parts = append(w.component.Parts, address(v.object))
		switch {
		case v.spec.NFS != nil:
			c.mountServer(w, v.spec.NFS.Server, because("PersistentVolume "+v.object.Name+" lies there", v.object, "spec", "nfs", "server"), evidence)
		case v.spec.CSI != nil:
			c.mount(w, v.object, v.spec.CSI.Driver, v.spec.CSI.VolumeHandle, v.spec.CSI.VolumeAttributes, evidence, "spec", "csi")
		}
		return
	}
	if spec.StorageClassName == nil {
		return
	}
	class := c.storageClasses[*spec.StorageClassName]
	if class == nil {
		return
	}
	var driver string
	var parameters map[string]string
	c.decode(&driver, class, "provisioner")
	c.decode(&parameters, class, "parameters")
	if d, ok := sharedDrivers[driver]; ok && d.parameter != "" && attribute(parameters, d.parameter) != "" {
		c.mountShared(w, d, attribute(parameters, d.parameter), class.Marks("parameters", d.parameter),
			because("StorageClass "+class.Name+" makes its volumes there", class, "parameters"), evidence)
	}
}

// mount draws the flow to what a driver mounts.
func (c *cluster) mount(w *workload, o *manifest.Object, driver, handle string, attributes map[string]string, evidence graph.Evidence, path ...any) {
	for _, field := range []string{"server", "source"} { // of the drivers for NFS and SMB
		if host := attribute(attributes, field); host != "" && (driver == "nfs.csi.k8s.io" || driver == "smb.csi.k8s.io") {
			host, _, _ = strings.Cut(strings.TrimPrefix(host, "//"), "/")
			c.mountServer(w, host, because("the volume lies there", o, append(path, "volumeAttributes")...), evidence)
			return
		}
	}
	d, ok := sharedDrivers[driver]
	if !ok {
		return // a disk, or made by the driver for the pod
	}
	name := d.name(handle, attributes)
	if name == "" {
		return
	}
	marks := o.Marks(append(slices.Clone(path), "volumeHandle")...)
	for _, k := range slices.Sorted(maps.Keys(attributes)) {
		marks = append(marks, o.Marks(append(slices.Clone(path), "volumeAttributes", k)...)...)
	}
	c.mountShared(w, d, name, marks, because(fmt.Sprintf("driver %s mounts %s %s", driver, d.label, name), o, path...), evidence)
}

// mountShared draws the flow to a thing of a cloud: of the carrying root, else one outside
// that another root may make.
func (c *cluster) mountShared(w *workload, d sharedDriver, name string, marks []string, evidence ...graph.Evidence) {
	use := call{protocol: d.protocol, port: d.port, encrypted: d.encrypted, basis: graph.Declared, evidence: evidence}
	if words := c.referred(name, marks); len(words) > 0 {
		for _, word := range words {
			c.use(w.component, c.carried.Refs[word], use)
		}
		return
	}
	outside := c.add(graph.Component{ID: name, Kind: graph.External, Name: name, Address: name, Label: d.label, Technology: d.technology, Source: evidence[0].Source()})
	c.drawFlow(w.component, outside, use, protocol{}, "")
	c.nameThing(w.component, carried.Named{Vendor: d.vendor, Technology: d.technology, Name: name, Instead: outside.ID}, use)
}

// mountServer draws the flow to a file server: of the cluster, of the carrying root, or outside.
func (c *cluster) mountServer(w *workload, host string, evidence ...graph.Evidence) {
	if host == "" || isLocal(host) {
		return
	}
	use := call{protocol: "nfs", port: 2049, basis: graph.Declared, evidence: evidence}
	if words := c.referred(host, nil); len(words) > 0 {
		for _, word := range words {
			c.use(w.component, c.carried.Refs[word], use)
		}
		return
	}
	if s := c.find(host, w.namespace); s != nil {
		c.connect(w.component, s, use)
		return
	}
	outside := c.external(host, evidence[0].Source())
	if outside.Technology == graph.TechSaaS || outside.Technology == graph.TechNetwork {
		outside.Technology, outside.Label = graph.TechFile, "file server"
	}
	c.drawFlow(w.component, outside, use, protocol{}, "")
}
