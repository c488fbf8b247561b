package terraform

import (
	"fmt"
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// contents are the attributes of what stores keep for others.
var contents = []struct {
	typ, attr string
	// file is set where the attribute is the path of a file that is stored.
	file bool
}{
	{typ: "aws_s3_bucket_object", attr: "content"},
	{typ: "aws_s3_bucket_object", attr: "content_base64"},
	{typ: "aws_s3_bucket_object", attr: "source", file: true},
	{typ: "aws_s3_object", attr: "content"},
	{typ: "aws_s3_object", attr: "content_base64"},
	{typ: "aws_s3_object", attr: "source", file: true},
	{typ: "aws_secretsmanager_secret_version", attr: "secret_string"},
	{typ: "aws_ssm_parameter", attr: "value"},
	{typ: "azurerm_key_vault_secret", attr: "value"},
	{typ: "azurerm_storage_blob", attr: "source", file: true},
	{typ: "azurerm_storage_blob", attr: "source_content"},
	{typ: "github_actions_environment_secret", attr: "plaintext_value"},
	{typ: "github_actions_secret", attr: "plaintext_value"},
	{typ: "gitlab_project_variable", attr: "value"},
	{typ: "google_secret_manager_secret_version", attr: "secret_data"},
	{typ: "google_storage_bucket_object", attr: "content"},
	{typ: "google_storage_bucket_object", attr: "source", file: true},
}

// Bounds of the files that are looked into for credentials.
const (
	maxContentFile  = 64 << 10
	maxContentFiles = 200
)

// held is a value that a component holds for whoever can read it.
type held struct {
	by   *component
	r    *resource
	v    eval.Value
	text string // what is known of it
	file string // path of the file that it is, "" for none
}

// heldValues returns what stores keep for others and what processes are configured with.
func (b *builder) heldValues() []held {
	var out []held
	files := 0
	for _, x := range contents {
		for _, r := range b.byType[x.typ] {
			v := r.Body.Get(x.attr)
			text, known := v.Text()
			if v.IsNull() {
				continue
			}
			path := ""
			if x.file {
				if files++; !known || files > maxContentFiles {
					continue
				}
				text, path = b.result.File(text, maxContentFile)
			}
			for _, c := range r.owners {
				out = append(out, held{c, r, v, text, path})
			}
		}
	}
	for _, c := range b.order {
		if c.Kind != graph.Process {
			continue
		}
		for _, r := range c.resources {
			for _, attr := range secretPlaces {
				for _, v := range r.Body.All(attr) {
					text, _ := v.JSON()
					out = append(out, held{by: c, r: r, v: v, text: text})
				}
			}
		}
	}
	return out
}

// openings makes grants of what is held: access keys, private keys and passwords
// open what they are for, wherever they lie.
func (b *builder) openings() {
	all := b.heldValues()
	if len(all) == 0 {
		return
	}
	logins, passwords := b.logins(), b.passwords()
	for i := range all {
		h := &all[i]
		b.heldKeys(h)
		for _, l := range logins {
			if l.opensWith(h) {
				b.grant(h.by, l.machine, "holds its private key", graph.AbilityExecute, false, atValue(h.r, h.v, "holds the private key that it lets in"))
			}
		}
		for _, p := range passwords {
			if p.store != h.by && p.standsIn(h) {
				b.grant(h.by, p.store, "holds its password", graph.AbilityRead, false, atValue(h.r, h.v, fmt.Sprintf("holds the password of %s", p.store.Name)))
			}
		}
		if h.by.Kind == graph.Store && h.by.Technology != graph.TechSecret {
			b.storedCredential(h)
		}
	}
}

// storedCredential tells that a credential lies in a store for other things.
func (b *builder) storedCredential(h *held) {
	name := h.r.Name
	if keeps := h.by.Technology; keeps == graph.TechObject || keeps == graph.TechFile {
		// A page with a form for passwords is no password: what is kept must be a
		// credential by its own form, or open something.
		if certainSecret(h.text) || holdsMadeSecret(h.v) || opens(b, h) {
			h.by.Set(graph.PropSecretInConfig, graph.Yes, atValue(h.r, h.v, name+", which is kept in it, holds a credential in plain text"))
		}
		return
	}
	if h.by.Technology == graph.TechConfig && h.by.Is(graph.PropEncryptedAtRest) == graph.Yes {
		return // an encrypted parameter is a secret store
	}
	if n, _, ok := findSecret(name, h.v, 0); ok {
		name = n
	} else if !opens(b, h) {
		return
	}
	h.by.Set(graph.PropSecretInConfig, graph.Yes, atValue(h.r, h.v, name+", which is kept in it, holds a credential in plain text"))
}

// opens reports whether a grant was made of a held value.
func opens(b *builder, h *held) bool {
	e := atValue(h.r, h.v, "")
	return slices.ContainsFunc(b.g.Grants, func(g *graph.Grant) bool {
		return g.From == h.by.ID && strings.HasPrefix(g.How, "holds its ") && slices.ContainsFunc(g.Evidence, func(x graph.Evidence) bool {
			return x.Address == e.Address && x.Source() == e.Source()
		})
	})
}

// heldKeys makes a grant where a value holds the access key of a user.
func (b *builder) heldKeys(h *held) {
	for _, ref := range h.v.Refs() {
		for _, key := range b.at(ref.Address) {
			if !slices.Contains(accessKeys, key.Type) {
				continue
			}
			for _, user := range key.owners {
				b.grant(h.by, user, "holds its access key", graph.AbilityAssume, false, atValue(h.r, h.v, "holds the user's access key"))
			}
		}
	}
}

// accessKeys are the types that are long-lived keys of their owner.
var accessKeys = []string{
	"aws_iam_access_key", "azuread_application_password", "azuread_service_principal_password", "google_service_account_key",
}

// login is a public key that a machine lets in, by what it derives from.
type login struct {
	machine *component
	made    []string // addresses of the resources that made the pair
	files   []string // paths of private keys, as their public halves are named
}

// logins finds the public keys of machines: in key pairs that they name, and in
// attributes of their own.
func (b *builder) logins() []login {
	var out []login
	for _, c := range b.order {
		if c.Technology != graph.TechServer {
			continue
		}
		for _, r := range c.resources {
			for _, attr := range []string{"admin_ssh_key.public_key", "metadata.ssh-keys", "ssh_keys.key_data"} {
				for _, v := range r.Body.All(attr) {
					out = append(out, login{c, nil, nil}.by(v))
				}
			}
			for _, attr := range []string{"key_name", "key_pair"} {
				for _, ref := range r.Body.Get(attr).Refs() {
					for _, pair := range b.at(ref.Address) {
						if v := pair.Body.Get("public_key"); !v.IsNull() {
							out = append(out, login{c, nil, nil}.by(v))
						}
					}
				}
			}
		}
	}
	return slices.DeleteFunc(out, func(l login) bool { return len(l.made)+len(l.files) == 0 })
}

// by adds what a public key derives from. Key generators write the public half of
// FILE to FILE.pub.
func (l login) by(v eval.Value) login {
	for _, ref := range v.Refs() {
		if path, ok := eval.AbsentFile(ref.Address); ok {
			if private, ok := strings.CutSuffix(path, ".pub"); ok {
				l.files = append(l.files, private)
			}
		} else if typeOf(ref.Address) == "tls_private_key" {
			l.made = append(l.made, ref.Address)
		}
	}
	return l
}

func (l *login) opensWith(h *held) bool {
	if h.by == l.machine {
		return false
	}
	for _, ref := range h.v.Refs() {
		if path, ok := eval.AbsentFile(ref.Address); ok && slices.Contains(l.files, path) {
			return true
		}
		if slices.Contains(l.made, ref.Address) && strings.HasPrefix(ref.Attr, "private_key") {
			return true
		}
	}
	return h.file != "" && slices.Contains(l.files, h.file)
}

// password is what a store asks for.
type password struct {
	store *component
	text  string   // as it is written out, "" for none
	made  []string // what else it derives from: a generator, a variable without a value
}

// leastPassword is the length from which a text that is found again is no accident.
const leastPassword = 8

// passwords finds the passwords that stores are given.
func (b *builder) passwords() []password {
	var out []password
	for _, c := range b.order {
		if c.Kind != graph.Store {
			continue
		}
		for _, r := range c.resources {
			for _, name := range r.Body.Names() {
				if !strings.HasSuffix(name, "password") {
					continue
				}
				v := r.Body.Attrs[name]
				p := password{store: c}
				if text, ok := v.Literal(); ok && isString(v) && len(text) >= leastPassword && !isPlaceholder(text) {
					p.text = text
				}
				// As a whole: what only is a part of it, a suffix say, stands in many places.
				if refs, text := v.Refs(), textOf(v); len(refs) == 1 && (text == "" || text == eval.Token(refs[0].Address)) {
					if typ := typeOf(refs[0].Address); typ == "random_password" || typ == "random_string" || strings.HasPrefix(refs[0].Address, "var.") {
						p.made = append(p.made, refs[0].Address)
					}
				}
				if p.text != "" || len(p.made) > 0 {
					out = append(out, p)
				}
			}
		}
	}
	return out
}

func textOf(v eval.Value) string {
	s, _ := v.Text()
	return s
}

func (p *password) standsIn(h *held) bool {
	if p.text != "" && strings.Contains(h.text, p.text) {
		return true
	}
	return slices.ContainsFunc(h.v.Refs(), func(r eval.Ref) bool { return slices.Contains(p.made, r.Address) })
}
