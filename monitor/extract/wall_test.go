package extract_test

import (
	"errors"
	"strings"
	"testing"

	"tonewatch/monitor/extract"
)

func TestWalls(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		title, address string
		text           []string
	}{
		"login": {"Log in | Karsholm Post", address, []string{
			"Log in to your account to read this article. Not a member yet? Create a free account, it only takes a minute and you can read five articles a month.",
			"Please enter your e-mail address and your password. Forgot your password? We will send you a link to reset it within a few minutes.",
			"By signing in you agree to our terms of service and our privacy policy. You can cancel your account at any time in your settings.",
		}},
		"subscription": {"Talks resume in Karsholm", address, []string{
			"Subscribe to continue reading this story. Your subscription supports the independent journalism that you rely on every day.",
			"Get unlimited access to all our stories, on any device, for only one crown a week in your first year. Cancel anytime.",
			"Already a subscriber? Log in here. If you have a print subscription, you can activate your digital access with your subscriber number.",
		}},
		"consent": {"Before you continue to Karsholm Post", address, []string{
			"We and our partners store or access information on your device, such as cookies, and process personal data for personalised ads and content.",
			"With your permission we and our 842 vendors may use precise location data. You may click to consent, or manage your preferences before consenting.",
			"Some processing of your personal data may not require your consent, but you have a right to object. You can change your settings at any time by returning to our privacy policy.",
		}},
		"robot check": {"Just a moment...", address, []string{
			"Please verify that you are human by completing the action below. Our systems have detected unusual traffic from your computer network.",
			"To continue, please enable JavaScript and cookies in your browser and reload this page. If you use an ad blocker, please turn it off for our site.",
			"This check helps us to make sure that it is really you sending the requests, and not a robot.",
		}},
		"region": {"451: Unavailable for legal reasons", address, []string{
			"We recognize you are attempting to access this website from a country that belongs to the European Economic Area, which enforces the GDPR, and therefore access to our site cannot be granted to you at this time.",
			"For any issues with your access, or your location, please contact us by the e-mail address below. We are working to restore access in your region.",
		}},
		"sent to a consent host": {"Karsholm Post", "https://consent.example.org/v2?continue=x", article},
		"sent to a login":        {"Karsholm Post", "https://example.org/account/login?next=/talks", article},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			html := "<title>" + tc.title + "</title><article><h1>" + tc.title + "</h1><p>" + strings.Join(tc.text, "</p><p>") + "</p></article>"
			got, err := extract.Page([]byte(html), tc.address)
			if !errors.Is(err, extract.ErrWall) {
				t.Errorf("error %v with %q, want a wall", err, got)
			}
		})
	}
}

// What is told about walls is no wall.
func TestArticlesAboutWallsPass(t *testing.T) {
	t.Parallel()
	for name, text := range map[string][]string{
		"cookies": {
			"The parliament in Karsholm voted on Tuesday to ban cookie banners, after years in which browsers asked for consent at every page.",
			"“Nobody reads what they consent to,” the minister said. “We want people to decide once, in their browser, and be left alone.”",
			"Publishers warned that without tracking their advertising income would fall by a third. The law takes effect next year.",
		},
		"passwords": {
			"Hackers stole the passwords of two million customers of Karsholm Telecom, the company said on Tuesday.",
			"The attackers had logged in with the account of a former employee. The company asked its customers to change their passwords.",
			"“We are sorry that you have to read this,” its head wrote to subscribers. The data protection agency opened an inquiry.",
		},
		"subscriptions": {
			"The Karsholm Post gained forty thousand digital subscribers last year, its publisher reported, and raised the price of a subscription.",
			"Its free trial, which readers can cancel any time, brought in half of them. Shares of the company rose by six percent.",
			"Rivals have followed with paywalls of their own, and the smallest of them now live on subscriptions alone.",
		},
		"an article": article,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := extract.Page([]byte(page(text...)), address); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		strings.Join(article, " "): "",
		"Karsholm Tuesday":         "",
		"Kurzmeldung aus Berlin":   "", // too short to tell
		"SEOUL: North Korea fired two missiles into the sea on Friday, South Korea's military said, days after Kim Jong Un oversaw drills with Kim Yo Jong.":                                      "",
		"Die beiden Regierungen haben ihre Gespräche am Dienstag wieder aufgenommen, nachdem sie drei Monate lang unterbrochen waren, und beide gaben der anderen Seite die Schuld.":              "German",
		"Les deux gouvernements ont repris leurs pourparlers mardi, après une pause de trois mois dont chacun rejetait la responsabilité sur l'autre, ont indiqué des diplomates.":                "French",
		"Los dos gobiernos reanudaron el martes sus conversaciones, tras una pausa de tres meses de la que cada uno culpaba al otro, según dijeron los diplomáticos presentes en la ciudad.":      "Spanish",
		"Оба правительства возобновили переговоры во вторник после трёхмесячного перерыва, в котором каждая сторона обвиняла другую, сообщили дипломаты, присутствовавшие на встрече в городе.":   "Russian",
		"두 정부는 화요일에 석 달 동안 중단되었던 회담을 다시 시작했다고 외교관들이 밝혔다. 양측은 그동안 서로에게 책임을 돌려 왔다. 장관은 대표단이 할 말이 있는 한 남아 있을 것이라고 말했다. 관측통들은 겨울 이후 달라진 것이 거의 없다고 경고했다. 어업 구역을 둘러싼 분쟁이 며칠 안에 회담을 끝낼 수도 있다고 했다.":       "Korean",
		"استأنفت الحكومتان محادثاتهما يوم الثلاثاء بعد توقف دام ثلاثة أشهر ألقى كل منهما باللوم فيه على الآخر، بحسب ما قال دبلوماسيون حضروا الاجتماع في المدينة، وأضافوا أن الخلاف ما زال قائما.": "Arabic",
	} {
		if got := extract.Language(text); got != want {
			t.Errorf("%.60q is %q, want %q", text, got, want)
		}
	}
}
