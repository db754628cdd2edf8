package extract_test

import (
	"strings"
	"testing"

	"tonewatch/monitor/extract"
)

func TestFurnitureGoes(t *testing.T) {
	t.Parallel()
	for _, paragraph := range []string{
		"By Jane Doe",
		"By JANE DOE and John Q. Roe, Staff Writers",
		"BY JANE DOE | THE KARSHOLM POST",
		"By Jane van der Berg in Karsholm",
		"Advertisement",
		"ADVERTISEMENT - CONTINUE READING BELOW",
		"— Sponsored content —",
		"Story continues below advertisement",
		"Continue reading the main story",
		"(Reporting by Jane Doe; Editing by John Roe)",
		"(Additional reporting by Jane Doe and John Roe in Karsholm; writing by Ann Poe, editing by Jim Coe.)",
		"Reporting by Jane Doe in Karsholm; Additional reporting by Ann Poe; Editing by John Roe",
		"Writing and editing by Jane Doe.",
		"Sign up for our daily newsletter",
		"Sign up here to get the day's top stories delivered straight to your inbox.",
		"Subscribe to continue reading",
		"Get our free briefing in your inbox every morning",
		"Share this article",
		"Share on Facebook",
		"Follow us on Twitter and Instagram.",
		"Follow Jane Doe on X @janedoe",
		"© 2026 Karsholm Post",
		"Copyright 2026 The Karsholm Post. All rights reserved.",
		"The Karsholm Post Ltd. All Rights Reserved.",
		"This material may not be published, broadcast, rewritten or redistributed.",
		"Our Standards: The Karsholm Wire Trust Principles.",
		"Read more: Talks end without a deal",
		"Related Articles",
		"RELATED: Talks end without a deal",
		"More on the talks: Who said what",
	} {
		text := article[0] + "\n\n" + paragraph + "\n\n" + article[1]
		if got, want := extract.Furniture(text), article[0]+"\n\n"+article[1]; got != want {
			t.Errorf("%q stays:\n%s", paragraph, got)
		}
	}
}

func TestDatelineGoes(t *testing.T) {
	t.Parallel()
	for _, dateline := range []string{
		"WASHINGTON (Reuters) - ",
		"KARSHOLM, March 3 (Wire) — ",
		"KARSHOLM, March 3, 2026 (Wire) -- ",
		"SEOUL, South Korea (AP) — ",
		"ST. JOHN'S, Sept. 9 – ",
		"NEW YORK — ",
		"SÃO PAULO, Brazil — ",
		"SEOUL/TOKYO (Karsholm Wire) - ",
		"Pyongyang, January 1 (KCNA) -- ",
	} {
		if got := extract.Furniture(dateline + article[0]); got != article[0] {
			t.Errorf("%q stays: %q", dateline, got)
		}
	}
	if got := extract.Furniture("KARSHOLM (Wire) -"); got != "" {
		t.Errorf("a dateline alone stays: %q", got)
	}
}

func TestClosingCreditsGo(t *testing.T) {
	t.Parallel()
	got := extract.Furniture(article[0] + " (Reporting by Jane Doe; Editing by John Roe)")
	if got != article[0] {
		t.Errorf("got %q, want %q", got, article[0])
	}
}

func TestSentencesStay(t *testing.T) {
	t.Parallel()
	for _, sentence := range []string{
		"By Tuesday the talks had collapsed.",
		"By Order of the Minister, the harbour was closed.",
		"By then, Jane Doe had left the room",
		"Advertisement spending rose by a third, the agency said.",
		"Advertisements were pulled from the station.",
		"Story telling is his trade.",
		"Continue reading and writing, he told the pupils of the school in Karsholm.",
		"Reporting by the Karsholm Post found that the minister had known.",
		"Editing the text took the delegations all night.",
		"The minister resigned (reports by her own office had accused her) on Friday.",
		"The company told customers to sign up for its newsletter.",
		"Subscribers left in droves.",
		"Get out of the way, he shouted.",
		"Share prices fell on Monday.",
		"Share the burden, she said, or lose it all.",
		"Follow the money, the prosecutor told them.",
		"Follow us, the soldiers shouted, and they ran. Nobody looked back.",
		"Copyright law has not kept up with machines.",
		"He said that all rights reserved for minorities would be kept.",
		"Our standards are higher than theirs, the coach said.",
		"Read more slowly, the teacher advised.",
		"Related claims were dismissed.",
		"More on that is expected next week.",
		"NATO — the alliance that he had mocked — welcomed him.",
		"ASEAN — a bloc of ten — met in Karsholm.",
		"DONALD TRUMP (R) - the candidate - spoke first.",
		"Angela Merkel (CDU) - once chancellor - agreed.",
		"WASHINGTON, D.C. was quiet.",
		"Washington (population 700,000) is not a state.",
		"US-China trade fell.",
	} {
		if got := extract.Furniture(sentence); got != sentence {
			t.Errorf("%q became %q", sentence, got)
		}
	}
}

func FuzzFurniture(f *testing.F) {
	f.Add("By Jane Doe\n\nKARSHOLM, March 3 (Wire) — " + article[0] + " (Reporting by Jane Doe)\n\nAdvertisement")
	f.Add("SEOUL — (Editing by X\n\n\n\n©\xff")
	f.Fuzz(func(t *testing.T, text string) {
		got := extract.Furniture(text)
		if got == "" {
			return
		}
		rest := text
		for paragraph := range strings.SplitSeq(got, "\n\n") {
			_, after, ok := strings.Cut(rest, paragraph)
			if !ok || paragraph == "" {
				t.Fatalf("paragraph %q of %q is not in %q", paragraph, got, rest)
			}
			rest = after
		}
	})
}
