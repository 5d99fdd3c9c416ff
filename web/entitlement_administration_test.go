package web

import "strings"

// What coordinators keep in order is theirs alone; where an address names one of many, there is none of that name here.
var administrationEntitlements = concat(
	ofCoordinators("operations", "GET", "POST /examine", "GET /mend", "POST /mend"),
	kept("people", "{id}", "GET", "GET /edit", "POST /edit", "POST /roles", "POST /roles/remove", "GET /leave", "POST /leave", "POST /return",
		"GET /hand-over", "POST /hand-over", "GET /hand-over/{hand_over}"),
	kept("organisations", "{id}", "GET", "GET /edit", "POST /edit", "GET /remove", "POST /remove"),
	ofCoordinators("contacts", "GET", "POST", "GET /notices", "POST /notices", "GET /notices/send", "POST /notices/send",
		"GET /notices/holder", "POST /notices/holder"),
	ofOne("contacts/notices", "GET /preview"), // nobody is owed a notice

	ofOne("contacts/{id}", "GET", "POST", "POST /sheet", "POST /columns", "GET /undo", "POST /undo"),
	kept("authorities", "{id}", "GET", "GET /edit", "POST /edit", "GET /retire", "POST /retire", "POST /reinstate", "GET /remove", "POST /remove"),
	kept("grants", "{id}", "GET", "GET /edit", "POST /edit", "GET /countries/{code}", "POST /countries/{code}", "GET /emblem", "POST /emblem",
		"GET /emblem/{language}", "POST /emblem/{language}",
		"GET /remove", "POST /remove"),
	reference("topics"), reference("challenges"), reference("languages"), reference("countries"),
	ofCoordinators("zone", "GET", "POST"),
	ofCoordinators("reports", "GET", "GET /{id}", "POST /{id}/quarantine", "POST /{id}/release", "POST /{id}/passage"),
	ofOne("reports/{id}", "POST /settle"),
	ofCoordinators("procedures", "GET"),
	ofOne("procedures/{slug}", "GET", "GET /edit", "POST /edit", "GET /yaml", "POST /yaml", "GET /restore", "POST /restore", "GET /copy", "POST /copy", "GET /remove", "POST /remove"),
)

// kept is a list to which one can be added, and what can be done with one of it.
func kept(list, one string, acts ...string) []entitlement {
	return append(ofCoordinators(list, "GET", "GET /new", "POST /new"), ofOne(list+"/"+one, acts...)...)
}

// reference is one of the short lists that texts refer to.
func reference(list string) []entitlement {
	return kept(list, "{key}", "GET", "POST", "POST /raise", "GET /remove", "POST /remove")
}

func ofCoordinators(area string, acts ...string) []entitlement {
	return below(area, coordinators, acts)
}

func ofOne(area string, acts ...string) []entitlement { return below(area, strangeImport, acts) }

// below are acts at and below an address of the administration.
func below(area, letters string, acts []string) []entitlement {
	var all []entitlement
	for _, act := range acts {
		method, path, _ := strings.Cut(act, " ")
		all = append(all, once(method+" /administration/"+area+path, letters))
	}
	return all
}
