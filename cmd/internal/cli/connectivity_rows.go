package cli

import (
	"bufio"
	"encoding/json"
	"iter"

	"drawbridge/extract/kubernetes/netpol"
)

// rowWriter writes connections as JSON, an object each:
//
//	{"src":"shop/web[Deployment]","dst":"shop/db[StatefulSet]","conns":["TCP 5432"]}
//
// where "unknown":true follows if a policy that is not evaluated governs the connection.
// The names are a contract. There can be tens of millions of few peers and fewer sets of
// connections, so each of these is put into JSON once.
type rowWriter struct {
	w     *bufio.Writer
	names map[string][]byte
	conns map[*string][2][]byte // by the first of their words: certain, and unknown

	src   string // of the last row
	begin []byte // with that source
}

func newRowWriter(w *bufio.Writer) *rowWriter {
	return &rowWriter{w: w, names: map[string][]byte{}, conns: map[*string][2][]byte{}}
}

// write writes the rows that are wanted as an array.
func (r *rowWriter) write(rows iter.Seq[netpol.Connection], wanted func(netpol.Connection) bool) error {
	r.w.WriteByte('[')
	first := true
	for c := range rows {
		if !wanted(c) {
			continue
		}
		if !first {
			r.w.WriteByte(',')
		}
		first = false
		if err := r.row(c); err != nil {
			return err
		}
	}
	_, err := r.w.WriteString("]")
	return err
}

func (r *rowWriter) row(c netpol.Connection) error {
	if src := c.Src.String(); r.begin == nil || src != r.src {
		name, err := r.peer(c.Src)
		if err != nil {
			return err
		}
		r.src, r.begin = src, append(append([]byte("\n{\"src\":"), name...), `,"dst":`...)
	}
	dst, err := r.peer(c.Dst)
	if err != nil {
		return err
	}
	end, err := r.ending(c)
	if err != nil {
		return err
	}
	r.w.Write(r.begin)
	r.w.Write(dst)
	_, err = r.w.Write(end)
	return err
}

// peer is the name of a peer in JSON. Ranges of addresses are many, and not kept.
func (r *rowWriter) peer(p netpol.Peer) ([]byte, error) {
	if p.Name == "" {
		return json.Marshal(p.String())
	}
	if name, ok := r.names[p.Name]; ok {
		return name, nil
	}
	name, err := json.Marshal(p.Name)
	r.names[p.Name] = name
	return name, err
}

// ending is what follows the peers.
func (r *rowWriter) ending(c netpol.Connection) ([]byte, error) {
	words := c.Conns.Strings()
	ends, ok := r.conns[&words[0]] // a connection is never empty
	if !ok {
		text, err := json.Marshal(words)
		if err != nil {
			return nil, err
		}
		text = append([]byte(`,"conns":`), text...)
		ends = [2][]byte{append(text[:len(text):len(text)], '}'), append(text[:len(text):len(text)], `,"unknown":true}`...)}
		r.conns[&words[0]] = ends
	}
	if c.Unknown {
		return ends[1], nil
	}
	return ends[0], nil
}
