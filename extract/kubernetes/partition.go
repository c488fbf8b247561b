package kubernetes

import (
	"cmp"
	"maps"
	"path"
	"slices"
	"strings"

	"drawbridge/extract/kubernetes/manifest"
)

// objectSet is the objects that live in one cluster. Its folder, the first of
// those that they come from, names it where there are several.
type objectSet struct {
	folder  string
	folders []string
	objects []*manifest.Object
	byID    map[objectID]*manifest.Object
}

type objectID struct{ group, kind, namespace, name string }

func idOf(o *manifest.Object) objectID {
	return objectID{o.Group, o.Kind, o.Namespace, o.Name}
}

// unit is what is applied together: the manifests of a folder, or what a chart or
// a kustomization in it makes.
type unit struct {
	folder   string
	rendered bool
}

func (u unit) compare(v unit) int {
	if u.folder == v.folder && u.rendered != v.rendered {
		if v.rendered {
			return -1
		}
		return 1
	}
	return strings.Compare(u.folder, v.folder)
}

// partition decides which objects live together. A repository often holds
// several deployments of one application in folders side by side: releases,
// flavours, environments. Two folders that define the same workload or Service
// with different contents cannot be applied to one cluster, so they are in two.
// Versions of images don't count: what is released lags behind what is developed,
// and a new tag must not make a second cluster out of it, or one of two.
// A folder that contradicts none joins the cluster whose folders are nearest to
// it in the tree, else the first. Within a folder the first definition wins, as
// it does between folders for everything but workloads and Services.
func (t table) partition(objects []*manifest.Object) []*objectSet {
	byFolder := map[unit][]*manifest.Object{}
	for _, o := range objects {
		u := unit{folder: o.Root, rendered: true}
		if o.Root == "" {
			u = unit{folder: path.Dir(o.File)}
		}
		byFolder[u] = append(byFolder[u], o)
	}
	var sets []*objectSet
	for _, u := range slices.SortedFunc(maps.Keys(byFolder), unit.compare) {
		folder, members := u.folder, byFolder[u]
		var best *objectSet
		var bestNear nearness
		for _, s := range sets {
			if s.contradicts(u, members, t) {
				continue
			}
			if near := s.nearnessOf(folder); best == nil || near.compare(bestNear) > 0 {
				best, bestNear = s, near
			}
		}
		if best == nil {
			best = &objectSet{folder: folder, byID: map[objectID]*manifest.Object{}}
			sets = append(sets, best)
		}
		best.add(folder, members)
	}
	return sets
}

func (s *objectSet) add(folder string, objects []*manifest.Object) {
	s.folders = append(s.folders, folder)
	s.objects = append(s.objects, objects...)
	for _, o := range objects {
		if _, ok := s.byID[idOf(o)]; !ok {
			s.byID[idOf(o)] = o
		}
	}
}

// contradicts tells whether a unit cannot join the set. What a chart or a
// kustomization makes is applied as a whole: any other difference keeps it apart.
func (s *objectSet) contradicts(u unit, objects []*manifest.Object, t table) bool {
	for _, o := range objects {
		other := s.byID[idOf(o)]
		if other == nil {
			continue
		}
		if row, _ := t.lookup(o); (row.decides() || u.rendered && other.Root != "") && !other.Alike(o) {
			return true
		}
	}
	return false
}

// nearness is how much of its path a folder shares with another: whole elements
// first, then bytes ("shop-policies" belongs to "shop").
type nearness struct{ elements, bytes int }

func (n nearness) compare(o nearness) int {
	return cmp.Or(cmp.Compare(n.elements, o.elements), cmp.Compare(n.bytes, o.bytes))
}

// nearnessOf measures a folder against the nearest of the set's folders.
func (s *objectSet) nearnessOf(folder string) nearness {
	var best nearness
	for _, f := range s.folders {
		if n := (nearness{sharedElements(folder, f), sharedBytes(folder, f)}); n.compare(best) > 0 {
			best = n
		}
	}
	return best
}

func sharedElements(a, b string) int {
	as, bs := strings.Split(a, "/"), strings.Split(b, "/")
	n := 0
	for n < len(as) && n < len(bs) && as[n] == bs[n] {
		n++
	}
	return n
}

func sharedBytes(a, b string) int {
	n := 0
	for n < len(a) && n < len(b) && a[n] == b[n] {
		n++
	}
	return n
}
