package walkthrough

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsNotAsExpectedIsNoted(t *testing.T) {
	w := &walk{}
	expect(w, "sign-offs", 2, 2)
	require.Empty(t, w.differs)
	expect(w, "sign-offs", 1, 2)
	expect(w, "record whole", false, true)
	require.Equal(t, []string{"sign-offs: 1, expected 2", "record whole: false, expected true"}, w.differs)
}
