package breached

import (
	"bytes"
	"compress/gzip"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestAProgramWithoutTheListSaysWhatToDo(t *testing.T) {
	require.NoError(t, Ready())
	_, err := read(fstest.MapFS{"dist/.gitignore": {}})
	require.ErrorContains(t, err, "build it with `make build`")
	_, err = read(fstest.MapFS{listFile: {Data: []byte("cut off")}})
	require.Error(t, err)
	var packed bytes.Buffer
	z := gzip.NewWriter(&packed)
	_, err = z.Write([]byte("123456\nqwerty"))
	require.NoError(t, err)
	require.NoError(t, z.Close())
	known, err := read(fstest.MapFS{listFile: {Data: packed.Bytes()}})
	require.NoError(t, err)
	require.Equal(t, []string{"123456", "qwerty"}, known)
}
