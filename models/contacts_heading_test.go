package models

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestColumnsAreKnownByWhatPeopleCallThem(t *testing.T) {
	for _, c := range []struct {
		kind         string
		header, want []string
	}{
		{ContactsPeople, []string{"First name", "Last Name", "E-Mail*", "Land", "Organization", "Phone"}, []string{"given_name", "family_name", "email", "country", "organisation", ""}},
		{ContactsPeople, []string{"Nume", "Prenume", "Adresă de e-mail", "Țara", "Limba", "ONG"}, []string{"family_name", "given_name", "email", "country", "language", "organisation"}},
		{ContactsPeople, []string{"NUME ŞI PRENUME", "Tara", "Email"}, []string{"name", "country", "email"}},
		{ContactsPeople, []string{"Emri", "Mbiemri", "Posta elektronike", "Shteti", "Gjuhët"}, []string{"given_name", "family_name", "email", "country", "languages"}},
		{ContactsPeople, []string{"Име", "Фамилия", "Ел. поща", "Държава", "Организация", "Роля"}, []string{"given_name", "family_name", "email", "country", "organisation", "role"}},
		{ContactsPeople, []string{"ime_i_prezime", "E-pošta (poslovna)", "Zemlja", "Organizacija", "Jezik"}, []string{"name", "email", "country", "organisation", "language"}},
		{ContactsPeople, []string{"Organisation", "Name", "Mail", "Mail"}, []string{"organisation", "name", "email", ""}},
		{ContactsOrganisations, []string{"Organizacija", "Vrsta", "Zemlje", "Član od", "Član do"}, []string{"name", "kind", "countries", "member_from", "member_until"}},
		{ContactsOrganisations, []string{"Denumirea organizației", "Tip", "Țări", "Membru din", "Ultima zi"}, []string{"name", "kind", "countries", "member_from", "member_until"}},
		{ContactsOrganisations, []string{"Bezeichnung", "1", ""}, []string{"", "", ""}},
	} {
		require.Equal(t, c.want, guessMapping(c.kind, c.header), c.header)
	}
}

// A heading that stood for two fields would go to whichever comes first.
func TestNoHeadingStandsForTwoFields(t *testing.T) {
	for kind, fields := range plainHeadings {
		of := map[string]string{}
		for field, headings := range fields {
			for h := range headings {
				require.Empty(t, of[h], "%s: %q of %s", kind, h, field)
				of[h] = field
			}
		}
	}
}
