package intake_test

import (
	"bytes"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"tribuna/internal/bounce/intake"
	"tribuna/internal/links"
	"tribuna/models"
)

// nameless is a feedback report of the corpus about a mail, as a provider sends it that leaves out by whose return address it came.
func nameless(t *testing.T, messageID string, change ...string) []byte {
	t.Helper()
	raw := returned(t, "feedback-abuse", uuid.New())
	var lines [][]byte
	for _, line := range bytes.Split(raw, []byte("\n")) {
		if !bytes.HasPrefix(line, []byte("Original-Mail-From:")) && !bytes.HasPrefix(line, []byte("Return-Path: <returned")) && !bytes.HasPrefix(line, []byte("To: returned")) {
			lines = append(lines, line)
		}
	}
	raw = bytes.ReplaceAll(bytes.Join(lines, []byte("\n")), []byte("0192f0c1-7a31@tribuna.example"), []byte(messageID))
	for i := 0; i+1 < len(change); i += 2 {
		require.Contains(t, string(raw), change[i])
		raw = bytes.ReplaceAll(raw, []byte(change[i]), []byte(change[i+1]))
	}
	return raw
}

// TestAComplaintWithoutAReturnAddressIsFoundByItsMessage where its reader agrees; made-up ones suppress nobody.
func TestAComplaintWithoutAReturnAddressIsFoundByItsMessage(t *testing.T) {
	minter, err := links.New(bytes.Repeat([]byte("k"), links.MinKey))
	require.NoError(t, err)
	other, err := links.New(bytes.Repeat([]byte("o"), links.MinKey))
	require.NoError(t, err)
	const rcpt, to, link = "Original-Rcpt-To: <ana@posta.example>", "To: ana@posta.example", "https://tribuna.example/u/x"
	nobody := []string{rcpt, "Original-Rcpt-To: redacted", to, "To: redacted@invalid"}
	ending := func(m *links.Minter, kind links.Kind, person uuid.UUID) string {
		return "https://tribuna.example/u/" + m.Mint(kind, uuid.New(), person, 0)
	}
	for name, c := range map[string]struct {
		change func(o *office) []string
		id     func(mail uuid.UUID) string
		state  models.MailState
		found  bool
	}{
		"as the report says":       {found: true},
		"as the copy says":         {change: func(*office) []string { return nobody[:2] }, found: true},
		"as the report says alone": {change: func(*office) []string { return nobody[2:] }, found: true},
		"in capitals":              {change: func(*office) []string { return []string{rcpt, "Original-Rcpt-To: <ANA@POSTA.EXAMPLE>"} }, found: true},
		"by the signed link":       {change: func(o *office) []string { return append(nobody, link, ending(minter, links.KindUnsubscribe, o.ana)) }, found: true},
		"by nobody":                {change: func(*office) []string { return nobody }},
		"by another reader": {change: func(*office) []string {
			return []string{rcpt, "Original-Rcpt-To: <eve@posta.example>", to, "To: eve@posta.example"}
		}},
		"by a link we did not sign":    {change: func(o *office) []string { return append(nobody, link, ending(other, links.KindUnsubscribe, o.ana)) }},
		"by another reader's link":     {change: func(*office) []string { return append(nobody, link, ending(minter, links.KindUnsubscribe, uuid.New())) }},
		"by a link for something else": {change: func(o *office) []string { return append(nobody, link, ending(minter, links.KindPreferences, o.ana)) }},
		"of another domain":            {id: func(mail uuid.UUID) string { return mail.String() + "@other.example" }},
		"of no mail":                   {id: func(uuid.UUID) string { return uuid.NewString() + "@tribuna.example" }},
		"of no form of ours":           {id: func(mail uuid.UUID) string { return "{" + mail.String() + "}@tribuna.example" }},
		"of a mail that never left":    {state: models.MailQueued},
		"of one that was refused":      {state: models.MailFailed},
	} {
		t.Run(name, func(t *testing.T) {
			o := newOffice(t)
			o.Domain, o.Links = "tribuna.example", minter
			state := c.state
			if state == "" {
				state = models.MailDelivered
			}
			mail := o.sent(t, state)
			id, change := mail.String()+"@tribuna.example", []string(nil)
			if c.id != nil {
				id = c.id(mail)
			}
			if c.change != nil {
				change = c.change(o)
			}
			raw := nameless(t, id, change...)
			outcome := o.take(t, []string{"loop@tribuna.example"}, raw)
			if !c.found {
				require.Equal(t, intake.Forged, outcome)
				require.Empty(t, o.suppressed(t))
				return
			}
			require.Equal(t, intake.Outcome("complaint"), outcome)
			require.Equal(t, models.SuppressedComplaint, o.suppressed(t))
			require.Equal(t, intake.Repeated, o.take(t, nil, raw), "the same once more")
			require.NotContains(t, o.log.String(), "ana@")
		})
	}
}

// TestAFailureIsNeverFoundByItsMessage: that a mailbox is gone is told to the return address alone.
func TestAFailureIsNeverFoundByItsMessage(t *testing.T) {
	o := newOffice(t)
	o.Domain = "tribuna.example"
	mail := o.sent(t, models.MailDelivered)
	raw := bytes.ReplaceAll(returned(t, "postfix-unknown", uuid.New()), []byte("returned+"), []byte("nobody+"))
	raw = bytes.ReplaceAll(raw, []byte("0192f0c1-7a31@tribuna.example"), []byte(mail.String()+"@tribuna.example"))
	require.Equal(t, intake.Forged, o.take(t, nil, raw))
	require.Empty(t, o.suppressed(t))
}
