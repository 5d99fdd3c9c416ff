package main

import (
	"strconv"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/models"
)

// comment writes a remark on a paragraph, counted from 1.
func (v *visitor) comment(paragraph int, words string) {
	v.t.Helper()
	block := `.review-form [id="p-` + strconv.Itoa(paragraph) + `"]`
	v.hit(block + ` summary`)
	v.write(block+` textarea[name^="comment-"]`, words)
}

// decided counts what was decided about a recommendation.
func (h *house) decided(t *testing.T, recommendation uuid.UUID, kind models.DecisionKind) int {
	t.Helper()
	n, err := h.db.NewSelect().Model((*models.Decision)(nil)).Where("process_id = ? AND kind = ?", recommendation, kind).Count(t.Context())
	require.NoError(t, err)
	return int(n)
}
