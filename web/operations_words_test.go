package web

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/i18n"
	"tribuna/models"
)

// TestEveryMailThatWaitsIsNamed: whatever waits or was held, the page of operations says what it is.
func TestEveryMailThatWaitsIsNamed(t *testing.T) {
	l := i18n.For("en")
	names := map[string]models.MailKind{}
	for _, kind := range models.MailKinds() {
		name := l.T("operations.mail." + string(kind))
		require.Empty(t, names[name], "%s is called as %s is", kind, names[name])
		names[name] = kind
	}
}
