package walkthrough

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// caller is one person at the API: signed in, or come by a personal link.
type caller struct {
	base  string
	token string
	name  string
}

// patience is how long one call is tried again while the instance is down or still recording.
const patience = 60 * time.Second

var client = &http.Client{Timeout: 30 * time.Second}

// problem is an error as the API tells it (RFC 9457).
type problem struct {
	Status int    `json:"status"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Detail string `json:"detail"`
	Errors []struct {
		Field  string `json:"field"`
		Detail string `json:"detail"`
	} `json:"errors"`
}

func (p problem) Error() string {
	s := fmt.Sprintf("%d %s: %s %s", p.Status, p.Code, p.Title, p.Detail)
	for _, e := range p.Errors {
		s += fmt.Sprintf(" [%s: %s]", e.Field, e.Detail)
	}
	return s
}

// call is one request.
type call struct {
	method, path string
	body, into   any
	key          string // Idempotency-Key
	ifMatch      string
}

func (c *caller) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, call{method: http.MethodGet, path: path, into: into})
}

// post decides something under a key of its own: tried again after a lost answer it is the same decision. What is stored
// but not yet recorded is waited for.
func (c *caller) post(ctx context.Context, path string, body, into any) error {
	return c.do(ctx, call{method: http.MethodPost, path: path, body: body, into: into, key: uuid.NewString()})
}

func (c *caller) put(ctx context.Context, method, path, ifMatch string, body, into any) error {
	return c.do(ctx, call{method: method, path: path, body: body, into: into, ifMatch: ifMatch})
}

// do sends a request, again while the instance cannot be reached or says that it is not ready: whoever walks must not
// stumble over a restart. Any other failure is one, a 500 above all.
func (c *caller) do(ctx context.Context, r call) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	for {
		again, err := c.once(ctx, r)
		if !again {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s %s by %s: %w", r.method, r.path, c.name, err)
		case <-tick.C:
		}
	}
}

var errNotYet = errors.New("stored, not yet recorded")

// once tries a request and says whether it is worth trying again.
func (c *caller) once(ctx context.Context, r call) (again bool, err error) {
	req, err := c.request(ctx, r)
	if err != nil {
		return false, err
	}
	res, err := client.Do(req)
	if err != nil {
		return ctx.Err() == nil, err
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, 32<<20))
	if err != nil {
		return ctx.Err() == nil, err
	}
	switch {
	case res.StatusCode == http.StatusAccepted && r.key != "":
		return true, errNotYet // the same key asks for the outcome
	case res.StatusCode == http.StatusBadGateway, res.StatusCode == http.StatusServiceUnavailable:
		return true, fmt.Errorf("%d", res.StatusCode)
	case res.StatusCode >= 400:
		p := problem{Status: res.StatusCode}
		_ = json.Unmarshal(body, &p)
		return false, fmt.Errorf("%s %s by %s: %w", r.method, r.path, c.name, p)
	case r.into == nil:
		return false, nil
	}
	if err := json.Unmarshal(body, r.into); err != nil {
		return false, fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return false, nil
}

func (c *caller) request(ctx context.Context, r call) (*http.Request, error) {
	var body io.Reader
	if r.body != nil {
		raw, err := json.Marshal(r.body)
		if err != nil {
			return nil, err
		}
		body = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, c.base+r.path, body)
	if err != nil {
		return nil, err
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, value := range map[string]string{"Idempotency-Key": r.key, "If-Match": r.ifMatch} {
		if value != "" {
			req.Header.Set(name, value)
		}
	}
	if c.token != "" {
		req.Header.Set("Authorization", "Bearer "+c.token)
	}
	return req, nil
}
