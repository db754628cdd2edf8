package slack

import (
	"bytes"
	"context"
	"time"

	slackgo "github.com/slack-go/slack"

	"tonewatch/alerts"
)

// uploadWithin bounds the upload of a picture, which the delivery waits for.
const uploadWithin = 8 * time.Second

// uploadChart puts a picture of an alert's chart into the thread of its message.
// The message is there; that its picture is missing is worth a line in the log
// and no more.
func (c *channel) uploadChart(ctx context.Context, to alerts.Receipt, a alerts.Alert) {
	chart, ok := a.Chart()
	if !ok {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, uploadWithin)
	defer cancel()
	if err := c.upload(ctx, to, chart); err != nil {
		c.log.Warn("a picture of the chart could not be uploaded; the bot needs the scope files:write",
			"channel", c.name, "error", c.redact(err.Error(), maxText))
	}
}

func (c *channel) upload(ctx context.Context, to alerts.Receipt, chart alerts.Chart) error {
	picture, err := paint(chart)
	if err != nil {
		return err
	}
	_, err = c.api.UploadFileContext(ctx, slackgo.UploadFileParameters{
		Reader: bytes.NewReader(picture), FileSize: len(picture), Filename: "chart.png",
		Title: chart.Title, AltTxt: chart.Spoken(),
		Channel: to.Channel, ThreadTimestamp: to.TS,
	})
	return err
}
