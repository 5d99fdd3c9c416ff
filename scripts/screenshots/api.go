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
	"strings"
	"time"

	"github.com/google/uuid"

	"tribuna/internal/demo"
)

// caller is somebody at the API.
type caller struct{ base, token string }

func signedIn(ctx context.Context, base, email string) (*caller, error) {
	c := &caller{base: base}
	var t struct {
		Token string `json:"token"`
	}
	err := c.post(ctx, "/api/v1/tokens", map[string]string{"email": email, "password": demo.Password}, &t)
	c.token = t.Token
	return c, err
}

func (c *caller) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet, path, nil, into)
}

func (c *caller) post(ctx context.Context, path string, body, into any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	return c.do(ctx, http.MethodPost, path, bytes.NewReader(raw), into)
}

func (c *caller) do(ctx context.Context, method, path string, body io.Reader, into any) error {
	r, err := http.NewRequestWithContext(ctx, method, c.base+path, body)
	if err != nil {
		return err
	}
	if body != nil {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", uuid.NewString())
	}
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return err
	}
	if answer.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s: %s", method, path, answer.Status, text)
	}
	if into == nil {
		return nil
	}
	return json.Unmarshal(text, into)
}

// link is an expert's personal link.
type link struct {
	caller
	address, task, hash string
	english             bool
}

// reviewLinks lists the personal links mailed since an instant that ask for a review of a recommendation.
func (c *caller) reviewLinks(ctx context.Context, recommendation string, since time.Time) ([]*link, error) {
	var list struct {
		Mails []struct {
			Links []string `json:"links"`
		} `json:"mails"`
	}
	after := url.Values{"after": {since.UTC().Format(time.RFC3339Nano)}, "limit": {"1000"}}
	if err := c.get(ctx, "/dev/mails.json?"+after.Encode(), &list); err != nil {
		return nil, err
	}
	var found []*link
	for _, m := range list.Mails {
		for _, address := range m.Links {
			_, token, personal := strings.Cut(address, "/l/")
			if !personal {
				continue
			}
			l := &link{caller: caller{c.base, token}, address: address}
			asks, err := l.asksForReview(ctx, recommendation)
			if err != nil {
				return nil, err
			}
			if asks {
				found = append(found, l)
			}
			break
		}
	}
	return found, nil
}

func (l *link) asksForReview(ctx context.Context, recommendation string) (bool, error) {
	var me struct {
		Task string `json:"link_task_id"`
	}
	if err := l.get(ctx, "/api/v1/me", &me); err != nil {
		return false, nil // over, or of an earlier picture
	}
	var task struct {
		Kind           string `json:"kind"`
		Recommendation string `json:"recommendation_id"`
		Version        struct {
			Hash string `json:"hash"`
		} `json:"version"`
	}
	if err := l.get(ctx, "/api/v1/tasks/"+me.Task, &task); err != nil {
		return false, err
	}
	if task.Kind != "review" || task.Recommendation != recommendation {
		return false, nil
	}
	l.task, l.hash = me.Task, task.Version.Hash
	var err error
	l.english, err = isEnglish(ctx, l.address)
	return true, err
}

// isEnglish reports whether a personal link leads to a page in English.
func isEnglish(ctx context.Context, address string) (bool, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return false, err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return false, err
	}
	answer, err := (&http.Client{Jar: jar}).Do(r)
	if err != nil {
		return false, err
	}
	defer answer.Body.Close()
	page, err := io.ReadAll(answer.Body)
	return strings.Contains(string(page), `<html lang="en"`), err
}
