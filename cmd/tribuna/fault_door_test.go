package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// caller is one person at the API.
type caller struct {
	*world
	token string
}

// at lets a person in by a token.
func (w *world) at(person uuid.UUID) *caller {
	w.t.Helper()
	token, _, err := models.IssueToken(w.ctx, w.db, person, "test", models.Scopes(), time.Hour, time.Now())
	require.NoError(w.t, err)
	return &caller{world: w, token: token}
}

// decided is what the API says of a decision.
type decided struct {
	State        models.SubmissionState `json:"state"`
	SubmissionID uuid.UUID              `json:"submission_id"`
}

// persist posts a decision, again under the same key while the instance does not answer, or does not know yet what came
// of it. Only another answer is an error.
func (c *caller) persist(path string, body any) error {
	raw, err := json.Marshal(body)
	if err != nil {
		return err
	}
	key, last := uuid.NewString(), errors.New("never asked")
	var code int
	settled := poll(c.ctx, awaitLimit, func() bool {
		code, last = c.post(path, key, raw)
		return code == http.StatusOK || code >= 400 && code < 500
	})
	if !settled || code != http.StatusOK {
		return fmt.Errorf("%s: %d, %w", path, code, last)
	}
	return nil
}

// post sends one request and returns its status, 0 without an answer.
func (c *caller) post(path, key string, body []byte) (int, error) {
	r, err := http.NewRequestWithContext(c.ctx, http.MethodPost, "http://"+c.addr+"/api/v1"+path, bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Authorization", "Bearer "+c.token)
	r.Header.Set("Idempotency-Key", key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return 0, err
	}
	if answer.StatusCode < 300 {
		return answer.StatusCode, c.acknowledge(text)
	}
	return answer.StatusCode, fmt.Errorf("%s", text)
}

// acknowledge remembers what the API says it has.
func (c *caller) acknowledge(text []byte) error {
	var d decided
	if err := json.Unmarshal(text, &d); err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.acknowledged[d.SubmissionID] = true
	return nil
}
