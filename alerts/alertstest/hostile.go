package alertstest

import (
	"strings"

	"tonewatch/alerts"
	"tonewatch/monitor"
)

// Hostile are headlines that try to be more than text: to ring a channel, to
// format, to link, to steer a terminal, to hide, to reorder, to be too long.
func Hostile() []string {
	return []string{
		"<!channel> read this",
		"<!here|everyone> <@U012AB3CD> <#C012AB3CD>",
		"<https://evil.example|Click to keep your account>",
		"*bold* _italic_ ~gone~ `code` ```block```",
		":rotating_light: @channel @everyone #general",
		"[Click](https://evil.example) ![x](https://evil.example/x.png)",
		"&lt;!channel&gt; &amp;lt;",
		`"},{"type":"section","text":{"type":"mrkdwn","text":"<!channel>"}}`,
		"\x1b[2J\x1b[1;31mALL CLEAR\x1b[0m",
		"\x1b]8;;https://evil.example\x07link\x1b]8;;\x07",
		"\u009b31mred\u009b0m \x07\x08\x7f\x00",
		"line one\r\nline two\n\n\nFake: a line of its own\u2028\u2029\v\f",
		"\u202eesrever ni daer\u202c and \u2066isolated\u2069",
		"in\u200bvis\u200c\u200dible\ufeff \u2060\u00ad\u3164\U000e0041 text",
		"Z\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u0309\u030a\u030b\u030c algo",
		"not \xff\xfe\xc3\x28 UTF-8",
		strings.Repeat("long ", 2000),
		strings.Repeat("\U0001f600", 2000),
		"\u200b\u200b\u200b",
		"\ue000private\ue001 use {{.Key}} %s %d $(reboot) '; DROP TABLE episodes; --",
	}
}

// more are further ones, most of which only become what they want to be once
// something is taken out of them.
func more() []string {
	return []string{
		"<!subteam^S0614TZR7|@desk> <!date^1392734382^{date}|today>",
		"<mailto:desk@evil.example|Write to us> javascript:alert(1)",
		"<\u200b!channel> <\u2060!here> <\u00ad@U012AB3CD>",
		"\x00<!chan\x00nel>\x00",
		"\u202e>lennahc!<\u202c",
		"\uff1c!channel\uff1e \u2039!here\u203a \u3008@U012AB3CD\u3009",
		"&amp;lt;!channel&amp;gt; &#60;!here&#62; &LT;@U012AB3CD&GT;",
		"\u0623\u0639\u0644\u0646\u062a <!here> \u0643\u0648\u0631\u064a\u0627 (1) \u05e9\u05dc\u05d5\u05dd <!channel>",
		"\U0001f469\u200d\U0001f469\u200d\U0001f467 \U0001f3f3\ufe0f\u200d\U0001f308 \U0001f1f0\U0001f1f5",
		"a|b|c >quoted\n>>> <!channel>",
		"```\n<!channel>\n``` ~~~ ***",
		"\xed\xa0\x80\xf4\x90\x80\x80 half a pair \xf0\x9f",
		strings.Repeat("<!channel>", 1000),
		strings.Repeat("\ufdfd", 3000),
		strings.Repeat("x", 10000),
		"\ufff9note\ufffaation\ufffb \U000e0001\U000e0068\U000e0069\U000e007f",
	}
}

// Headlines are over 200 hostile ones: those of [Hostile], more, and every one
// of them joined to others, in ways that hide the seam.
func Headlines() []string {
	base := append(Hostile(), more()...)
	seams := []string{"", " ", "\u200b", "|", "<", "\x00\u202e"}
	list := base
	for step, seam := range seams {
		for i, first := range base {
			second := base[(i+5*step+1)%len(base)]
			list = append(list, first+seam+second)
		}
	}
	return list
}

// WithHostile is the example with a hostile text wherever a stranger's goes.
func WithHostile(text string) alerts.Alert {
	return with(func(a *alerts.Alert) {
		for i := range a.Episode.Evidence {
			e := &a.Episode.Evidence[i]
			e.Title, e.Outlet, e.URL = text, text, "javascript:alert(1)//"+text
			e.Quote = monitor.Quote{Sentence: text + "Kim" + text, Start: len(text), End: len(text) + 3, Voice: text}
		}
	})
}
