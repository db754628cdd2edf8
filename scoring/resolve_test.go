package scoring_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"tonewatch/scoring"
)

// inBrackets returns text with its mentions marked as in testdata/mentions.
func inBrackets(text string, mentions []scoring.Mention) string {
	var b strings.Builder
	end := 0
	for _, m := range mentions {
		fmt.Fprintf(&b, "%s[%s](%s %s)", text[end:m.Span.Start], m.Span.Of(text), m.Actor, m.Kind)
		end = m.Span.End
	}
	return b.String() + text[end:]
}

// TestResolve finds in each text the mentions that are marked in it, as a
// careful reader would, with the actors of testdata/mentions.
func TestResolve(t *testing.T) {
	t.Parallel()
	finder := newFinder(t, readActors(t)...)
	for name, texts := range map[string][]string{
		"a surname means whom the text named last in full": {
			"[Kim Jong Un](Kim Jong Un name) came. [Kim](Kim Jong Un surname) left. [Kim Yo Jong](Kim Yo Jong name) came. [Kim](Kim Yo Jong surname) left.",
			"[Jeb Bush](Jeb Bush name) met [George W. Bush](George W. Bush name), and [Bush](George W. Bush surname) left.",
		},
		"and nobody where that is no actor": {
			"Melania Trump came. Trump wore white.",
			"Then Eric Trump spoke; Trump wore a cap.",
			"Kim Il Sung ruled for 46 years. Kim died in 1994.",
			"George H.W. Bush flew. Bush was 90.",
			"Sen. Ron Johnson spoke. Johnson is from Wisconsin.",
			"Mr. Colin Powell spoke. Powell was a general.",
			"Donald Trump Jr. spoke. Trump hunts.",
			"Sung Kim, the envoy, flew in. Kim smiled.",
		},
		"before that, its only bearer": {
			"[Trump](Donald Trump surname) and [Merkel](Angela Merkel surname) met.",
			"But [Trump](Donald Trump surname) left. Yesterday [Putin](Vladimir Putin surname) came. On Tuesday [Macron](Emmanuel Macron surname) went.",
			"Rivals [Trump](Donald Trump surname) and [Biden](Joe Biden surname) met.",
		},
		"or the bearer of the title before it": {
			"Chairman [Kim](Kim Jong Un surname) met President [Trump](Donald Trump surname).",
			"[Kim Yo Jong](Kim Yo Jong name) wrote; Chairman [Kim](Kim Jong Un surname) slept, and [Kim](Kim Jong Un surname) woke.",
			"Mrs. [Clinton](Hillary Clinton surname) came without Mr. [Clinton](Bill Clinton surname).",
		},
		"or whom the text names later": {
			"[Bush](Jeb Bush surname) Ends Campaign\n\n[Jeb Bush](Jeb Bush name) went home.",
		},
		"or the one with a title": {
			"[Trump](Donald Trump surname), [Kim](Kim Jong Un surname) to meet",
			"Bush and Clinton met.",
		},
		"whoever belongs to its bearer is not the bearer": {
			"[Kim Jong Un](Kim Jong Un name) slept. Kim's sister spoke, and Kim’s half-brother did not. [Kim](Kim Jong Un surname)'s aides did.",
		},
		"a family is nobody": {
			"The Bushes, the Bush family and the Kim dynasty; the Clintons.",
		},
		"a month is no surname": {
			"[Theresa May](Theresa May name) left in May. On May 5 it rained. May the best win. “No,” said [May](Theresa May surname) in early May.",
			"May said it would rain in May 2018.",
		},
		"names inside other names": {
			"A fire broke out in Trump Tower, the Trump Organization said, after one at Trump National Golf Club; none hit Kim Il Sung Square.",
			"It lies between Boeing Field and Apple Records, and far from Georgia Tech, the Washington Post, the Bank of China, the University of Georgia, Air China, New Georgia and the South China Sea.",
			"He said that Susan Apple was no relation.",
		},
		"capitals": {
			"[TRUMP](Donald Trump surname) AND [KIM JONG UN](Kim Jong Un name) MEET IN [NORTH KOREA](North Korea name)",
			"TELL US WHO MAY TARGET THE APPLE HARVEST",
			"[WHO](World Health Organization alias) WARNS OF OUTBREAK",
			"[Trump](Donald Trump surname) Meets [Kim](Kim Jong Un surname) as [Putin](Vladimir Putin surname) Looks On",
		},
		"a title means its actor once that is named": {
			"The chancellor slept. [Angela Merkel](Angela Merkel name) woke; [the chancellor](Angela Merkel title) rose, and [the German chancellor](Angela Merkel title)'s dog barked.",
			"[Macron](Emmanuel Macron surname) flew in. The embattled [French president](Emmanuel Macron title) waved.",
		},
		"of several the one named last": {
			"[Theresa May](Theresa May name) met [Narendra Modi](Narendra Modi name). [The prime minister](Narendra Modi title) spoke.",
		},
		"not beside the name, nor as part of another's": {
			"U.S. President [Donald Trump](Donald Trump name) met the U.S. president, [Donald Trump](Donald Trump name), and [Donald Trump](Donald Trump name), the U.S. president, left.",
			"[Joe Biden](Joe Biden name) met Vice President Kamala Harris. The vice president laughed; [the president](Joe Biden title) did not.",
			"[Donald Trump](Donald Trump name) slept. [The president](Donald Trump title), [White House](United States metonym) officials said, was tired. [The president](Donald Trump title) woke.",
			"[Donald Trump](Donald Trump name) met Brazilian President Jair Bolsonaro. The president spoke.",
			"[Donald Trump](Donald Trump name) met a former [U.S.](United States alias) president, the vice president, the president of Brazil and the president-elect.",
			"[Donald Trump](Donald Trump name) came. [Nancy Pelosi](Nancy Pelosi name) accused [the president](Donald Trump title) of lying.",
		},
		"capitals and seats where they act": {
			"[Seoul](South Korea metonym) said so. [Moscow](Russia metonym) and [Kyiv](Ukraine metonym) agreed, talks between [Washington](United States metonym) and [Tehran](Iran metonym) failed.",
			"[Pyongyang](North Korea metonym), which fired two, accused [Seoul](South Korea metonym) of lying; support from [Beijing](China metonym), pressure on [Tehran](Iran metonym), a message to [Moscow](Russia metonym).",
			"He demands that [Pyongyang](North Korea metonym) give up its missiles, to get [Seoul](South Korea metonym) to pay.",
			"The [Kremlin](Russia metonym) denied it, and so did the [White House](United States metonym). [Beijing](China metonym)'s ambassador smiled.",
		},
		"and not where they are places": {
			"In Seoul people slept. He flew to Moscow, left Tehran, lives near Beijing and works in a Washington suburb.",
			"SEOUL (Wire) — Shops in Seoul closed. TEHRAN, Oct. 3 — Snow.",
			"Moscow protests grew, a Beijing court opened, Seoul talks failed.",
			"Tourists outside the Kremlin and in the White House; Moscow's parks.",
			"Jerusalem said so.",
		},
		"adjectives before bodies of the state": {
			"The [South Korean](South Korea metonym) military, the [Russian](Russia metonym) defence ministry, senior [Chinese](China metonym) foreign ministry officials and [American](United States metonym) and [South Korean](South Korea metonym) troops.",
			"A South Korean minister, the North Korean leader, a Chinese actor, Russian gas and an African American.",
		},
		"a person from a country is not the country": {
			"A woman from [South Korea](South Korea name) said so, and a South Korean said no.",
		},
		"surnames that come first, in headlines": {
			"Kim Il Sung's Feats Introduced\n\n[Kim Jong Un](Kim Jong Un name) was there.",
			"Kim Kwansop Meets Miners\n\nKim Kwansop went down, and so did [Kim Jong Un](Kim Jong Un name).",
			"[Kim](Kim Jong Un surname) Meets Trumpeters\n\n[Kim Jong Un](Kim Jong Un name) met them.",
		},
		"homonyms": {
			"TBILISI, [Georgia](Georgia name) — [Georgia](Georgia name) voted. A fair in Savannah, Georgia, did not.",
			"Republicans in Georgia want a recount.",
			"Loggers and tribes in the Amazon; [Amazon](Amazon name) said no.",
		},
		"a pronoun with one person before it": {
			"[Trump](Donald Trump surname) said [he](Donald Trump pronoun) would keep [his](Donald Trump pronoun) word, and [Merkel](Angela Merkel surname) said [she](Angela Merkel pronoun) trusted [him](Donald Trump pronoun).",
			"[Angela Merkel](Angela Merkel name) slept. It rained. [She](Angela Merkel pronoun) woke.",
			"[Macron](Emmanuel Macron surname) came with [his](Emmanuel Macron pronoun) wife. She waved; [he](Emmanuel Macron pronoun) did not.",
			"[Kim Jong Un](Kim Jong Un name) came with [his](Kim Jong Un pronoun) sister, [Kim Yo Jong](Kim Yo Jong name). [She](Kim Yo Jong pronoun) smiled.",
		},
		"not with several": {
			"[Trump](Donald Trump surname) met [Macron](Emmanuel Macron surname). He smiled.",
			"[Trump](Donald Trump surname) met Viktor Orbán. He smiled, and his plane left.",
			"[Trump](Donald Trump surname) asked the general why he had left.",
			"A spokesman for [Macron](Emmanuel Macron surname) said he knew nothing. He hung up.",
			"[Trump](Donald Trump surname) mourned [his](Donald Trump pronoun) brother. He was 71.",
			"[Merkel](Angela Merkel surname) and [Pelosi](Nancy Pelosi surname) met, and she laughed.",
			"Mr. Smith met [Biden](Joe Biden surname). He smiled.",
			"[Merkel](Angela Merkel surname) met Sanna Marin. She smiled.",
		},
		"nor in another paragraph": {
			"[Trump](Donald Trump surname) left.\n\nHe came back.",
		},
		"an object is not the subject": {
			"[Xi](Xi Jinping surname) came. [Putin](Vladimir Putin surname) received [him](Xi Jinping pronoun) twice.",
			"[Putin](Vladimir Putin surname) received him twice.",
			"[Putin](Vladimir Putin surname) said that nobody had asked [him](Vladimir Putin pronoun).",
		},
		"quotes": {
			"[Trump](Donald Trump surname) came. “[He](Donald Trump pronoun) is late,” [Merkel](Angela Merkel surname) said.",
			"“He is late,” [Trump](Donald Trump surname) said.",
			"“[Trump](Donald Trump surname) lost,” he said.",
			"The letter would go to [Trump](Donald Trump surname), he said.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for _, want := range texts {
				text := mark.ReplaceAllString(want, "$1")
				got := finder.Find(text)
				checkMentions(t, text, got)
				if diff := cmp.Diff(want, inBrackets(text, got)); diff != "" {
					t.Errorf("mentions (-want +got):\n%s", diff)
				}
			}
		})
	}
}

// TestResolveStory finds in a wire story whom it tells of and whom it does not:
// the sister's statement is not her brother's, nor the South the North.
func TestResolveStory(t *testing.T) {
	t.Parallel()
	story, err := os.ReadFile("../testdata/stories/letter.txt")
	if err != nil {
		t.Fatal(err)
	}
	text := string(story)
	got := make(map[string]map[string]int) // actor: words: count
	for _, m := range newFinder(t, readActors(t)...).Find(text) {
		if got[m.Actor] == nil {
			got[m.Actor] = make(map[string]int)
		}
		got[m.Actor][m.Span.Of(text)]++
	}
	want := map[string]map[string]int{
		"North Korea":   {"North Korea": 3, "Pyongyang": 2},
		"South Korea":   {"South Korea": 2, "Seoul": 1}, // and one in Seoul
		"Kim Jong Un":   {"Kim Jong Un": 3, "Kim": 4, "the North Korean leader": 1, "himself": 1},
		"Kim Yo Jong":   {"Kim Yo Jong": 1},
		"Donald Trump":  {"Donald Trump": 1, "Trump": 4, "The president": 1, "the U.S. president": 1},
		"United States": {"United States": 1, "U.S.": 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("words by actor (-want +got):\n%s", diff)
	}
}

// TestResolveSoup finds in random rows of what the rules look at: whatever they
// make of it, the mentions must hold together.
func TestResolveSoup(t *testing.T) {
	t.Parallel()
	finder := newFinder(t, readActors(t)...)
	parts := strings.Split("Trump|Donald Trump|Kim|Kim Jong Un|Yo Jong|Jr.|he|She|his|himself|her|him|.|,|;|\"|“|”|\n|\n\n|"+
		"the president|President|the|a|who|said|'s|’|-|Seoul|South Korean|military|and|foreign ministry|Mr.|Ms.|U.S.|US|MAY|May|in|5|"+
		"Georgia|Atlanta|of|Tower|Bank of|George|H.W.|Bush|Barbara|sister|spokesman|lawyer|é|\u0301|\xff|특|(|)|:|—|?|…|Xi|'an|vice|"+
		"former|-elect|Biden|Pelosi|Apple|TARGET|TO|AND|White House|Kremlin|to|between|Washington", "|")
	rng := rand.New(rand.NewPCG(5, 5))
	found := 0
	for range 20_000 {
		var text strings.Builder
		for range rng.IntN(25) {
			text.WriteString(parts[rng.IntN(len(parts))])
			if rng.IntN(5) > 0 {
				text.WriteByte(' ')
			}
		}
		mentions := finder.Find(text.String())
		checkMentions(t, text.String(), mentions)
		found += len(mentions)
	}
	if found < 20_000 {
		t.Errorf("%d mentions in all, want more", found)
	}
}
