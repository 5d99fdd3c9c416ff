package web

import (
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/demo"
	"tribuna/internal/i18n"
)

// TestWhomAStepConcernsIsNamedWithItsCountry, those first whom the recommendation addresses.
func TestWhomAStepConcernsIsNamedWithItsCountry(t *testing.T) {
	h := newHouse(t)
	addressed, err := h.server.addressedBy(t.Context(), h.brief.ID)
	require.NoError(t, err)
	require.NotEmpty(t, addressed)
	retired := demo.ID("authority", "bg-ombudsman")
	h.exec(`UPDATE authorities SET retired_at = now() WHERE id = ?`, retired)
	for _, tag := range i18n.Tags() {
		options, err := h.server.authorityOptions(t.Context(), i18n.For(tag), h.brief.ID, nil)
		require.NoError(t, err)
		first := len(addressed)
		if addressed[retired] {
			first--
		}
		for n, o := range options {
			require.NotEqual(t, retired.String(), o.Value)
			require.Equal(t, n < first, addressed[uuid.MustParse(o.Value)], "%s %s", tag, o.Label)
		}
		with, err := h.server.authorityOptions(t.Context(), i18n.For(tag), h.brief.ID, &retired)
		require.NoError(t, err)
		require.Len(t, with, len(options)+1, "the one that was chosen stays")
	}
	options, err := h.server.authorityOptions(t.Context(), i18n.For("en"), h.brief.ID, nil)
	require.NoError(t, err)
	labels := map[string]bool{}
	for _, o := range options {
		require.False(t, labels[o.Label], "nobody can tell %s from another", o.Label)
		labels[o.Label] = true
	}
}
