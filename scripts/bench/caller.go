package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"time"

	"github.com/google/uuid"

	"tribuna/models"
)

// caller is a person at the API, by a token.
type caller struct{ base, token string }

// caller gives a person a token.
func (in *instance) caller(ctx context.Context, person uuid.UUID) (*caller, error) {
	plain, _, err := models.IssueToken(ctx, in.db, person, "measuring", models.Scopes(), time.Hour, time.Now())
	return &caller{base: in.base, token: plain}, err
}

// callerByEmail gives somebody of the demo network a token.
func (in *instance) callerByEmail(ctx context.Context, email string) (*caller, error) {
	p, err := models.PersonByEmail(ctx, in.db, email)
	if err != nil {
		return nil, err
	}
	return in.caller(ctx, p.ID)
}

var web = &http.Client{Timeout: time.Minute, Transport: &http.Transport{MaxIdleConnsPerHost: 100}}

func (c *caller) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, nil, into)
}

func (c *caller) post(ctx context.Context, path string, body, into any) error {
	return c.do(ctx, http.MethodPost, path, body, into)
}

// browser is a person who is signed in at the pages.
type browser struct {
	base   string
	client *http.Client
}

// browser signs a person in, under a password given for it.
func (in *instance) browser(ctx context.Context, p models.Person) (*browser, error) {
	const password = "to be measured, and then thrown away"
	if err := models.SetPassword(ctx, in.db, p.ID, password); err != nil {
		return nil, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return nil, err
	}
	b := &browser{in.base, &http.Client{Timeout: time.Minute, Jar: jar}}
	res, err := b.client.PostForm(in.base+"/sign-in", url.Values{"email": {p.Email}, "password": {password}})
	return b, seen(res, err)
}

// see gets a page whole.
func (b *browser) see(ctx context.Context, path string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return err
	}
	res, err := b.client.Do(r)
	return seen(res, err)
}

// weigh is how many bytes of a page go over the wire to a browser that takes them compressed.
func (b *browser) weigh(ctx context.Context, path string) (int, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, b.base+path, nil)
	if err != nil {
		return 0, err
	}
	r.Header.Set("Accept-Encoding", "gzip")
	res, err := b.client.Do(r)
	if err != nil {
		return 0, err
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(res.Body)
	if err == nil && res.StatusCode != http.StatusOK {
		err = fmt.Errorf("%s: %d", path, res.StatusCode)
	}
	return len(raw), err
}

// seen reads a page to its end; whoever is sent to sign in has not seen it.
func seen(res *http.Response, err error) error {
	if err != nil {
		return err
	}
	defer res.Body.Close()
	if _, err := io.Copy(io.Discard, res.Body); err != nil {
		return err
	}
	if res.StatusCode != http.StatusOK || res.Request.URL.Path == "/sign-in" {
		return fmt.Errorf("%s: %d", res.Request.URL.Path, res.StatusCode)
	}
	return nil
}

// do sends a request and takes nothing but success for an answer. What is stored but not yet decided is waited for.
func (c *caller) do(ctx context.Context, method, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, bytes.NewReader(raw))
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
	if method == http.MethodPost {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	res, err := web.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return err
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("%s %s: %d %s", method, path, res.StatusCode, answer)
	}
	if res.StatusCode == http.StatusAccepted {
		return c.decided(ctx, answer)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(answer, into)
}

// decided waits until what was received is decided.
func (c *caller) decided(ctx context.Context, answer []byte) error {
	var received struct {
		ID uuid.UUID `json:"submission_id"`
	}
	if err := json.Unmarshal(answer, &received); err != nil {
		return err
	}
	return until(ctx, time.Minute, func() (bool, error) {
		var now struct{ State models.SubmissionState }
		err := c.get(ctx, "/api/v1/submissions/"+received.ID.String(), &now)
		if err == nil && now.State == models.SubmissionRefused {
			err = fmt.Errorf("submission %s was refused", received.ID)
		}
		return now.State == models.SubmissionRecorded, err
	})
}
