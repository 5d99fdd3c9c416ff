package main

import (
	"testing"

	"tribuna/models"
)

// readerStory is the day of somebody who may read within the network and change nothing.
type readerStory struct {
	*house
	t        *testing.T
	r        *visitor
	language string // chosen once signed in, and kept for the next visit; one in which nothing is published
}

func (s *readerStory) tell() {
	r := s.r
	s.signIn(r, "hanna.lindqvist@tribuna.example")
	r.speaks(s.language)
	r.press(`.sidenav a[href="/recommendations"]`)
	r.lacks(`main a[href="/recommendations/new"]`)
	s.published(`main .rows a[href^="/recommendations/"]`)
	r.open("/follow-ups")
	r.press(`//main//a[contains(@href, "/follow-ups/")]`)
	r.press(`.sidenav a[href="/published"]`)
	s.published(`main a[href^="/published/"]`)
	r.open("/account")
	r.lacks(`.sidenav a[href="/administration"]`)
	r.had(models.RoleReader)
}

// published opens a text that is there in English alone, and so is its page.
func (s *readerStory) published(link string) {
	s.r.language = "en"
	s.r.press(link)
	s.r.lacks(`.page-actions a[href$="/edit"]`)
	s.r.language = s.language
}
