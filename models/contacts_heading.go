package models

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// ContactFields are the fields that columns can fill.
func ContactFields(kind string) []string {
	if kind == ContactsOrganisations {
		return []string{"name", "kind", "countries", "parent", "member_from", "member_until", "voting_unit"}
	}
	return []string{"name", "given_name", "family_name", "email", "language", "country", "languages", "topics", "organisation", "role"}
}

// contactHeadings are what columns are called in lists people keep, in the network's languages and, where lists from
// elsewhere are usual, in others. They are compared as plain words, see plainWords. Every line begins with English and goes
// on in the order bg, sq, ro, sr-Latn.
var contactHeadings = map[string]map[string][]string{
	ContactsPeople: {
		"name": {"name", "full name", "name and surname", "contact", "contact person", "person", "participant", "expert",
			"име", "имена", "име и фамилия", "трите имена", "лице за контакт", "участник", "експерт",
			"emri", "emër", "emri dhe mbiemri", "emër mbiemër", "emri mbiemri", "emri i plotë", "personi i kontaktit", "pjesëmarrësi",
			"nume", "numele", "nume și prenume", "numele și prenumele", "nume prenume", "prenume și nume", "nume complet", "persoana de contact", "persoană de contact", "participant",
			"ime", "ime i prezime", "prezime i ime", "ime prezime", "puno ime", "ime ili naziv", "kontakt osoba", "osoba za kontakt", "učesnik", "sudionik", "stručnjak"},
		"given_name": {"first name", "given name", "forename", "firstname",
			"собствено име", "първо име", "лично име", "emri i parë", "emri vetjak", "prenume", "prenumele", "vlastito ime", "osobno ime", "lično ime", "vorname"},
		"family_name": {"last name", "surname", "family name", "lastname",
			"фамилия", "фамилно име", "mbiemri", "mbiemër", "nume de familie", "numele de familie", "prezime", "nachname"},
		"email": {"email", "e mail", "mail", "email address", "e mail address", "mail address",
			"имейл", "имейл адрес", "ел поща", "електронна поща", "e mail адрес", "мейл",
			"adresa e emailit", "adresa e e mailit", "emaili", "posta elektronike", "adresa elektronike",
			"adresa de email", "adresa de e mail", "adresă de email", "adresă de e mail", "poșta electronică", "adresa electronică",
			"e mail adresa", "email adresa", "mail adresa", "e pošta", "e pošte", "adresa e pošte", "elektronska pošta", "elektronička pošta", "mejl"},
		"language": {"language", "written to in", "preferred language", "correspondence language", "locale", "lang",
			"език", "пишем му на", "език за кореспонденция", "предпочитан език", "gjuha", "gjuhë", "gjuha në të cilën i shkruhet", "gjuha e preferuar",
			"limba", "limbă", "limba în care i se scrie", "limba preferată", "limba de corespondență", "jezik", "pišemo na jeziku", "jezik komunikacije", "sprache"},
		"country": {"country", "country or territory", "territory", "country of residence", "country code",
			"държава", "страна", "държава или територия", "територия", "vendi", "vend", "shteti", "shtet", "vendi ose territori", "vendi i banimit",
			"țara", "țară", "țara sau teritoriul", "stat", "zemlja", "država", "zemlja ili teritorija", "država ili teritorij", "land"},
		"languages": {"languages", "reads", "reads and writes", "languages read", "languages spoken", "working languages", "other languages",
			"езици", "чете и пише на", "работни езици", "владеени езици", "gjuhët", "gjuhë të tjera", "lexon dhe shkruan", "gjuhët që njeh",
			"limbi", "limbile", "citește și scrie în", "limbi cunoscute", "limbi vorbite", "jezici", "čita i piše", "radni jezici", "znanje jezika", "sprachen"},
		"topics": {"topics", "topic", "topics known", "expertise", "fields", "field", "fields of expertise", "areas of expertise", "area of expertise", "themes", "subject", "subjects",
			"теми", "тема", "познава темите", "експертиза", "области", "области на експертиза", "temat", "tema", "temat që njeh", "ekspertiza", "fusha", "fushat", "fusha e ekspertizës",
			"teme", "temă", "teme cunoscute", "expertiză", "expertiza", "domenii", "domeniu", "domenii de expertiză", "teme koje poznaje", "oblasti", "oblast", "područja", "ekspertiza", "stručnost", "oblasti stručnosti"},
		"organisation": {"organisation", "organization", "employer", "institution", "affiliation", "company", "ngo",
			"организация", "институция", "работодател", "нпо", "organizata", "organizatë", "institucioni", "institucion", "punëdhënësi", "ojq", "ojf",
			"organizația", "organizație", "instituția", "instituție", "angajator", "ong", "organizacija", "institucija", "ustanova", "poslodavac", "nvo", "udruga", "udruženje"},
		"role": {"role", "function", "роля", "функция", "roli", "rol", "funksioni", "rolul", "funcția", "funcție", "uloga", "funkcija"},
	},
	ContactsOrganisations: {
		"name": {"name", "organisation", "organization", "organisation name", "organization name", "name of organisation", "name of the organisation", "institution", "ngo", "partner", "member",
			"име", "наименование", "организация", "име на организацията", "наименование на организацията", "институция", "партньор", "член",
			"emri", "emërtimi", "organizata", "emri i organizatës", "institucioni", "partneri", "anëtari",
			"nume", "denumire", "denumirea", "organizația", "organizație", "numele organizației", "denumirea organizației", "instituția", "partener", "membru",
			"naziv", "ime", "ime ili naziv", "organizacija", "naziv organizacije", "ime organizacije", "institucija", "ustanova", "partner", "član", "članica"},
		"kind": {"kind", "type", "category", "вид", "тип", "категория", "lloji", "tipi", "kategoria", "tip", "tipul", "fel", "categoria", "categorie", "vrsta", "kategorija"},
		"countries": {"countries", "country", "countries covered", "countries and territories", "country or territory", "works in", "land",
			"държави", "държава", "страни", "страна", "обхванати държави", "vendet", "vendi", "shtetet", "shteti", "vendet që mbulon",
			"țări", "țara", "țările", "țară", "țări acoperite", "zemlje", "zemlja", "države", "država", "zemlje koje pokriva"},
		"parent": {"parent", "belongs to", "parent organisation", "parent organization", "part of", "част от", "част е от", "принадлежи към", "i përket", "organizata mëmë", "pjesë e",
			"face parte din", "aparține de", "organizația mamă", "pripada", "dio", "deo", "matična organizacija", "krovna organizacija"},
		"member_from": {"member from", "member since", "joined", "first day", "first day of membership", "from", "since", "start", "start date",
			"член от", "член от дата", "първи ден", "първи ден на членство", "от", "начало", "anëtar nga", "anëtar që nga", "dita e parë", "dita e parë e anëtarësisë", "nga", "fillimi",
			"membru din", "membru de la", "prima zi", "prima zi ca membru", "de la", "început", "član od", "članica od", "prvi dan", "prvi dan članstva", "od", "početak"},
		"member_until": {"member until", "left", "last day", "last day of membership", "until", "to", "end", "end date",
			"член до", "последен ден", "последен ден на членство", "до", "край", "anëtar deri", "anëtar deri më", "dita e fundit", "dita e fundit e anëtarësisë", "deri", "deri më", "fundi",
			"membru până", "membru până la", "ultima zi", "ultima zi ca membru", "până la", "sfârșit", "član do", "članica do", "posljednji dan", "posljednji dan članstva", "poslednji dan", "zadnji dan", "do", "kraj"},
		"voting_unit": {"voting unit", "votes with", "vote with", "shares the vote of", "гласува с", "voton me", "votează cu", "glasa sa", "glasa zajedno sa"},
	},
}

// plainHeadings are contactHeadings as plain words.
var plainHeadings = func() map[string]map[string]map[string]bool {
	plain := map[string]map[string]map[string]bool{}
	for kind, fields := range contactHeadings {
		plain[kind] = map[string]map[string]bool{}
		for field, headings := range fields {
			plain[kind][field] = map[string]bool{plainWords(field): true}
			for _, h := range headings {
				plain[kind][field][plainWords(h)] = true
			}
		}
	}
	return plain
}()

// plainWords are the words of a text without case, accents and signs, so that "E-Mail*" and "e_mail", or "Țara" and "tara",
// are the same. What stands in brackets is an explanation.
func plainWords(text string) string {
	if open := strings.IndexAny(text, "([{"); open > 0 {
		text = text[:open]
	}
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(text)) {
		switch {
		case unicode.Is(unicode.Mn, r): // what an accent comes apart into
		case r == 'đ':
			b.WriteByte('d')
		case r == 'ı':
			b.WriteByte('i')
		case unicode.IsLetter(r) || unicode.IsDigit(r):
			b.WriteRune(r)
		default:
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// guessMapping guesses which field each column fills: each field once.
func guessMapping(kind string, header []string) []string {
	mapping := make([]string, len(header))
	for i, heading := range header {
		called := plainWords(heading)
		for _, f := range ContactFields(kind) {
			if plainHeadings[kind][f][called] && !slices.Contains(mapping, f) {
				mapping[i] = f
				break
			}
		}
	}
	return halfNames(mapping)
}

// halfNames takes "Name" beside "Surname" for the first name, and "Nume" beside "Prenume" for the last: a word for the
// whole name is that for one half of it as well in most languages.
func halfNames(mapping []string) []string {
	whole := slices.Index(mapping, "name")
	given, family := slices.Contains(mapping, "given_name"), slices.Contains(mapping, "family_name")
	switch {
	case whole < 0 || given == family:
	case family:
		mapping[whole] = "given_name"
	default:
		mapping[whole] = "family_name"
	}
	return mapping
}

// wholeName puts the name together where a file has its halves in two columns.
func wholeName(values map[string]string) {
	if halves := strings.TrimSpace(values["given_name"] + " " + values["family_name"]); values["name"] == "" && halves != "" {
		values["name"] = halves
	}
}
