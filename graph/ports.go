package graph

// AdministrationPorts are the ports by which machines and platforms are administered,
// as registered with IANA or documented by the programs that listen there.
var AdministrationPorts = []struct {
	Port int
	Name string
}{
	{22, "SSH (22)"},
	{23, "Telnet (23)"},
	{445, "SMB (445)"},
	{2375, "container engine (2375)"},
	{2376, "container engine (2376)"},
	{2379, "etcd (2379)"},
	{3389, "RDP (3389)"},
	{5900, "VNC (5900)"},
	{5985, "WinRM (5985)"},
	{5986, "WinRM (5986)"},
	{6443, "cluster API (6443)"},
	{10250, "node agent (10250)"},
}
