package catcher_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tribuna/internal/devstack/catcher"
)

func startIn(t *testing.T, dir string) *catcher.Catcher {
	c, err := catcher.Start(context.Background(), catcher.Options{Dir: dir})
	require.NoError(t, err)
	t.Cleanup(func() { stop(c) })
	return c
}

func stop(c *catcher.Catcher) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	_ = c.Stop(ctx)
}

// invitation is a mail with both parts, its subject in Cyrillic.
func invitation(to string, n int) string {
	return strings.ReplaceAll(fmt.Sprintf(`From: Tribuna <tribuna@network.example>
To: %s
Subject: =?utf-8?q?=D0=9F=D0=BE=D0=BA=D0=B0=D0=BD=D0=B0?= %d
Message-ID: <%d@network.example>
MIME-Version: 1.0
Content-Type: multipart/alternative; boundary=b

--b
Content-Type: text/plain; charset=utf-8

Отворете http://127.0.0.1:8080/e/one?a=1&b=2.
--b
Content-Type: text/html; charset=utf-8

<html><head><title>x</title></head><body><script>alert(1)</script><a href="http://127.0.0.1:8080/e/one?a=1&amp;b=2">one</a> <a href="http://127.0.0.1:8080/e/two">two</a> <a href="javascript:alert(1)">no</a></body></html>
--b--
`, to, n, n), "\n", "\r\n")
}

func send(c *catcher.Catcher, to string, n int) error {
	return smtp.SendMail(c.Addr(), nil, "bounce@network.example", []string{to}, []byte(invitation(to, n)))
}

func get(t *testing.T, h http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestMailsAreKeptInOrderThroughRestarts(t *testing.T) {
	dir := t.TempDir()
	c := startIn(t, dir)
	for n := 1; n <= 3; n++ {
		require.NoError(t, send(c, fmt.Sprintf("Expert%d@expert.example", n), n))
	}
	stop(c)

	// What a crash leaves: half a ledger line, and a mail without one.
	ledger := filepath.Join(dir, catcher.LedgerName)
	f, err := os.OpenFile(ledger, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString(`{"id":"4","sub`)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	require.NoError(t, os.WriteFile(filepath.Join(dir, "mails", "00000004.eml"), []byte("half"), 0o600))

	again := startIn(t, dir)
	require.NoError(t, send(again, "expert4@expert.example", 4))
	all := again.Ledger()
	require.Len(t, all, 4)
	for i, m := range all {
		require.Equal(t, fmt.Sprint(i+1), m.ID)
		require.Equal(t, fmt.Sprintf("%d@network.example", i+1), m.MessageID)
		require.Equal(t, fmt.Sprintf("Покана %d", i+1), m.Subject)
	}
	require.Equal(t, []string{"http://127.0.0.1:8080/e/one?a=1&b=2", "http://127.0.0.1:8080/e/two"}, all[0].Links)
	mail, err := again.Message("4")
	require.NoError(t, err)
	require.Contains(t, mail.Text, "Отворете")

	read, err := catcher.ReadLedger(dir)
	require.NoError(t, err)
	require.Equal(t, all, read)
	require.Len(t, again.Messages(catcher.Filter{To: "expert1@"}), 1)
	require.Len(t, again.Messages(catcher.Filter{Subject: "покана", After: "1", Limit: 2}), 2)
}

func TestFaults(t *testing.T) {
	c := startIn(t, t.TempDir())
	code := func(err error) int {
		var reply *textproto.Error
		require.ErrorAs(t, err, &reply)
		return reply.Code
	}
	c.SetFaults(catcher.Faults{Refuse: catcher.RefuseForGood(100)})
	require.Equal(t, 550, code(send(c, "a@expert.example", 1)))

	c.SetFaults(catcher.Faults{Refuse: catcher.RefuseOnce(100)})
	require.Equal(t, 451, code(send(c, "a@expert.example", 1)))
	require.NoError(t, send(c, "a@expert.example", 1))

	c.SetFaults(catcher.Faults{DropAfter: func(n int) bool { return n == 2 }})
	err := send(c, "b@expert.example", 2)
	require.Error(t, err)
	var reply *textproto.Error
	require.False(t, errors.As(err, &reply), "no answer came: %v", err)
	require.NoError(t, send(c, "c@expert.example", 3))
	require.Len(t, c.Ledger(), 3, "the mail of the dropped connection was accepted")

	c.SetFaults(catcher.Faults{HangUp: func(to string) bool { return to == "d@expert.example" }})
	err = send(c, "d@expert.example", 4)
	require.Error(t, err)
	require.False(t, errors.As(err, &reply), "no answer came: %v", err)
	require.NoError(t, send(c, "e@expert.example", 5))
	require.Len(t, c.Ledger(), 4, "nothing of the mail was accepted")
}

func TestRefusedShareIsAboutAsLargeAsAsked(t *testing.T) {
	refused := 0
	for n := range 1000 {
		if catcher.InShare(fmt.Sprintf("s%d@list.example", n), 10) {
			refused++
		}
	}
	require.InDelta(t, 100, refused, 40)
}

func TestPages(t *testing.T) {
	c := startIn(t, t.TempDir())
	h := c.Handler("/dev/mails")
	require.Contains(t, get(t, h, "/dev/mails").Body.String(), "No mail yet")
	for n := 1; n <= 60; n++ {
		require.NoError(t, send(c, fmt.Sprintf("e%d@expert.example", n), n))
	}

	first := get(t, h, "/dev/mails")
	require.Equal(t, http.StatusOK, first.Code)
	body := first.Body.String()
	require.Less(t, strings.Index(body, "Покана 60<"), strings.Index(body, "Покана 59<"))
	require.NotContains(t, body, "Покана 10<")
	require.Contains(t, body, "?page=2")
	require.Contains(t, get(t, h, "/dev/mails?page=2").Body.String(), "Покана 10<")
	require.Contains(t, get(t, h, "/dev/mails?to=%22%3E%3Cscript%3E").Body.String(), "No mail matches")
	require.NotContains(t, get(t, h, "/dev/mails?to=%22%3E%3Cscript%3E").Body.String(), "<script>")

	one := get(t, h, "/dev/mails/7")
	require.Contains(t, one.Body.String(), `<a href="http://127.0.0.1:8080/e/one?a=1&amp;b=2" target="_top"`)
	require.NotContains(t, one.Header().Get("Content-Security-Policy"), "unsafe")
	require.NotContains(t, one.Body.String(), "style=")

	part := get(t, h, "/dev/mails/7/html")
	require.Contains(t, part.Body.String(), `<head><base target="_top">`)
	require.Contains(t, part.Header().Get("Content-Security-Policy"), "sandbox allow-popups")
	require.NotContains(t, part.Header().Get("Content-Security-Policy"), "script-src")
	require.Contains(t, get(t, h, "/dev/mails/7.eml").Body.String(), "boundary=b")

	for _, path := range []string{"/dev/mails/0", "/dev/mails/61", "/dev/mails/x.json", "/dev/mails/..%2f1.eml", "/dev/mails/999/html"} {
		require.Equal(t, http.StatusNotFound, get(t, h, path).Code, path)
	}
	post := httptest.NewRecorder()
	h.ServeHTTP(post, httptest.NewRequest(http.MethodPost, "/dev/mails", nil))
	require.Equal(t, http.StatusMethodNotAllowed, post.Code)
}

func TestJSON(t *testing.T) {
	c := startIn(t, t.TempDir())
	h := c.Handler("/dev/mails")
	require.JSONEq(t, `{"mails":[],"total":0}`, get(t, h, "/dev/mails.json").Body.String())
	for n := 1; n <= 3; n++ {
		require.NoError(t, send(c, "e@expert.example", n))
	}
	var list struct {
		Mails []catcher.Message `json:"mails"`
		Total int               `json:"total"`
	}
	read := func(query string) {
		list.Mails = nil
		require.NoError(t, json.Unmarshal(get(t, h, "/dev/mails.json"+query).Body.Bytes(), &list))
	}
	read("?after=1&limit=1&to=E@EXPERT")
	require.Equal(t, 2, list.Total)
	require.Len(t, list.Mails, 1)
	require.Equal(t, "2", list.Mails[0].ID)
	read("?after=" + list.Mails[0].Time.Format(time.RFC3339Nano))
	require.Equal(t, "3", list.Mails[0].ID)
	read("?after=" + time.Now().Add(time.Hour).UTC().Format(time.RFC3339))
	require.Empty(t, list.Mails)

	var mail catcher.Detail
	require.NoError(t, json.Unmarshal(get(t, h, "/dev/mails/2.json").Body.Bytes(), &mail))
	require.Contains(t, mail.HTML, "<a href")
	require.Equal(t, "Subject", mail.Headers[2].Name)
	require.Equal(t, "Покана 2", mail.Headers[2].Value)
}

func TestMalformedMailIsShownNotRefused(t *testing.T) {
	c := startIn(t, t.TempDir())
	raw := []byte("no header at all\r\n\xff\xfe bytes")
	require.NoError(t, smtp.SendMail(c.Addr(), nil, "a@b.example", []string{"c@d.example"}, raw))
	w := get(t, c.Handler("/m"), "/m/1")
	require.Equal(t, http.StatusOK, w.Code)
	require.Contains(t, w.Body.String(), "(no subject)")
}

func TestAttachmentsAreReadWithinBounds(t *testing.T) {
	c := startIn(t, t.TempDir())
	event := "BEGIN:VCALENDAR\r\nSUMMARY:Покана\r\nEND:VCALENDAR\r\n"
	raw := "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n" +
		"--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello\r\n" +
		"--b\r\nContent-Type: text/calendar; charset=utf-8\r\nContent-Disposition: attachment; filename=deadline.ics\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
		base64.StdEncoding.EncodeToString([]byte(event)) + "\r\n" +
		"--b\r\nContent-Type: text/calendar; name=beside.ics\r\n\r\nBEGIN:VCALENDAR\r\n" +
		"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=large.pdf\r\n\r\n" + strings.Repeat("large\r\n", 700_000) +
		"--b--\r\n"
	require.NoError(t, smtp.SendMail(c.Addr(), nil, "a@b.example", []string{"c@d.example"}, []byte(raw)))
	d, err := c.Message("1")
	require.NoError(t, err)
	require.Equal(t, "Hello", strings.TrimSpace(d.Text))
	require.Len(t, d.Attachments, 3)
	require.Equal(t, catcher.Attachment{Name: "deadline.ics", Type: "text/calendar", Content: []byte(event)}, d.Attachments[0])
	require.Equal(t, "beside.ics", d.Attachments[1].Name, "what is neither text nor HTML hangs on it, wherever it stands")
	require.Equal(t, "BEGIN:VCALENDAR", string(d.Attachments[1].Content))
	require.True(t, d.Attachments[2].Cut)
	require.Len(t, d.Attachments[2].Content, 4<<20)
	require.Contains(t, get(t, c.Handler("/m"), "/m/1").Body.String(), "<li>deadline.ics</li>")
}
