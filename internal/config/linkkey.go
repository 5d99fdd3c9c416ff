package config

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// EnsureLinkKey fills LinkKey where it is not set: from TRIBUNA_DATA/keys/link,
// which is created once with a random key and mode 0600. Links mailed before a
// restart stay good because the file stays.
func (c *Config) EnsureLinkKey() error {
	if c.LinkKey != "" {
		return nil
	}
	path := filepath.Join(c.DataDir, "keys", "link")
	stored, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		stored, err = createLinkKey(path)
	}
	if err != nil {
		return fmt.Errorf("key for personal links: %w", err)
	}
	c.LinkKey = strings.TrimSpace(string(stored))
	if !c.hasLinkKey() {
		return fmt.Errorf("the key in %s is damaged: restore it, or remove the file to have a new one (links already mailed stop working)", path)
	}
	return nil
}

// createLinkKey writes beside the final name and renames, so that a crash
// never leaves half a key.
func createLinkKey(path string) ([]byte, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, err
	}
	key := make([]byte, minLinkKey)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	text := []byte(base64.StdEncoding.EncodeToString(key) + "\n")
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return nil, err
	}
	return text, os.Rename(path+".new", path)
}
