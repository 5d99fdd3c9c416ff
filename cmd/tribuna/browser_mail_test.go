package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// personal is what the address of every personal link contains.
const personal = "/l/"

// caught is a mail as the catcher lists it.
type caught struct {
	ID      string   `json:"id"`
	To      []string `json:"to"`
	Subject string   `json:"subject"`
	Links   []string `json:"links"`
}

// linkTo returns the first link of a mail that contains words, or "".
func (m caught) linkTo(words string) string {
	i := slices.IndexFunc(m.Links, func(l string) bool { return strings.Contains(l, words) })
	if i < 0 {
		return ""
	}
	return m.Links[i]
}

// mails lists what somebody was sent, in order of arrival.
func (h *house) mails(address string) ([]caught, error) {
	answer, err := http.Get(h.site + mailsPrefix + ".json?limit=1000&to=" + url.QueryEscape(address))
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close()
	var list struct{ Mails []caught }
	err = json.NewDecoder(answer.Body).Decode(&list)
	return list.Mails, err
}

// mail waits for a mail to somebody that is as described.
func (v *visitor) mail(address, what string, is func(caught) bool) caught {
	v.t.Helper()
	var found caught
	met := poll(v.ctx, patience, func() bool {
		list, err := v.mails(address)
		require.NoError(v.t, err)
		i := slices.IndexFunc(list, is)
		if i >= 0 {
			found = list[i]
		}
		return i >= 0
	})
	if !met {
		list, _ := v.mails(address)
		v.t.Fatalf("no mail to %s: %s; only %v", address, what, list)
	}
	return found
}

// asked waits for a mail whose personal link asks somebody to do something about a recommendation.
func (v *visitor) asked(address string, kind models.TaskKind, recommendation uuid.UUID) caught {
	v.t.Helper()
	return v.mail(address, string(kind), func(m caught) bool {
		task := v.linkedTask(m)
		return task != nil && task.Kind == kind && task.RecommendationID == recommendation
	})
}

// linkedTask finds what the personal link of a mail opens, nil when it has none or it is over.
func (h *house) linkedTask(m caught) *models.Task {
	link := m.linkTo(personal)
	if link == "" {
		return nil
	}
	id, known := h.opened[link]
	if !known {
		if id = leadsTo(link); id == uuid.Nil {
			return nil
		}
		h.opened[link] = id
	}
	task, err := models.TaskByID(context.Background(), h.db, id)
	if err != nil {
		return nil
	}
	return task
}

// leadsTo asks which task a personal link leads to.
func leadsTo(link string) uuid.UUID {
	stays := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	answer, err := stays.Get(link)
	if err != nil {
		return uuid.Nil
	}
	defer answer.Body.Close()
	id, err := uuid.Parse(path.Base(answer.Header.Get("Location")))
	if err != nil {
		return uuid.Nil
	}
	return id
}

// follow opens a mail and uses a link in it, as a mail program does.
func (v *visitor) follow(m caught, words string) {
	v.t.Helper()
	v.run(chromedp.Navigate(v.site + mailsPrefix + "/" + m.ID + "/html"))
	status := v.goes(chromedp.SendKeys(`a[href*="`+words+`"]`, kb.Enter, chromedp.ByQuery))
	require.EqualValues(v.t, 200, status, "%s follows the link in %q", v.name, m.Subject)
}
