package manifest

import (
	"cmp"

	"go.yaml.in/yaml/v3"
)

// Place gives an object that was rendered the places of what it was rendered
// from: a file, and the line there for each line of the object. Where line gives
// 0, there is none.
func (o *Object) Place(file string, line func(int) int) {
	o.File = file
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		n.Line = line(n.Line)
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(o.node)
}

// Follow gives an object that was made of another, by patches and the like, the
// places of the other: a field has the line of the same field there, and one that
// is new the line of what it was added to. An entry of a list is the same if it
// has the same name, and stands at the same place if it has none.
func (o *Object) Follow(from *Object) {
	o.File = from.File
	follow(o.node, resolve(from.node), from.node.Line)
}

func follow(n, from *yaml.Node, line int) {
	n.Line = line
	if from != nil && n.Kind == from.Kind {
		n.Style = from.Style // tells where the text of a block begins
	}
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			place, value := step(from, n.Content[i].Value)
			n.Content[i].Line = line
			if place != nil {
				n.Content[i].Line = place.Line
			}
			follow(n.Content[i+1], value, n.Content[i].Line)
		}
	case yaml.SequenceNode:
		for i, entry := range n.Content {
			place, value := step(from, indexLike(from, entry, i))
			if place != nil {
				follow(entry, value, place.Line)
				continue
			}
			follow(entry, nil, line)
		}
	}
}

// indexLike returns the index in a list of what has the name of an entry that
// stands at i in another.
func indexLike(list, entry *yaml.Node, i int) int {
	name := nameIn(entry)
	if name == "" || list == nil {
		return i
	}
	for j, other := range list.Content {
		if nameIn(other) == name {
			return j
		}
	}
	return cmp.Or(len(list.Content), -1) // none
}

func nameIn(n *yaml.Node) string {
	if name := child(n, "name"); name != nil && name.Kind == yaml.ScalarNode {
		return name.Value
	}
	return ""
}
