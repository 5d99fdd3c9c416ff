package api

import (
	"net/http"

	"tribuna/internal/apperr"
	"tribuna/internal/files"
	"tribuna/internal/margin"
	"tribuna/internal/word"
	"tribuna/models"
)

// Margin is what somebody commented and changed in a Word file. Nothing of it is stored: send what should be as an answer.
type Margin struct {
	Comments  []models.CommentPayload `json:"comments"`  // on the paragraphs of the text asked about
	Reasons   string                  `json:"reasons"`   // what is about the whole text, or what stands around it
	Commented int                     `json:"commented"` // comments in the file
	Suggested int                     `json:"suggested"` // changes in the file
	Beside    int                     `json:"beside"`    // of these, what has no place of its own in the text
	Missing   int                     `json:"missing"`   // paragraphs of the text that are not in the file
}

func (s *server) marginRoutes() []route {
	return []route{
		{method: http.MethodGet, path: "/tasks/{id}/docx", id: "getTaskTextAsWord", tag: "tasks", gate: byLink,
			summary: "The text asked about as a Word file, to be commented and changed in. Needs pandoc on the server, else 501", reply: outgoing(word.DOCX), serve: s.taskText},
		{method: http.MethodPost, path: "/tasks/{id}/word", id: "readAnswer", tag: "tasks", gate: byLink,
			summary: "Read comments and tracked changes of a Word file as comments of an answer; nothing is stored. Needs pandoc on the server, else 501",
			body:    upload{}, limit: word.MaxAnswer + 1<<20, reply: Margin{}, serve: s.readAnswer}}
}

// askedText is the text of a question that is answered with comments on it.
func (c *call) askedText() (*models.Task, *models.Recommendation, *models.Version, error) {
	t, rec, err := c.task()
	if err != nil {
		return nil, nil, nil, err
	}
	if t.Kind != models.TaskReview && t.Kind != models.TaskConsult {
		return nil, nil, nil, apperr.NotFound("task")
	}
	action, _ := t.Kind.AnswerAction()
	if err := c.can(action, rec, t); err != nil {
		return nil, nil, nil, err
	}
	if !t.ShowsText() {
		return nil, nil, nil, apperr.About(apperr.CodeClosed, "task")
	}
	version, err := models.VersionByID(c.ctx(), c.s.DB, *t.VersionID)
	if err != nil {
		return nil, nil, nil, err
	}
	round, err := models.RoundByNumber(c.ctx(), c.s.DB, rec.ID, t.Round)
	if apperr.CodeOf(err) == apperr.CodeNotFound {
		round, err = nil, nil
	}
	if t.Blind(round) { // the file names nobody who wrote it
		nameless := *rec
		nameless.Organisation = nil
		rec = &nameless
	}
	return t, rec, version, err
}

func (s *server) taskText(c *call) (reply, error) {
	_, rec, version, err := c.askedText()
	if err != nil {
		return reply{}, err
	}
	doc, err := word.VersionDocument(c.ctx(), s.DB, rec, version)
	if err != nil {
		return reply{}, err
	}
	return c.document(doc, word.DOCX, files.File{Name: rec.Slug}, c.who.person.ID.String())
}

func (s *server) readAnswer(c *call) (reply, error) {
	_, rec, version, err := c.askedText()
	if err != nil {
		return reply{}, err
	}
	if !s.Word.ReadsWord() {
		return reply{}, word.NotInstalled("pandoc")
	}
	f, err := c.file(word.MaxAnswer, word.AnswerTooLarge())
	if err != nil {
		return reply{}, err
	}
	if err := c.allowConversion(c.who.person.ID.String()); err != nil {
		return reply{}, err
	}
	found, err := margin.Read(c.ctx(), s.DB, s.Word, c.localizer(), rec, version, f.Content)
	if err != nil {
		return reply{}, err
	}
	return reply{body: Margin{Comments: orEmpty(found.Comments), Reasons: found.Reasons(), Commented: found.Commented, Suggested: found.Suggested,
		Beside: found.Beside, Missing: found.Missing}}, nil
}
