package mail

import (
	"bytes"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-msgauth/dkim"
)

// Signers sign mails with DKIM (RFC 6376), each with its own key. Those who cannot read Ed25519 (RFC 8463) go by RSA.
type Signers []*dkim.SignOptions

// signedFields are the fields that a signature covers: those that RFC 6376 advises (5.4.1), and those of RFC 8058 (4), by
// which people leave a mailing. From is named once more, so that nobody can add another.
var signedFields = []string{"From", "From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type",
	"Content-Language", "List-Id", "List-Unsubscribe", "List-Unsubscribe-Post", "Auto-Submitted"}

// leastRSA is the shortest RSA key that receivers accept, in bits (RFC 8301, 3.2).
const leastRSA = 1024

// NewSigner signs in the name of a domain with a key of PEM (PKCS #8, or PKCS #1 for RSA), whose public half lies in the
// DNS at <selector>._domainkey.<domain>.
func NewSigner(domain, selector string, key []byte) (*dkim.SignOptions, error) {
	block, _ := pem.Decode(key)
	if block == nil {
		return nil, errors.New("the key is not in PEM")
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		if parsed, err = x509.ParsePKCS1PrivateKey(block.Bytes); err != nil {
			return nil, errors.New("the key is neither PKCS #8 nor PKCS #1")
		}
	}
	switch k := parsed.(type) {
	case ed25519.PrivateKey:
	case *rsa.PrivateKey:
		if k.N.BitLen() < leastRSA {
			return nil, fmt.Errorf("the RSA key has %d bits, it needs %d or more", k.N.BitLen(), leastRSA)
		}
	default:
		return nil, errors.New("the key is neither RSA nor Ed25519")
	}
	if domain == "" || selector == "" || strings.ContainsAny(domain+selector, " \t\r\n;@") {
		return nil, errors.New("domain and selector are names of the DNS")
	}
	return &dkim.SignOptions{Domain: domain, Selector: selector, Signer: parsed.(crypto.Signer), HeaderKeys: signedFields,
		HeaderCanonicalization: dkim.CanonicalizationRelaxed, BodyCanonicalization: dkim.CanonicalizationRelaxed}, nil
}

// sign returns the signatures of a message, which may come in pieces, to stand before it.
func (all Signers) sign(content ...[]byte) ([]byte, error) {
	var signatures bytes.Buffer
	for _, options := range all {
		s, err := dkim.NewSigner(options)
		if err != nil {
			return nil, fmt.Errorf("sign a mail: %w", err)
		}
		for _, piece := range content {
			if _, e := s.Write(piece); e != nil {
				err = e
			}
		}
		if err = errors.Join(err, s.Close()); err != nil {
			return nil, fmt.Errorf("sign a mail: %w", err)
		}
		signatures.WriteString(s.Signature())
	}
	return signatures.Bytes(), nil
}
