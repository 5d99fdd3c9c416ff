package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"tribuna/models"
)

// roles are what people do in the network; each has a day, which is to do all that the role is there for.
var roles = []string{models.RoleOfficer, models.RoleExpert, models.RolePartner, models.RoleTranslator, models.RoleCoordinator, models.RoleReader}

// day is one way in which somebody went through the day of a role.
type day struct {
	role, language string
	width          int64
	scripts        bool
}

func (d day) String() string {
	return fmt.Sprintf("%-12s %5d px  %-8s scripts: %t", d.role, d.width, d.language, d.scripts)
}

// had says that somebody got to the end of a role's day on their screen, in their language.
func (v *visitor) had(role string) {
	v.days = append(v.days, day{role, v.language, v.width, v.scripts})
}

// everyRole holds the days that were told to what is promised to every role: a phone and a desktop, two languages, and
// a browser that runs no scripts.
func (h *house) everyRole(t *testing.T) {
	var table strings.Builder
	for _, role := range roles {
		widths, languages, scripts := map[int64]bool{}, map[string]bool{}, map[bool]bool{}
		for _, d := range h.days {
			if d.role == role {
				widths[d.width], languages[d.language], scripts[d.scripts] = true, true, true
				fmt.Fprintln(&table, d)
			}
		}
		assert.True(t, widths[phone] && widths[desktop], "%s: on a phone and on a desktop", role)
		assert.Greater(t, len(languages), 1, "%s: in two languages", role)
		assert.Len(t, scripts, 2, "%s: with scripts and without", role)
	}
	t.Log("Days that were told:\n" + table.String())
}
