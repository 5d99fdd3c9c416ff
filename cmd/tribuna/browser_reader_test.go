package main

import "testing"

// readerStory is the day of somebody who may read within the network and change nothing.
type readerStory struct {
	*house
	t *testing.T
	r *visitor
}

func (s *readerStory) tell() {
	r := s.r
	s.signIn(r, "hanna.lindqvist@tribuna.example")
	r.speaks("sq")
	r.press(`.sidenav a[href="/recommendations"]`)
	r.lacks(`main a[href="/recommendations/new"]`)
	s.published(`main .rows a[href^="/recommendations/"]`)
	r.open("/follow-ups")
	r.press(`//main//a[contains(@href, "/follow-ups/")]`)
	r.press(`.sidenav a[href="/published"]`)
	s.published(`main a[href^="/published/"]`)
	r.open("/account")
	r.lacks(`.sidenav a[href="/administration"]`)
}

// published opens a text that is there in English alone, and so is its page.
func (s *readerStory) published(link string) {
	s.r.language = "en"
	s.r.press(link)
	s.r.lacks(`.page-actions a[href$="/edit"]`)
	s.r.language = "sq"
}
