package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	"tonewatch/monitor"
)

const (
	checkTimeout = 5 * time.Second
	maxReport    = 1 << 20 // bytes; a full report has a tenth of it
)

// Check asks a running tonewatch for its health, at the address of its /health.
// It waits five seconds at most. A report that fails, or that the server's
// status code calls unhealthy (as ?strict=1 makes a warning), is returned
// together with an error that says what is wrong.
func Check(ctx context.Context, address string) (r Report, err error) {
	defer func() {
		if err != nil {
			err = fmt.Errorf("check health of %q: %w", monitor.Redact(address), err)
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return Report{}, fmt.Errorf("%w; give it like http://127.0.0.1:8080/health", bare(err))
	}
	// No proxy: the question is whether this machine can reach it. No redirect:
	// it would answer for another.
	client := &http.Client{
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	resp, err := client.Do(req)
	if err != nil {
		return Report{}, fmt.Errorf("%w; is tonewatch running?", bare(err))
	}
	defer resp.Body.Close() //nolint:errcheck // only read
	if r, err = readReport(resp); err != nil {
		return Report{}, err
	}
	if resp.StatusCode == http.StatusOK && r.Status != Fail {
		return r, nil
	}
	return r, fmt.Errorf("%s (HTTP %d)%s", r.Status, resp.StatusCode, blame(r))
}

// readReport takes a report of any status code, and nothing but a report.
func readReport(resp *http.Response) (Report, error) {
	got := resp.Header.Get("Content-Type")
	if media, _, err := mime.ParseMediaType(got); err != nil || media != mediaType {
		return Report{}, fmt.Errorf("no health report but %q (HTTP %d); give the address of /health", got, resp.StatusCode)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReport+1))
	if err != nil {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	if len(body) > maxReport {
		return Report{}, fmt.Errorf("report is longer than %d bytes", maxReport)
	}
	var r Report
	if err := json.Unmarshal(body, &r); err != nil {
		return Report{}, fmt.Errorf("read report: %w", err)
	}
	if r.Status.badness() > Fail.badness() {
		return Report{}, fmt.Errorf("read report: status %q, want pass, warn or fail", r.Status)
	}
	for key, list := range r.Checks {
		for i := range list {
			list[i].Key = key
		}
	}
	return r, nil
}

// blame lists what does not pass, a line each. It goes to a terminal, and
// whoever answered may have sent control characters.
func blame(r Report) string {
	var b strings.Builder
	for _, f := range r.Problems() {
		b.WriteString("\n  " + plain(f.String()))
	}
	return b.String()
}

// bare takes from an error of net/http the address, which may hold a password
// and is named anyway.
func bare(err error) error {
	if wrapped := (*url.Error)(nil); errors.As(err, &wrapped) {
		return wrapped.Err
	}
	return err
}
