package configs_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"tonewatch/configs"
)

func TestDurations(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	for in, want := range map[string]struct {
		d    time.Duration
		text string
	}{
		"28d":                      {28 * day, "4w"},
		"1w":                       {7 * day, "1w"},
		"10d":                      {10 * day, "10d"},
		"1d12h":                    {36 * time.Hour, "36h"},
		"1w1d":                     {8 * day, "8d"},
		"1w1h30m":                  {7*day + 90*time.Minute, "10170m"},
		"24h":                      {day, "1d"},
		"90m":                      {90 * time.Minute, "90m"},
		"1.5h":                     {90 * time.Minute, "90m"},
		"0":                        {0, "0s"},
		"0d":                       {0, "0s"},
		"250ms":                    {250 * time.Millisecond, "250ms"},
		"1us":                      {time.Microsecond, "1us"},
		"1ns":                      {1, "1ns"},
		"2562047h47m16.854775807s": {math.MaxInt64, "9223372036854775807ns"},
		"106751d":                  {106751 * day, "106751d"},
		"5y":                       {5 * 365 * day, "5y"},
		"1y2w1d":                   {380 * day, "380d"},
	} {
		got, err := configs.ParseDuration(in)
		if err != nil || time.Duration(got) != want.d {
			t.Errorf("ParseDuration(%q) is %v, %v; want %v", in, time.Duration(got), err, want.d)
		}
		if got.String() != want.text {
			t.Errorf("%q prints as %q, want %q", in, got, want.text)
		}
	}
	for _, in := range []string{"", " ", "d", "w", "1", "5x", "-1d", "-5m", "+5m", "1d-2h", "1d+2h", "1h1d", "1d1w", "1w1y", "1.5y", "293y", "1d1d", "1.5d", "1 d", "106752d", "15251w", "99999999999999999999d", "106751d24h", "1dd"} {
		if got, err := configs.ParseDuration(in); err == nil || err.Error() != `parse duration "`+in+`"` {
			t.Errorf("ParseDuration(%q) is %v, %v; want an error", in, got, err)
		}
	}
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]struct {
		size configs.Size
		text string
	}{
		"8MB":                 {8_000_000, "8MB"},
		"8 mib":               {8 << 20, "8MiB"},
		"512KB":               {512_000, "500KiB"},
		"1000":                {1000, "1KB"},
		"1GiB":                {1 << 30, "1GiB"},
		"7B":                  {7, "7B"},
		"0":                   {0, "0B"},
		"9223372036854775807": {math.MaxInt64, "9223372036854775807B"},
	} {
		got, err := configs.ParseSize(in)
		if err != nil || got != want.size {
			t.Errorf("ParseSize(%q) is %d, %v; want %d", in, got, err, want.size)
		}
		if got.String() != want.text {
			t.Errorf("%q prints as %q, want %q", in, got, want.text)
		}
	}
	for _, in := range []string{"", "MB", "-1", "+1", "1.5MB", "8 parsecs", "8589934592GiB", "9223372036854775808", "1_000", "0x10"} {
		if got, err := configs.ParseSize(in); err == nil || err.Error() != `parse size "`+in+`"` {
			t.Errorf("ParseSize(%q) is %v, %v; want an error", in, got, err)
		}
	}
}

func TestBudgets(t *testing.T) {
	t.Parallel()
	const day = configs.Duration(24 * time.Hour)
	for in, want := range map[string]struct {
		budget configs.Budget
		text   string
	}{
		"1 per 90d":        {configs.Budget{Alarms: 1, Per: 90 * day}, "1 per 90d"},
		"0.5 per 4w":       {configs.Budget{Alarms: 0.5, Per: 28 * day}, "0.5 per 4w"},
		"10  per  1d12h":   {configs.Budget{Alarms: 10, Per: 36 * day / 24}, "10 per 36h"},
		"0.10 per 1y":      {configs.Budget{Alarms: 0.1, Per: 365 * day}, "0.1 per 1y"},
		"1000000 per 1h5s": {configs.Budget{Alarms: 1e6, Per: configs.Duration(time.Hour + 5*time.Second)}, "1000000 per 3605s"},
	} {
		got, err := configs.ParseBudget(in)
		if err != nil || got != want.budget || got.String() != want.text {
			t.Errorf("ParseBudget(%q) is %v, %v; want %v", in, got, err, want.text)
		}
	}
	for in, want := range map[string]string{
		"": "", "1": "", "90d": "", "per 90d": "", "1 per": "", "1 in 90d": "", "1per90d": "", "1 Per 90d": "", " 1 per 90d": "", "1 per 90 d": "",
		"-1 per 90d": "", "+1 per 90d": "", "1e3 per 90d": "", "inf per 90d": "", "0x1 per 90d": "", ".5 per 90d": "", "1,5 per 90d": "",
		"0 per 90d":                           `: not a number above 0: "0"`,
		"0.0 per 90d":                         `: not a number above 0: "0.0"`,
		"1 per 0d":                            `: not a span longer than 0: "0d"`,
		"1 per -90d":                          `: not a span longer than 0: "-90d"`,
		"1 per week":                          `: not a span longer than 0: "week"`,
		strings.Repeat("9", 400) + " per 90d": `: not a number above 0: "` + strings.Repeat("9", 400) + `"`,
	} {
		if got, err := configs.ParseBudget(in); err == nil || err.Error() != `parse budget "`+in+`"`+want {
			t.Errorf("ParseBudget(%q) is %v, %v; want an error", in, got, err)
		}
	}
}

func FuzzBudget(f *testing.F) {
	for _, s := range []string{"1 per 90d", "0.5 per 4w", "12345678901234567890.5 per 1y", "0.0000001 per 1ns"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		b, err := configs.ParseBudget(s)
		if err != nil {
			return
		}
		if b.Alarms <= 0 || b.Per <= 0 {
			t.Fatalf("ParseBudget(%q) is no rate: %v", s, b)
		}
		if again, err := configs.ParseBudget(b.String()); err != nil || again != b {
			t.Fatalf("%q prints as %q, which is %v, %v", s, b, again, err)
		}
	})
}

func FuzzDuration(f *testing.F) {
	for _, s := range []string{"28d", "1w2d3h", "1.5h", "106751d23h47m16.854775807s", "0"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		d, err := configs.ParseDuration(s)
		if err != nil {
			return
		}
		if d < 0 {
			t.Fatalf("ParseDuration(%q) is negative: %d", s, d)
		}
		if again, err := configs.ParseDuration(d.String()); err != nil || again != d {
			t.Fatalf("%q prints as %q, which is %d, %v", s, d, again, err)
		}
	})
}

func FuzzSize(f *testing.F) {
	for _, s := range []string{"8MB", "1 KiB", "12", "9223372036854775807B"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		size, err := configs.ParseSize(s)
		if err != nil {
			return
		}
		if again, err := configs.ParseSize(size.String()); err != nil || again != size {
			t.Fatalf("%q prints as %q, which is %d, %v", s, size, again, err)
		}
	})
}
