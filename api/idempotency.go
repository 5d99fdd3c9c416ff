package api

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"tribuna/models"
)

// once creates something under the request's Idempotency-Key: sent again, the same words give what was created then.
func (c *call) once(in any, create func(ctx context.Context, tx bun.Tx) (uuid.UUID, error)) (id uuid.UUID, created bool, err error) {
	key, err := c.creationKey(in)
	if err != nil {
		return uuid.Nil, false, err
	}
	err = c.inTx(func(ctx context.Context, tx bun.Tx) error {
		id, created, err = models.CreateOnce(ctx, tx, key, func() (uuid.UUID, error) { return create(ctx, tx) })
		return err
	})
	return id, created, err
}

func (c *call) creationKey(in any) (models.IdempotencyKey, error) {
	raw, err := json.Marshal(in)
	if err != nil {
		return models.IdempotencyKey{}, fmt.Errorf("encode what is to be created: %w", err)
	}
	sum := sha256.Sum256(append([]byte(c.r.Method+" "+c.r.URL.Path+"\n"), raw...))
	return models.IdempotencyKey{PersonID: c.who.person.ID, Key: c.r.Header.Get("Idempotency-Key"),
		Hash: hex.EncodeToString(sum[:]), CreatedAt: c.now()}, nil
}
