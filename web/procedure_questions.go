package web

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// The questions of a procedure stand in its form as fields named by their place: "review.questions[0].text.en". The answers offered
// stand one on a line, in each language; a line's place says which answer it is.
const questionsRule = "review.questions"

// blankQuestions is how many empty places for further questions a form has.
const blankQuestions = 2

// questionPart are the words of a question that stand in each language, with how long they may be.
var questionParts = []struct {
	name string
	most int
	of   func(*models.Question) *models.Names
}{
	{"text", 300, func(q *models.Question) *models.Names { return &q.Text }},
	{"help", 600, func(q *models.Question) *models.Names { return &q.Help }},
	{"low", 150, func(q *models.Question) *models.Names { return &q.Low }},
	{"high", 150, func(q *models.Question) *models.Names { return &q.High }},
}

func questionAt(i int) string { return fmt.Sprintf("%s[%d]", questionsRule, i) }

// putQuestions fills a form with the questions of a procedure.
func putQuestions(values url.Values, list []models.Question) {
	for i, q := range list {
		at := questionAt(i)
		values.Set(at+".id", q.ID)
		values.Set(at+".kind", q.Kind)
		for _, part := range questionParts {
			withNames(values, at+"."+part.name, *part.of(&q))
		}
		for name, on := range map[string]bool{"required": q.Required, "expertise": q.Expertise, "confidential": q.Confidential} {
			if on {
				values.Set(at+"."+name, "yes")
			}
		}
		lines := map[string][]string{}
		for k, o := range q.Options {
			values.Add(at+".option_ids", o.ID)
			for tag, text := range o.Text {
				for len(lines[tag]) < k {
					lines[tag] = append(lines[tag], "")
				}
				lines[tag] = append(lines[tag], text)
			}
		}
		for tag, all := range lines {
			values.Set(at+".options."+tag, strings.Join(all, "\n"))
		}
	}
	values.Set("questions", strconv.Itoa(len(list)))
}

var questionPlace = regexp.MustCompile(`^review\.questions\[(\d{1,3})\]`)

// readQuestionFields reads the questions of a form, and puts them back without those that were left empty: so that what is wrong with
// the third is said where the third stands.
func readQuestionFields(values url.Values) []models.Question {
	places := map[int]bool{}
	for name := range values {
		if m := questionPlace.FindStringSubmatch(name); m != nil {
			n, _ := strconv.Atoi(m[1])
			places[n] = true
		}
	}
	var list []models.Question
	for _, i := range slices.Sorted(maps.Keys(places)) {
		if q := readQuestion(values, i); len(q.Text)+len(q.Help)+len(q.Options) > 0 {
			list = append(list, q)
		}
	}
	for name := range values {
		if questionPlace.MatchString(name) {
			values.Del(name)
		}
	}
	putQuestions(values, list)
	return list
}

func readQuestion(values url.Values, place int) models.Question {
	at := questionAt(place)
	q := models.Question{ID: strings.TrimSpace(values.Get(at + ".id")), Kind: values.Get(at + ".kind"), Required: values.Get(at+".required") == "yes",
		Expertise: values.Get(at+".expertise") == "yes", Confidential: values.Get(at+".confidential") == "yes"}
	for _, part := range questionParts {
		if words := languageValues(values, at+"."+part.name); len(words) > 0 {
			*part.of(&q) = words
		}
	}
	if q.ID == "" {
		if q.ID = slugOf(q.Text["en"]); q.ID == "" {
			q.ID = "question-" + strconv.Itoa(place+1)
		}
	}
	if q.Kind == models.QuestionChoice {
		q.Options = readOptions(languageValues(values, at+".options"), values[at+".option_ids"])
	}
	return q
}

// readOptions reads the answers offered. Their ids stay with their lines as long as no line is put between or taken out.
func readOptions(words models.Names, ids []string) []models.QuestionOption {
	var options []models.QuestionOption
	for _, tag := range slices.Sorted(maps.Keys(words)) {
		for i, line := range strings.Split(strings.ReplaceAll(words[tag], "\r\n", "\n"), "\n") {
			for len(options) <= i && i < 50 {
				options = append(options, models.QuestionOption{Text: models.Names{}})
			}
			if line = strings.TrimSpace(line); line != "" && i < len(options) {
				options[i].Text[tag] = line
			}
		}
	}
	options = slices.DeleteFunc(options, func(o models.QuestionOption) bool { return len(o.Text) == 0 })
	for i := range options {
		switch {
		case len(ids) == len(options):
			options[i].ID = ids[i]
		default:
			options[i].ID = slugOf(options[i].Text["en"])
		}
		if taken := slices.IndexFunc(options[:i], func(o models.QuestionOption) bool { return o.ID == options[i].ID }); taken >= 0 || options[i].ID == "" {
			options[i].ID = "answer-" + strconv.Itoa(i+1)
		}
	}
	return options
}

var notSlug = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes an id of the first words of a text.
func slugOf(text string) string {
	slug := strings.Trim(notSlug.ReplaceAllString(strings.ToLower(text), "-"), "-")
	if len(slug) > 40 {
		slug = slug[:40]
		if i := strings.LastIndexByte(slug, '-'); i > 0 {
			slug = slug[:i]
		}
	}
	return slug
}

// addQuestions puts the fields of the questions on the form, each question folded, and places for further ones.
//
//i18n:keys question.kind.* question.part.*
func addQuestions(v *editView, l *i18n.Localizer, languages []models.Language) {
	n, _ := strconv.Atoi(v.Form.Value("questions"))
	v.add(editSection{Group: l.T("procedure.rule.review.questions"), Help: l.T("procedure.questions_help")})
	v.Hidden = append(v.Hidden, Option{Label: "questions", Value: strconv.Itoa(n)})
	for i := range n + blankQuestions {
		at := questionAt(i)
		title := l.T("procedure.question_new")
		if i < n {
			title = l.T("procedure.question", "Number", l.Number(i+1), "Text", i18n.Said(v.Form.Value(at+".text.en")).Text)
		}
		section := editSection{Title: title, Fold: true}
		for _, part := range questionParts[:2] {
			section.Fields = append(section.Fields, languageFields(v.Form, l, languages, at+"."+part.name, l.T("question.part."+part.name), "max", part.most)...)
		}
		section.Fields = append(section.Fields, field(v.Form, at+".kind", l.T("question.part.kind"), "type", "radios", "quiet", true, "options", choices(l, "question.kind.", models.QuestionKinds()...)))
		for _, part := range questionParts[2:] {
			section.Fields = append(section.Fields, languageFields(v.Form, l, languages, at+"."+part.name, l.T("question.part."+part.name), "max", part.most)...)
		}
		section.Fields = append(section.Fields, languageFields(v.Form, l, languages, at+".options", l.T("question.part.options"), "type", "textarea", "rows", 3)...)
		for _, flag := range []string{"required", "expertise", "confidential"} {
			section.Fields = append(section.Fields, field(v.Form, at+"."+flag, l.T("question.part."+flag), "type", "checkbox"))
		}
		section.Fields = append(section.Fields, field(v.Form, at+".id", l.T("question.part.id"), "max", 60, "help", l.T("question.part.id_help")))
		for _, id := range v.Form.Values[at+".option_ids"] {
			v.Hidden = append(v.Hidden, Option{Label: at + ".option_ids", Value: id})
		}
		v.add(section)
	}
}

var optionPath = regexp.MustCompile(`^(review\.questions\[\d+\]\.options)\[\d+\]\.(text\.(.+)|id)$`)

// optionField is the field that holds the answers offered, for blame on one of them.
func optionField(path string) string {
	m := optionPath.FindStringSubmatch(path)
	switch {
	case m == nil:
		return path
	case m[3] != "":
		return m[1] + "." + m[3]
	}
	return m[1] + ".en"
}

// questionWords says the questions of a procedure in a sentence.
func questionWords(l *i18n.Localizer, text string) string {
	list := models.ReadQuestions(text)
	said := make([]string, 0, len(list))
	for _, q := range list {
		kind := l.T("question.kind." + q.Kind)
		if q.Required {
			kind += ", " + l.T("question.part.required")
		}
		said = append(said, l.Name(q.Text).Text+" ("+kind+")")
	}
	if len(said) == 0 {
		return l.T("procedure.questions_standard")
	}
	return strings.Join(said, "; ")
}
