package markdown_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tribuna/internal/markdown"
)

func TestPicturesStandWithinTheMailOrNowhere(t *testing.T) {
	kept := map[string]markdown.Shown{"дом.png": {"cid:7@pictures", 600}, "two words (1).jpg": {"cid:8@pictures", 40}, "evil": {"https://evil.example/x.png", 1}}
	find := func(name string) markdown.Shown { return kept[name] }
	for source, want := range map[string]string{
		"![Дом](дом.png)": `<p><img src="cid:7@pictures" alt="Дом" width="600"/></p>` + "\n",
		"![a](<two words (1).jpg>) and ![b](two%20words%20(1).jpg)":                          `<p><img src="cid:8@pictures" alt="a" width="40"/> and <img src="cid:8@pictures" alt="b" width="40"/></p>` + "\n",
		`![" onerror="alert(1) <b>](дом.png "t")`:                                            `<p><img src="cid:7@pictures" alt="&#34; onerror=&#34;alert(1) " width="600"/></p>` + "\n",
		"a ![remote](https://tracker.example/p.png) ![gone](gone.png) b":                     "<p>a   b</p>\n",
		"![x](cid:9@pictures) ![x](data:image/png;base64,AAAA) ![x](evil) <img src=дом.png>": "<p>  <img alt=\"x\" width=\"1\"/> </p>\n",
		"[a](cid:7@pictures)": `<p><a href="cid:7@pictures" rel="nofollow noopener">a</a></p>` + "\n",
	} {
		made, err := markdown.Render(source, markdown.WithPictures(find))
		require.NoError(t, err)
		require.Equal(t, want, string(made), source)
	}
	without, err := markdown.Render("![Дом](дом.png)")
	require.NoError(t, err)
	require.NotContains(t, without, "img")
}

func TestPicturesOfAText(t *testing.T) {
	require.Equal(t, []markdown.Picture{{"дом.png", "Our house"}, {"https://a.example/b.png", ""}, {"a b.jpg", "x"}},
		markdown.Pictures("![Our *house*](%D0%B4%D0%BE%D0%BC.png)\n\n> ![](https://a.example/b.png)\n\n`![no](no.png)` [![x](<a b.jpg>)](https://c.example)"))
	require.True(t, markdown.Picture{Name: "//a.example/x.png"}.Remote())
	require.False(t, markdown.Picture{Name: "x.png"}.Remote())
}
