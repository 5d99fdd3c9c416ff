package devstack

import (
	"fmt"
	"os"
	"path/filepath"
)

// Checkout is the folder with go.mod, in or above which a test or a script runs.
func Checkout() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for dir := here; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fmt.Errorf("no go.mod in or above %s", here)
		}
	}
}
