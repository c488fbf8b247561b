package terraform

import (
	"slices"
	"strings"

	"drawbridge/extract/terraform/eval"
	"drawbridge/graph"
)

// readLakePermissions is the semantic of a data lake's permissions, which count
// beside those of identity policies: on a location, or on a database or table of the
// catalog, which lie in a bucket.
// AWS Lake Formation Developer Guide, "Lake Formation permissions reference".
func readLakePermissions(b *builder, r *resource) {
	var words []string
	does := graph.AbilityRead
	permissions := r.Body.Get("permissions")
	for _, e := range permissions.Elements() {
		word, ok := e.Literal()
		if !ok {
			continue
		}
		words = append(words, word)
		switch {
		case word == "ALL" || word == "SUPER_USER":
			does = graph.AbilityAdminister
		case slices.Contains([]string{"INSERT", "DELETE", "ALTER", "DROP", "CREATE_TABLE", "CREATE_DATABASE", "DATA_LOCATION_ACCESS"}, word) && does == graph.AbilityRead:
			does = graph.AbilityWrite
		}
	}
	if len(words) == 0 {
		return
	}
	how := "lakeformation " + strings.Join(firstFew(words), ", ")
	for _, who := range b.targets(r.Body.Get("principal")) {
		for _, path := range []string{"data_location.arn", "database.name", "table.name", "table.database_name", "table_with_columns.name", "table_with_columns.database_name"} {
			for _, v := range r.Body.All(path) {
				for _, c := range b.targets(v) {
					b.grant(who, c, how, does, false, atValue(r, permissions, "data lake permission"))
				}
			}
		}
	}
}

// readLakeAdmins is the semantic of who administers the data lake: all locations that
// are registered with it.
func readLakeAdmins(b *builder, r *resource) {
	for _, v := range r.Body.All("admins") {
		for _, who := range b.targets(v) {
			for _, location := range b.byType["aws_lakeformation_resource"] {
				if location.Mode != eval.Managed {
					continue
				}
				for _, c := range location.owners {
					b.grant(who, c, "administers the data lake", graph.AbilityAdminister, false, atValue(r, v, "administrator of the data lake"))
				}
			}
		}
	}
}
