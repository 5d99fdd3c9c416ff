package web

import (
	"html/template"
	"time"

	"tribuna/internal/i18n"
)

// Badge is a state as a word with an icon and a tint. Tone is "plain", "action", "wait", "harm" or "done".
type Badge struct{ Tone, Icon, Text string }

// Progress is how much of something is done.
type Progress struct {
	Done, Total int
	Label       string
}

// Percent returns the share done between 0 and 100.
func (p Progress) Percent() int {
	if p.Total <= 0 {
		return 0
	}
	return min(100, p.Done*100/p.Total)
}

// Empty is what an empty page says: what will be here, and how to begin.
type Empty struct{ Icon, Title, Text, Href, Action string }

// To adds a way to begin, for templates: (emptybox …).To "/new" (t "…").
func (e Empty) To(href, action string) Empty {
	e.Href, e.Action = href, action
	return e
}

// TimelineEntry is one line of the record, read like minutes: time, person in their capacity, verb, object.
type TimelineEntry struct {
	At       time.Time
	Zone     *time.Location
	Who      string        // name, or a description where the person is not named
	Capacity string        // in words: "for Know-how Centre Bulgaria"; "" for personal capacity
	What     i18n.Words    // verb and object in words: "signed off version 3 with a condition"
	Changes  []i18n.Words  // what was changed, field by field, in words
	OnBehalf string        // who wrote it down for them, in words; "" if they did so themselves
	Href     string        // the text or thing concerned; "" if there is none
	Link     string        // what the link says
	LinkLang string        // of what it says, where that is not the reader's
	Erase    string        // where its words are removed, for who may; "" if there are none
	Text     template.HTML // words given, sanitised; "" if there are none
	Original *original     // the file of what was written down for them, for who may read it; nil if there is none
	Icon     string        // "" for a plain dot
	Tone     string        // as of Badge; "" for plain
}

// Pager leads through a list that has more pages. Empty addresses hide their link.
type Pager struct {
	Previous, Next string
	Summary        string // "41 to 60 of 230", in words
}

// Comment is a remark on a block of a text.
type Comment struct {
	ID       string // of the element, so that links can lead to it
	Who      string
	Capacity string
	At       time.Time
	Zone     *time.Location
	Text     template.HTML // sanitised
	Lang     string        // of the text; "" where nobody said
	Kind     *Badge        // what it is; nil for a remark
	Quote    string        // the words that it is about; "" for the whole block
	Instead  string        // the words suggested in their place
	Answer   template.HTML // the officer's, sanitised; "" if there is none yet
	Badge    *Badge        // state of the comment; nil hides it
	Head     template.HTML // who, when, kind and state, where a page with many of them made that once; "" makes it

	Notes     []string  // what else is to be known of it: a conflict of interest, who wrote it down, its group
	Original  *original // of what was recorded for them; nil where there is none that the reader may see
	LeavesOut bool      // it suggests to leave out what it quotes
}
