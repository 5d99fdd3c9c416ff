package bounce

import "strings"

// judge says what a failure means by all that its server said: status is the code in its field, words are its diagnostic.
// Codes that disagree are judged by the one that is less final.
func judge(status code, words string) (Class, code, int) {
	if says(strings.ToLower(words), listsOfBlocked) {
		words += " blocked"
	}
	in, reply := codeIn(words), replyIn(words)
	shown := status
	if (shown == code{} || shown.generic()) && in != (code{}) {
		shown = in
	}
	text := plainWords(words)
	if status.class == 4 || in.class == 4 || reply/100 == 4 {
		return temporary(text), shown, reply
	}
	return permanent(status, in, reply, text), shown, reply
}

// temporary is what it means that a server gave up on what was refused for the time being.
func temporary(text string) Class {
	if saysPolicy(text) && !says(text, []string{"greylist", "graylist", "grey list"}) {
		return Policy
	}
	return Soft
}

func permanent(status, in code, reply int, text string) Class {
	switch {
	case saysPolicy(text):
		return Policy
	case says(strings.ReplaceAll(text, noMailbox, " "), ofNow):
		return softer(Soft, status, in)
	}
	meant := meaning(status, in)
	if meant == "" { // it failed, and no code says how: the words must
		if reply/10 == 55 && says(text, ofNobody) && reply != 552 && reply != 554 {
			return Hard
		}
		return Soft
	}
	return meant
}

func saysPolicy(text string) bool {
	return says(strings.ReplaceAll(text, deniedRecipient, " "), ofPolicy)
}

// meaning is what the codes mean that say more than that it failed; "" where none does.
func meaning(codes ...code) Class {
	var meant Class
	for _, c := range codes {
		if c == (code{}) || c.generic() {
			continue
		}
		if class := ofCode(c); meant == "" || kindest([]Recipient{{Class: class}, {Class: meant}}).Class == class {
			meant = class
		}
	}
	return meant
}

// softer is a class, or what the codes mean where that is still less final.
func softer(class Class, codes ...code) Class {
	if meaning(codes...) == Policy {
		return Policy
	}
	return class
}

// judgeText guesses from words for people alone. Only a code about the mailbox together with words that cannot be
// mistaken is hard.
func judgeText(words string) (Class, code, int) {
	class, shown, reply := judge(code{}, words)
	text := plainWords(words)
	sure := shown.class == 5 && shown.subject == 1 && ofCode(shown) == Hard && says(text, ofNobody)
	if class == Hard && !sure {
		class = Soft
	}
	return class, shown, reply
}
